// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/cache/dir_watch.h"
#include "core/cache/tree_store.h"

namespace lull::cache {

// Watches the directories of the tree at `path` as far as the store has rows of them. False: it has
// none, or not all could be watched (they are dropped again then). Blocks on the disk. `but` are
// directories, by whatever path, that are left out, not what is below them: those that whoever asks
// writes to for having asked, whose notes would never end.
bool watch_tree(TreeStore& store, DirWatch& watch, const std::string& path, std::uint32_t tree,
                std::span<const std::string> but = {});

struct WatchedPart {
  bool whole = false;                // every directory that has a row is watched
  std::vector<std::uint64_t> known;  // those of `touched` that have a row there, sorted
};
// The same for a part of a watched tree, whose directories that were heard of are watched again:
// whatever happens, what is watched stays so. `touched` is sorted.
WatchedPart watch_part(TreeStore& store, DirWatch& watch, const std::string& path,
                       std::uint32_t tree, std::span<const std::uint64_t> touched,
                       std::span<const std::string> but = {});

}  // namespace lull::cache
