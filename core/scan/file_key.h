// SPDX-License-Identifier: MIT
#pragma once
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace lull::scan {

// What identifies a file for the length of a scan.
struct FileKey {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const FileKey&, const FileKey&) = default;
  friend auto operator<=>(const FileKey&, const FileKey&) = default;
};

// Some files. One flat table, asked for every file of a scan: half of it stays free, and a key lies
// at or soon behind the place that its hash names. No file has both numbers 0.
class FileKeySet {
 public:
  void insert(const std::vector<FileKey>& keys) {
    make_room(size_ + keys.size());
    for (const FileKey& key : keys) put(key);
  }
  void insert(const FileKey& key) {
    make_room(size_ + 1);
    put(key);
  }
  bool contains(const FileKey& key) const { return size_ != 0 && slots_[slot_of(key)] != kFree; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  static constexpr FileKey kFree{};

  // Where the key is, or would be.
  std::size_t slot_of(const FileKey& key) const {
    const std::uint64_t mixed =
        (static_cast<std::uint64_t>(key.inode) + static_cast<std::uint64_t>(key.device)) *
        0x9e3779b97f4a7c15ull;
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>(mixed >> 20) & mask;
    while (slots_[at] != kFree && slots_[at] != key) at = (at + 1) & mask;
    return at;
  }
  void put(const FileKey& key) {
    FileKey& slot = slots_[slot_of(key)];
    if (slot == kFree && key != kFree) ++size_;
    slot = key;
  }
  // Doubles, so that one key after the other costs what all at once do.
  void make_room(std::size_t keys) {
    if (keys * 2 <= slots_.size()) return;
    std::vector<FileKey> old(std::bit_ceil(keys * 2));
    old.swap(slots_);
    size_ = 0;
    for (const FileKey& key : old) put(key);
  }

  std::vector<FileKey> slots_;  // a power of two of them, or none
  std::size_t size_ = 0;
};

}  // namespace lull::scan
