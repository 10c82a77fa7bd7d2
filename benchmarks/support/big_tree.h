// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

namespace lull::benchmarks {

// A tree of `entries` names besides its directories (about 95,000 of those at a million) that looks
// like a home directory: projects with nested packages of a few files (62 %), 256-way shards of
// caches (20 %), flat directories of 10,000 (13 %), and everywhere a few hard links, links of all
// kinds and sparse files. A fixed corner holds odd names (not UTF-8, a newline, 255 bytes), a FIFO,
// empty and locked directories, a chain of 60 and one file with 41 names. No file has data: blocks
// are reserved, so that their number is settled at once. The same for the same number.
//
// Below LULL_BENCH_TREES it is made once and kept for the next run and other programs; else it is
// made below /tmp and removed. Throws std::system_error.
class BigTree {
 public:
  explicit BigTree(std::uint64_t entries);
  ~BigTree();
  BigTree(const BigTree&) = delete;
  BigTree& operator=(const BigTree&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool keep_ = false;
};

}  // namespace lull::benchmarks
