# Options and flags of the whole tree.
option(LULL_BUILD_TESTS "Build the tests" ON)
option(LULL_BUILD_BENCHMARKS "Build the benchmarks" OFF)
option(LULL_WERROR "Warnings are errors" OFF)
set(LULL_SANITIZE "" CACHE STRING "Sanitizers: empty, 'address,undefined' or 'thread'")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                    -Wnon-virtual-dtor -Woverloaded-virtual)
if(LULL_WERROR)
  add_compile_options(-Werror)
endif()
if(LULL_SANITIZE)
  add_compile_options("-fsanitize=${LULL_SANITIZE}" -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options("-fsanitize=${LULL_SANITIZE}")
  if(LULL_SANITIZE MATCHES "thread")
    # GCC's TSan does not understand fences (Boost and TBB use them deliberately).
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()

find_program(LULL_CCACHE ccache)
if(LULL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${LULL_CCACHE}")
endif()
if(NOT APPLE)
  find_program(LULL_MOLD mold)
  find_program(LULL_LLD ld.lld)
  # The sanitizer runtimes and GCC 12 are best served by lld; mold otherwise.
  if(LULL_MOLD AND NOT LULL_SANITIZE)
    add_link_options(-fuse-ld=mold)
  elseif(LULL_LLD)
    add_link_options(-fuse-ld=lld)
  endif()
endif()
