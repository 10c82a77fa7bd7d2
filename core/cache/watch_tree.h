// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "core/cache/dir_watch.h"
#include "core/cache/tree_store.h"

namespace lull::cache {

// Watches the directories of the tree at `path` as far as the store has rows of them. False: it has
// none, or not all could be watched (they are dropped again then). Blocks on the disk. `but` are
// directories, by whatever path, that are left out, not what is below them: those that whoever asks
// writes to for having asked, whose notes would never end.
bool watch_tree(TreeStore& store, DirWatch& watch, const std::string& path, std::uint32_t tree,
                std::span<const std::string> but = {});

}  // namespace lull::cache
