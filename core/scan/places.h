// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/environment.h"
#include "core/platform/roots.h"
#include "core/scan/glob.h"

namespace lull::scan {

// Where rules may look besides the directories of the environment. Empty is fine: nothing is there.
struct ScanPlaces {
  std::vector<std::string> volumes;       // mount points of writable local volumes, "/" left out
  std::string var_temp;                   // /var/tmp; Linux only
  std::string darwin_temp, darwin_cache;  // confstr(_CS_DARWIN_USER_…_DIR); macOS only
};

// Asks the system. Nothing if HOME is not what the password database says: whoever has set it
// (a test, a container) means a world of its own. Blocks; asks no server.
ScanPlaces find_scan_places(const platform::SystemRoots& roots,
                            const base::UserDirectories& directories, uid_t owner);

// Do this system's volumes take "Caches" and "caches" for one name, unless somebody asked for
// others?
LetterCase letter_case_of_volumes();

}  // namespace lull::scan
