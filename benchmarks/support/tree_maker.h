// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/base/unique_fd.h"

namespace lull::benchmarks {

// splitmix64 with a fixed seed.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  bool one_in(std::uint64_t many) { return below(many) == 0; }

 private:
  std::uint64_t state_;
};

// Makes the names of a BigTree until their number is used up. Throws std::system_error.
class TreeMaker {
 public:
  // `root` is made; it must not exist.
  TreeMaker(const std::string& root, std::uint64_t entries);
  void make();

 private:
  // An open directory and its path below the root, which later hard links need.
  struct Place {
    base::UniqueFd fd;
    std::string path;
  };

  void make_corner();
  void make_chain(const Place& at);
  void make_linked_file(const Place& at);
  void make_flat(std::uint64_t entries);
  void make_caches(std::uint64_t entries);
  void make_projects();
  void make_package(const Place& at, int depth, std::int64_t& left);
  void make_nested_packages(const Place& at, int depth, std::int64_t& left);

  Place enter(const Place& at, const std::string& name);
  void file(const Place& at, const std::string& name, bool may_be_linked = true);
  void reserve(int fd);
  void link_beside(const Place& at, const std::string& name);
  void symlink_beside(const Place& at, const std::string& name);
  bool full() const { return made_ >= entries_; }
  std::string_view word();

  const std::uint64_t entries_;
  Place root_;
  Random random_;
  std::uint64_t made_ = 0;
  std::vector<std::string> linkable_;  // paths below the root
};

}  // namespace lull::benchmarks
