// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sys/stat.h>

#include "core/scan/encryption.h"

namespace lull::scan {

bool is_encrypted(int directory) {
  struct statx status {};
  return ::statx(directory, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &status) == 0 &&
         (status.stx_attributes & STATX_ATTR_ENCRYPTED) != 0;
}

}  // namespace lull::scan
