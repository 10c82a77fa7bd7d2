// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace lull::scan {

// The inodes of one device that were met before. Only names with more than one link are asked for,
// so it stays small. Thread-safe: 64 shards, each an open-addressed table of 8 bytes a slot.
class InodeSet {
 public:
  // True if `inode` was not in it.
  bool insert(std::uint64_t inode);

 private:
  struct alignas(64) Shard {
    std::mutex mutex;
    std::vector<std::uint64_t> slots;  // 0 is empty; inode 0 is stored as the greatest value
    std::size_t used = 0;
  };
  static bool put(std::vector<std::uint64_t>& slots, std::uint64_t key);
  static void grow(Shard& shard);

  static constexpr std::size_t kShards = 64;
  std::array<Shard, kShards> shards_;
};

}  // namespace lull::scan
