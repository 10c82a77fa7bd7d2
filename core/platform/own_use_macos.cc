// SPDX-License-Identifier: MIT
#include <chrono>

#include <libproc.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/platform/own_use.h"

namespace lull::platform {
namespace {

base::Duration duration_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

// proc_pid_rusage (sys/resource.h, rusage_info_v2) counts what went to and came from storage.
OwnUse own_use() {
  OwnUse use;
  struct ::rusage usage {};
  if (::getrusage(RUSAGE_SELF, &usage) == 0)
    use.cpu = duration_of(usage.ru_utime) + duration_of(usage.ru_stime);
  rusage_info_v4 info{};
  if (::proc_pid_rusage(::getpid(), RUSAGE_INFO_V4, reinterpret_cast<rusage_info_t*>(&info)) == 0) {
    use.read_bytes = info.ri_diskio_bytesread;
    use.written_bytes = info.ri_diskio_byteswritten;
  }
  return use;
}

}  // namespace lull::platform
