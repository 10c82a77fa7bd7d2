// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "core/cache/tree_store.h"

namespace lull::cache {

struct DiskStoreOptions {
  // $XDG_CACHE_HOME/lull, made with mode 0700 when something is stored; empty or relative: there is
  // no such place.
  std::string directory;
  // The file never becomes larger; what is in it takes at most half, so that a tree can be replaced
  // while others still read the old one. Trees written longest ago go first.
  std::size_t file_bytes = std::size_t{64} << 20;
  // Where the disk cannot be written to (full, read-only, somebody else's): rows in memory instead.
  std::size_t memory_bytes = std::size_t{2} << 20;
};

// The store on disk: an LMDB file, mapped while it is used. Several processes may use it at once;
// in one process only one store of a directory. It may be deleted at any time: then it is empty.
// So it is if it is damaged, or of another version; take_note() says so once. Not for directories
// on file systems without working locks.
std::unique_ptr<TreeStore> make_disk_store(const DiskStoreOptions& options);

}  // namespace lull::cache
