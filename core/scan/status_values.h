// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <ctime>

#include <sys/stat.h>

// What is read out of a struct stat.
namespace lull::scan {

// Allocated bytes: the unit of st_blocks is 512, whatever st_blksize says.
inline std::uint64_t blocks_of(const struct stat& status) {
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

// A device as reports, journals and stores keep it; dev_t is signed on macOS.
inline std::uint64_t device_number(dev_t device) { return static_cast<std::uint64_t>(device); }

// Lengths mean something for regular files and links only.
inline std::uint64_t length_of(const struct stat& status) {
  const bool has_length = S_ISREG(status.st_mode) || S_ISLNK(status.st_mode);
  return has_length && status.st_size > 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// The three times of a file in nanoseconds since 1970, under either spelling of POSIX's fields
// (st_mtim; on macOS st_mtimespec).
inline std::int64_t nanoseconds_of(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

struct StatusTimes {
  std::int64_t mtime_ns = 0, ctime_ns = 0, atime_ns = 0;
};

template <class Status>
StatusTimes times_of(const Status& status) {
  if constexpr (requires { status.st_mtim; }) {
    return {nanoseconds_of(status.st_mtim), nanoseconds_of(status.st_ctim),
            nanoseconds_of(status.st_atim)};
  } else {
    return {nanoseconds_of(status.st_mtimespec), nanoseconds_of(status.st_ctimespec),
            nanoseconds_of(status.st_atimespec)};
  }
}

}  // namespace lull::scan
