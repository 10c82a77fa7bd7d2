// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace lull::scan::testing {

// Does one random thing after the other in a tree; the same for the same seed: create, grow, cut,
// link, rename, chmod, delete, and if it may, mount and unmount. Things that cannot be done (a name
// that is taken, a directory into itself) are left.
class Mutator {
 public:
  // Mounts only in a mount namespace of the process's own.
  Mutator(const std::string& root, std::uint64_t seed, bool may_mount = false);
  void mutate(int times) {
    for (int i = 0; i < times; ++i) once();
  }
  // Where allocation is delayed, blocks are counted when they are written.
  void settle() const;
  std::size_t mounts_made() const { return mounts_made_; }

 private:
  void once();
  void once_in_tree();
  void make_directory();
  void make_file();
  void write();
  void cut();
  void link();
  void rename_file();
  void rename_directory();
  void change_mode();
  void remove_file();
  void remove_directory();
  void mount_or_unmount();
  void forget(const std::string& path);

  std::uint64_t below(std::uint64_t limit);
  std::string& any(std::vector<std::string>& paths) { return paths[below(paths.size())]; }
  std::string fresh() { return any(directories_) + "/n" + std::to_string(number_++); }

  std::uint64_t state_;
  const bool may_mount_;
  int number_ = 0;
  std::size_t mounts_made_ = 0;
  std::vector<std::string> files_, directories_, mounts_;  // the root is the first directory
};

}  // namespace lull::scan::testing
