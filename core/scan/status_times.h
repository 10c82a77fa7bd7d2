// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <ctime>

#include <sys/stat.h>

// The three times of a file in nanoseconds since 1970, under either spelling of POSIX's fields
// (st_mtim; on macOS st_mtimespec).
namespace lull::scan {

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
