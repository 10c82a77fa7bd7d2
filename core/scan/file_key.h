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
// at or soon behind the place that its hash names. No file has the inode 0.
class FileKeySet {
 public:
  void insert(const std::vector<FileKey>& keys) {
    grow(size_ + keys.size());
    for (const FileKey& key : keys) insert_one(key);
  }
  bool contains(const FileKey& key) const {
    if (size_ == 0) return false;
    std::size_t at = place_of(key);
    while (slots_[at].inode != 0 && slots_[at] != key) at = (at + 1) & (slots_.size() - 1);
    return slots_[at].inode != 0;
  }
  bool empty() const { return size_ == 0; }

 private:
  std::size_t place_of(const FileKey& key) const {
    const std::uint64_t mixed =
        (static_cast<std::uint64_t>(key.inode) + static_cast<std::uint64_t>(key.device)) *
        0x9e3779b97f4a7c15ull;
    return static_cast<std::size_t>(mixed >> 20) & (slots_.size() - 1);
  }
  void insert_one(const FileKey& key) {
    if (key.inode == 0) return;
    std::size_t at = place_of(key);
    while (slots_[at].inode != 0 && slots_[at] != key) at = (at + 1) & (slots_.size() - 1);
    if (slots_[at].inode == 0) ++size_;
    slots_[at] = key;
  }
  void grow(std::size_t keys) {
    if (keys * 2 <= slots_.size()) return;
    std::vector<FileKey> old(std::bit_ceil(keys * 2));
    old.swap(slots_);
    size_ = 0;
    for (const FileKey& key : old) insert_one(key);
  }

  std::vector<FileKey> slots_;  // a power of two of them, or none
  std::size_t size_ = 0;
};

}  // namespace lull::scan
