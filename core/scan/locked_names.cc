// SPDX-License-Identifier: MIT
#include "core/scan/locked_names.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/unique_fd.h"
#include "core/scan/dead_mounts.h"
#include "core/scan/dir_reader.h"
#include "core/scan/walker.h"

namespace lull::scan {
namespace {

class LockSearch final : public Visitor {
 public:
  explicit LockSearch(const HeldLocks& locks) : locks_(locks), inodes_(locks.inodes()) {}

  Step enter(unsigned, WalkNode& node, const struct stat& status) override {
    if (node.parent != nullptr && locks_.contains(status.st_dev, status.st_ino))
      note(*node.parent, node.name(), Fate::kLocked);
    return Step::kContinue;
  }
  // Next to nothing is locked: a number that no locked file has spares the question for the rest.
  bool wants(ino_t inode) const override {
    return std::binary_search(inodes_.begin(), inodes_.end(), inode);
  }
  Step visit(unsigned, WalkNode& in, const char* name, const struct stat& status) override {
    if (locks_.contains(status.st_dev, status.st_ino)) note(in, name, Fate::kLocked);
    return Step::kContinue;
  }
  void error(unsigned, WalkNode& in, const char* name, int) override {
    if (in.parent == nullptr && *name == '\0') top_is_unread_ = true;
    note(in, name, Fate::kLockUnknown);
  }

  bool top_is_unread() const { return top_is_unread_; }
  LockedNames take() { return std::move(names_); }

 private:
  // Whatever is known of something deep down is said of what it is a part of.
  void note(const WalkNode& in, std::string_view name, Fate fate) {
    const WalkNode* top = &in;
    std::string_view shown = name;
    for (; top->parent != nullptr; top = top->parent) shown = top->name();
    if (shown.empty()) return;
    const std::lock_guard lock(mutex_);
    Fate& known = names_.emplace(shown, fate).first->second;
    if (fate == Fate::kLocked) known = fate;
  }

  const HeldLocks& locks_;
  const std::vector<ino_t> inodes_;
  std::mutex mutex_;
  LockedNames names_;
  std::atomic<bool> top_is_unread_{false};
};

}  // namespace

std::optional<LockedNames> find_locked_names(int directory, const std::string& path,
                                             const HeldLocks& locks, const WalkOptions& options) {
  OpenManner manner;
  std::vector<Seed> seeds;
  seeds.push_back({base::UniqueFd(open_directory_at(directory, ".", manner)), path});
  if (seeds.front().directory.get() < 0) return std::nullopt;
  WalkOptions quiet = options;
  quiet.progress = nullptr;
  LockSearch search(locks);
  const WalkPlan plan{.look_before_opening = true,
                      .by_listed_inode = has_no_mounts_below(directory),
                      .refuse_mounts = true};
  const bool complete = walk(std::move(seeds), search, quiet, plan);
  if (!complete || search.top_is_unread()) return std::nullopt;
  return search.take();
}

}  // namespace lull::scan
