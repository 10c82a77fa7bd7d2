# Third-party libraries, each found once. Debian packages on Linux, vcpkg.json elsewhere.
find_package(Threads REQUIRED)
if(POLICY CMP0167)
  cmake_policy(SET CMP0167 NEW)  # Boost's own package file instead of CMake's FindBoost
endif()
find_package(Boost 1.81 QUIET COMPONENTS fiber context json)
if(NOT Boost_FOUND)
  find_package(Boost QUIET)  # an older one, for the message
  set(lull_boost_found "none was found")
  if(Boost_FOUND AND Boost_VERSION VERSION_LESS 1.81)
    set(lull_boost_found "${Boost_VERSION} was found")
  elseif(Boost_FOUND)
    set(lull_boost_found "${Boost_VERSION} was found, but not all of these parts")
  endif()
  message(FATAL_ERROR
    "Lull needs Boost 1.81 or newer with Fiber, Context and JSON; ${lull_boost_found}.\n"
    "On Debian and Ubuntu, packaging/scripts/install-deps build installs it (on Debian 12 that is "
    "libboost-fiber1.81-dev and its kin, which replace the -dev packages of 1.74). Elsewhere name its place: "
    "cmake --preset release -DBoost_ROOT=/opt/boost")
endif()

# lull_find(PACKAGE DEBIAN [VERSION…]): looks for one; what is not there is told of all together, with Debian's names.
# (A macro: who asks needs what the package's file sets.)
set(lull_missing "")
macro(lull_find package debian)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    list(APPEND lull_missing "${package} (${debian})")
  endif()
endmacro()
lull_find(TBB libtbb-dev)
lull_find(spdlog libspdlog-dev)
lull_find(tomlplusplus libtomlplusplus-dev)
lull_find(CLI11 libcli11-dev)
lull_find(SQLite3 libsqlite3-dev)
if(NOT APPLE)
  lull_find(sdbus-c++ libsdbus-c++-dev)
endif()
# Neither CMake's nor pkg-config's files come with every LMDB, and Debian's libexpected-dev ships the header alone.
find_path(LMDB_INCLUDE_DIR lmdb.h)
find_library(LMDB_LIBRARY lmdb)
if(NOT LMDB_INCLUDE_DIR OR NOT LMDB_LIBRARY)
  list(APPEND lull_missing "LMDB (liblmdb-dev)")
endif()
find_path(TL_EXPECTED_INCLUDE_DIR tl/expected.hpp)
if(NOT TL_EXPECTED_INCLUDE_DIR)
  list(APPEND lull_missing "tl::expected (libexpected-dev)")
endif()
if(lull_missing)
  list(JOIN lull_missing ", " lull_missing)
  message(FATAL_ERROR "Lull needs libraries that were not found, in brackets Debian's packages: ${lull_missing}.\n"
    "On Debian and Ubuntu, packaging/scripts/install-deps build installs all of them; vcpkg.json lists them for "
    "other systems.")
endif()

if(NOT APPLE)
  # Debian 12 has sdbus-c++ 1.2, Debian 13 has 2.1: the same library, other spellings. The code asks
  # LULL_SDBUS_MAJOR (agent/presence/sdbus_compat.h).
  string(REGEX MATCH "^[0-9]+" LULL_SDBUS_MAJOR "${sdbus-c++_VERSION}")
  add_library(lull_sdbus INTERFACE)
  target_link_libraries(lull_sdbus INTERFACE SDBusCpp::sdbus-c++)
  target_compile_definitions(lull_sdbus INTERFACE LULL_SDBUS_MAJOR=${LULL_SDBUS_MAJOR})
endif()

add_library(lmdb UNKNOWN IMPORTED)
set_target_properties(lmdb PROPERTIES
  IMPORTED_LOCATION "${LMDB_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${LMDB_INCLUDE_DIR}")
add_library(tl_expected INTERFACE IMPORTED)
target_include_directories(tl_expected SYSTEM INTERFACE "${TL_EXPECTED_INCLUDE_DIR}")
