// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

#include "core/cache/dir_watch.h"
#include "core/cache/tree_store.h"

namespace lull::cache {

// Watches the directories of the tree at `path` as far as the store has rows of them. False: it has
// none, or not all could be watched (they are dropped again then). Blocks on the disk.
bool watch_tree(TreeStore& store, DirWatch& watch, const std::string& path, std::uint32_t tree);

}  // namespace lull::cache
