# Linux to macOS with zig's clang, its libc++ and its headers of Darwin's system library. For a check only:
# the frameworks are our own declarations of the few names we call (include/), so nothing built this way is
# a release. On a Mac the product is built with Xcode and never sees this file.
if(CMAKE_HOST_APPLE)
  message(FATAL_ERROR "this toolchain checks the macOS code from Linux: on a Mac build with Xcode")
endif()
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_VERSION 22.4) # macOS 13.3
set(LULL_MACOS_ARCH aarch64 CACHE STRING "aarch64 or x86_64")
set(LULL_MACOS_SDK "" CACHE PATH "What packaging/scripts/macos-check puts together: include, Frameworks, lib")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LULL_MACOS_ARCH LULL_MACOS_SDK)
if(LULL_MACOS_ARCH STREQUAL "aarch64")
  set(CMAKE_SYSTEM_PROCESSOR arm64)
else()
  set(CMAKE_SYSTEM_PROCESSOR ${LULL_MACOS_ARCH})
endif()

# No Xcode here: the target's triple carries architecture and minimum version. One minimum for all, since
# zig builds its libc++ once for each.
foreach(variable SYSROOT DEPLOYMENT_TARGET ARCHITECTURES)
  set(CMAKE_OSX_${variable} "" CACHE STRING "" FORCE)
endforeach()
set(tools "${CMAKE_CURRENT_LIST_DIR}/bin")
foreach(language C OBJC)
  set(CMAKE_${language}_COMPILER "${tools}/cc")
endforeach()
foreach(language CXX OBJCXX)
  set(CMAKE_${language}_COMPILER "${tools}/c++")
endforeach()
foreach(language C CXX OBJC OBJCXX)
  set(CMAKE_${language}_COMPILER_TARGET ${LULL_MACOS_ARCH}-macos.13.3)
  string(APPEND CMAKE_${language}_FLAGS_INIT
    " -isystem ${CMAKE_CURRENT_LIST_DIR}/include -fno-sanitize=undefined -Wno-unused-command-line-argument")
endforeach()
foreach(kind EXE SHARED MODULE)
  string(APPEND CMAKE_${kind}_LINKER_FLAGS_INIT
    " -F${LULL_MACOS_SDK}/Frameworks -L${LULL_MACOS_SDK}/lib")
endforeach()
# For macos-check's second architecture. (Linked as if optimised: zig would build another libc++.)
foreach(language CXX OBJCXX)
  set(CMAKE_${language}_FLAGS_QUICK "-O0 -DNDEBUG" CACHE STRING "" FORCE)
endforeach()
set(CMAKE_EXE_LINKER_FLAGS_QUICK "-O2" CACHE STRING "" FORCE)
set(CMAKE_AR "${tools}/ar" CACHE FILEPATH "" FORCE)
set(CMAKE_RANLIB "${tools}/ranlib" CACHE FILEPATH "" FORCE)
# zig needs neither, and binutils' do not know the format.
set(CMAKE_INSTALL_NAME_TOOL /bin/true CACHE FILEPATH "" FORCE)

# Compiling is what a probe of CMake's may do: a link would build all of libc++ first.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_TRY_COMPILE_CONFIGURATION Release)
set(CMAKE_FIND_ROOT_PATH "${LULL_MACOS_SDK}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
