// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "core/cache/dir_watch.h"

namespace lull::support {

// Notes what a test says has happened. Thread-safe.
class FakeDirWatch final : public cache::DirWatch {
 public:
  explicit FakeDirWatch(std::size_t most) : most_(most) {}

  void touch(const std::string& directory) {
    const std::lock_guard lock(mutex_);
    const auto watched = tags_.find(directory);
    if (watched == tags_.end()) return;
    changes_.touched.push_back(watched->second);
    tags_.erase(watched);
  }
  void lose() {
    const std::lock_guard lock(mutex_);
    changes_.lost = true;
  }

  // From now on no directory can be watched, though there seems to be room.
  void refuse() {
    const std::lock_guard lock(mutex_);
    refuses_ = true;
  }

  // Called by the next add(), on its thread, before that does anything; once.
  void before_add(std::function<void()> hook) {
    const std::lock_guard lock(mutex_);
    before_add_ = std::move(hook);
  }

  std::size_t room() const override {
    const std::lock_guard lock(mutex_);
    return most_ - tags_.size();
  }
  std::size_t watched() const override {
    const std::lock_guard lock(mutex_);
    return tags_.size();
  }
  bool add(const std::string& directory, const Tag& tag) override {
    if (const auto hook = take_hook()) hook();
    const std::lock_guard lock(mutex_);
    if (refuses_) return false;
    if (tags_.size() >= most_ && !tags_.contains(directory)) return false;
    tags_[directory] = tag;
    return true;
  }
  void remove_tree(std::uint32_t tree) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(tags_, [&](const auto& watched) { return watched.second.tree == tree; });
  }
  Changes take_changes() override {
    const std::lock_guard lock(mutex_);
    return std::exchange(changes_, {});
  }

 private:
  std::function<void()> take_hook() {
    const std::lock_guard lock(mutex_);
    return std::exchange(before_add_, nullptr);
  }

  mutable std::mutex mutex_;
  std::function<void()> before_add_;
  const std::size_t most_;
  std::map<std::string, Tag> tags_;
  Changes changes_;
  bool refuses_ = false;
};

}  // namespace lull::support
