// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

namespace lull::benchmarks {

// A tree of about `entries` files that looks like a home directory: nested packages of a few files,
// 256-way shards of a cache, flat directories of thousands, and some hard links, links and sparse
// files. The same for the same number. Below LULL_BENCH_TREES it is made once and kept for the next
// run; else it is made below /tmp and removed.
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
