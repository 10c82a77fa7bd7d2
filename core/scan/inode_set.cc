// SPDX-License-Identifier: MIT
#include "core/scan/inode_set.h"

#include <limits>
#include <utility>

namespace lull::scan {
namespace {

// The finaliser of splitmix64: neighbouring inodes end up far apart.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
  return value ^ (value >> 31);
}

constexpr std::size_t kFirstSlots = 16;

}  // namespace

bool InodeSet::insert(std::uint64_t inode) {
  const std::uint64_t key = inode != 0 ? inode : std::numeric_limits<std::uint64_t>::max();
  Shard& shard = shards_[mix(key) >> 58];
  const std::lock_guard lock(shard.mutex);
  if ((shard.used + 1) * 4 > shard.slots.size() * 3) grow(shard);
  const bool is_new = put(shard.slots, key);
  if (is_new) ++shard.used;
  return is_new;
}

bool InodeSet::put(std::vector<std::uint64_t>& slots, std::uint64_t key) {
  const std::size_t mask = slots.size() - 1;
  for (std::size_t at = mix(key) & mask;; at = (at + 1) & mask) {
    if (slots[at] == key) return false;
    if (slots[at] != 0) continue;
    slots[at] = key;
    return true;
  }
}

void InodeSet::grow(Shard& shard) {
  std::vector<std::uint64_t> bigger(shard.slots.empty() ? kFirstSlots : shard.slots.size() * 2);
  for (const std::uint64_t key : shard.slots)
    if (key != 0) put(bigger, key);
  shard.slots = std::move(bigger);
}

}  // namespace lull::scan
