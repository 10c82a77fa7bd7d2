// SPDX-License-Identifier: MIT
#include "core/scan/open_files.h"

namespace lull::scan {

std::optional<OpenFiles> find_open_files(const platform::SystemRoots&, const WalkOptions&) {
  return std::nullopt;
}

}  // namespace lull::scan
