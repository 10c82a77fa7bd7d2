// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>

#include "core/cache/dir_size_cache.h"
#include "core/cache/tree_store.h"

namespace lull::agent {

// How much the caches of sizes spared, and what they take.
struct SizeStats {
  cache::DirSizeCache::Stats memory;  // hits also count what the store knew
  cache::TreeStore::Stats store;      // when it was last read or written
  std::uint64_t recalled = 0;         // of the hits: from the store
  std::uint64_t directories_checked = 0, directories_read = 0;
  std::size_t watched = 0;  // directories
};

}  // namespace lull::agent
