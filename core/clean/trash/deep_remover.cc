// SPDX-License-Identifier: MIT
#include "core/clean/trash/deep_remover.h"

#include <cerrno>
#include <utility>

#include <sys/stat.h>

#include "core/scan/dir_reader.h"

namespace lull::clean {

bool DeepRemover::remove(int parent, const Found& top) {
  if (!descend(parent, top)) return false;
  for (;;) {
    Level& level = levels_.back();
    if (!level.directories.empty()) {
      const Found next = std::move(level.directories.back());
      level.directories.pop_back();
      const int here = at_.get();
      if (!descend(here, next)) levels_.back().complete = false;
      continue;
    }
    const bool last = levels_.size() == 1;
    const bool gone = ascend(parent);
    if (last || levels_.empty()) return gone;
    if (!gone) levels_.back().complete = false;
  }
}

// Opens `found` in `parent`, makes it the lowest level and removes what is no directory in it.
bool DeepRemover::descend(int parent, const Found& found) {
  OpenDirectory opened = open_found(removal_, parent, found, count_);
  if (!opened.fd) {
    removal_.failures.add(path_of(found.name), opened.os_error);
    return false;
  }
  at_ = std::move(opened.fd);
  levels_.push_back({found, opened.bytes});
  Level& level = levels_.back();
  level.complete = remove_entries(
      removal_, at_.get(), found.device, [this](const std::string& name) { return path_of(name); },
      count_, level.directories);
  return true;
}

// Leaves the lowest level, which has no directories any more, and removes it. Without levels
// afterwards if there is no way back.
bool DeepRemover::ascend(int parent) {
  const Level left = std::move(levels_.back());
  levels_.pop_back();
  if (levels_.empty()) {
    at_.reset();
  } else if (!step_up()) {
    removal_.failures.add(path_of(left.self.name), ESTALE);
    levels_.clear();
    return false;
  }
  if (!left.complete) return false;
  const int above = levels_.empty() ? parent : at_.get();
  return remove_directory(
      removal_, above, left.self.name, left.bytes,
      [this](const std::string& name) { return path_of(name); }, count_);
}

// To the level that is the lowest now.
bool DeepRemover::step_up() {
  base::UniqueFd above(scan::open_above_at(at_.get(), 1));
  const Found& expected = levels_.back().self;
  struct stat status {};
  if (!above || ::fstat(above.get(), &status) != 0 || status.st_dev != expected.device ||
      status.st_ino != expected.inode)
    return false;
  at_ = std::move(above);
  return true;
}

std::string DeepRemover::path_of(std::string_view name) const {
  std::string below;
  for (const Level& level : levels_) below += level.self.name + '/';
  below += name;
  return path_of_(below);
}

}  // namespace lull::clean
