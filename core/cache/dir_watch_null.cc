// SPDX-License-Identifier: MIT
#include "core/cache/dir_watch.h"

namespace lull::cache {

std::unique_ptr<DirWatch> make_dir_watch(std::size_t) { return nullptr; }

}  // namespace lull::cache
