// SPDX-License-Identifier: MIT
#include <libproc.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/platform/own_cpu_time.h"
#include "core/platform/own_use.h"

namespace lull::platform {

// proc_pid_rusage (sys/resource.h, rusage_info_v2) counts what went to and came from storage.
OwnUse own_use() {
  OwnUse use;
  use.cpu = own_cpu_time();
  rusage_info_v4 info{};
  if (::proc_pid_rusage(::getpid(), RUSAGE_INFO_V4, reinterpret_cast<rusage_info_t*>(&info)) == 0) {
    use.read_bytes = info.ri_diskio_bytesread;
    use.written_bytes = info.ri_diskio_byteswritten;
  }
  return use;
}

}  // namespace lull::platform
