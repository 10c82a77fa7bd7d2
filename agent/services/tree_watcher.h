// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/cache/dir_watch.h"

namespace lull::agent {

// Which trees are watched, and where something happened in them since they were measured. Asking
// costs one read of the kernel's notes; nothing wakes up in between. Engine thread, except that
// watches may be added on others.
class TreeWatcher {
 public:
  explicit TreeWatcher(cache::DirWatch* watch) : watch_(watch) {}  // may be null

  // Calls changed(tree) for each tree with new notes; lost(tree) for each if notes were lost.
  void take_changes(const std::function<void(const std::string&)>& changed,
                    const std::function<void(const std::string&)>& lost);
  // Directories that changed in the tree that `path` is in or that lies below it, by inode, sorted.
  std::vector<std::uint64_t> touched(const std::string& path) const;

  // Should the tree, of so many directories, be watched from now on (again)? Then its number for
  // cache::watch_tree(); call begin() with it before that, and forget() if that fails.
  std::optional<std::uint32_t> wanted(const std::string& path, std::uint64_t directories,
                                      double uses) const;
  void begin(const std::string& path, std::uint32_t tree);
  // These of the watched tree that `path` is or is in have rows of now: what was noted of them
  // before does not count any more.
  void measured(const std::string& path, const std::vector<std::uint64_t>& known_touched);
  void forget(const std::string& path);
  void forget_all();
  // Those that nobody asks for any more.
  void forget_cold(const std::function<double(const std::string&)>& uses);

  // So many uses make a tree worth the kernel's memory for its directories: asked for at least
  // twice lately.
  static constexpr double kHot = 1.5;

  std::size_t watched() const { return watch_ == nullptr ? 0 : watch_->watched(); }
  cache::DirWatch* watch() const { return watch_; }
  // The number of the tree at `path` if that is watched.
  std::optional<std::uint32_t> number_of(const std::string& path) const;
  // The watched tree that `path` is or is in.
  struct Cover {
    std::uint32_t tree = 0;
    bool is_part = false;  // the path lies below its root
  };
  std::optional<Cover> cover_of(const std::string& path) const;
  bool covers(const std::string& path) const { return cover_of(path).has_value(); }
  // Is the tree of that number still watched?
  bool watches(std::uint32_t number) const;

 private:
  struct Tree {
    std::uint32_t number = 0;
    std::set<std::uint64_t> touched;
  };
  cache::DirWatch* const watch_;
  std::map<std::string, Tree> trees_;  // by normal path; none below another
  std::uint32_t last_number_ = 0;

  std::map<std::string, Tree>::const_iterator covering(const std::string& path) const;
};

}  // namespace lull::agent
