# What the system must be, asked before any library is looked for: a system that cannot do says so in one message,
# not somewhere in the middle of a build. (tests/packaging/configure_test.py makes each of them appear.)
include(CheckCXXSourceCompiles)

# lull_refuse(ANSWER MESSAGE…): ends here; the answer is forgotten, since the next try may come after a repair.
function(lull_refuse answer)
  unset(${answer} CACHE)
  message(FATAL_ERROR ${ARGN})
endfunction()

if(NOT CMAKE_SYSTEM_NAME MATCHES "^(Linux|Darwin)$")
  message(FATAL_ERROR "Lull runs on Linux and macOS; this is ${CMAKE_SYSTEM_NAME}.")
endif()

if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  # What we give back of our own memory goes back by these two (core/platform/own_process_linux.cc).
  check_cxx_source_compiles("
    #include <malloc.h>
    int main() { return ::mallopt(M_MMAP_THRESHOLD, 1 << 17) + ::malloc_trim(0); }" LULL_SYSTEM_HAS_GLIBC)
  if(NOT LULL_SYSTEM_HAS_GLIBC)
    lull_refuse(LULL_SYSTEM_HAS_GLIBC
      "Lull needs the GNU C library: it gives its own memory back by malloc_trim and mallopt, which the C library "
      "here does not have. With musl (Alpine, and Void's edition with it) it cannot be built. If this is a system "
      "with the GNU C library, its headers are missing (Debian: libc6-dev); what the compiler said is in "
      "${CMAKE_BINARY_DIR}/CMakeFiles.")
  endif()
  # The safe way to a file, and which mount it is on (core/scan/dir_reader_linux.cc, core/clean/trash/volume_linux.cc).
  check_cxx_source_compiles("
    #include <fcntl.h>
    #include <linux/openat2.h>
    #include <sys/stat.h>
    int main() {
      struct statx status;
      struct open_how how = {};
      how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
      return ::statx(AT_FDCWD, \"/\", 0, STATX_MNT_ID, &status) == 0 ? static_cast<int>(status.stx_mnt_id) : 1;
    }" LULL_SYSTEM_HAS_CALLS)
  if(NOT LULL_SYSTEM_HAS_CALLS)
    lull_refuse(LULL_SYSTEM_HAS_CALLS
      "The headers of the kernel here are too old for Lull, which asks for mounts by statx and opens by openat2: it "
      "needs those of Linux 5.8 or newer (Debian: linux-libc-dev). The kernel itself may be older.")
  endif()
endif()

check_cxx_source_compiles("
  #include <compare>
  #include <concepts>
  #include <span>
  template <std::integral T> constexpr bool less(T a, T b) { return (a <=> b) < 0; }
  int main() { const char text[2] = {}; return less(std::span(text).size_bytes(), std::size_t{1}); }"
  LULL_SYSTEM_HAS_CXX20)
if(NOT LULL_SYSTEM_HAS_CXX20)
  lull_refuse(LULL_SYSTEM_HAS_CXX20
    "Lull needs C++20: GCC 12, Clang 14 or newer, with a standard library of that age. This is "
    "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}; name another by -DCMAKE_CXX_COMPILER=g++-12.")
endif()
