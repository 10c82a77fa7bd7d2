// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <fstream>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <sys/inotify.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/cache/dir_watch.h"

namespace lull::cache {
namespace {

constexpr std::uint32_t kEvents = IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                  IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONESHOT |
                                  IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;
constexpr std::size_t kOurPart = 8;

std::size_t granted_watches() {
  std::size_t granted = 0;
  std::ifstream("/proc/sys/fs/inotify/max_user_watches") >> granted;
  return granted;
}

class InotifyDirWatch final : public DirWatch {
 public:
  InotifyDirWatch(base::UniqueFd fd, std::size_t most) : fd_(std::move(fd)), most_(most) {}

  std::size_t room() const override {
    const std::lock_guard lock(mutex_);
    return most_ - std::min(most_, tags_.size());
  }
  std::size_t watched() const override {
    const std::lock_guard lock(mutex_);
    return tags_.size();
  }

  bool add(const std::string& directory, const Tag& tag) override {
    const std::lock_guard lock(mutex_);
    // Adding it again while it is watched makes no second one.
    const int watch = ::inotify_add_watch(fd_.get(), directory.c_str(), kEvents);
    if (watch < 0) return false;
    if (tags_.size() >= most_ && !tags_.contains(watch)) {
      ::inotify_rm_watch(fd_.get(), watch);
      return false;
    }
    tags_[watch] = tag;
    return true;
  }

  void remove_tree(std::uint32_t tree) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(tags_, [&](const auto& watched) {
      if (watched.second.tree != tree) return false;
      ::inotify_rm_watch(fd_.get(), watched.first);
      return true;
    });
  }

  Changes take_changes() override {
    const std::lock_guard lock(mutex_);
    Changes changes;
    alignas(inotify_event) std::array<char, 16 * 1024> buffer;
    for (;;) {
      const ssize_t length = ::read(fd_.get(), buffer.data(), buffer.size());
      if (length <= 0) return changes;
      for (ssize_t at = 0; at < length;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
        note(*event, changes);
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      }
    }
  }

 private:
  void note(const inotify_event& event, Changes& changes) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) changes.lost = true;
    // The note that a watch has ended follows its event; then the number is known no more. (A
    // number is not given out again while the system runs.)
    const auto watched = tags_.find(event.wd);
    if (watched == tags_.end()) return;
    changes.touched.push_back(watched->second);
    tags_.erase(watched);
  }

  const base::UniqueFd fd_;
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<int, Tag> tags_;
};

}  // namespace

std::unique_ptr<DirWatch> make_dir_watch(std::size_t most) {
  most = std::min(most, granted_watches() / kOurPart);
  base::UniqueFd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!fd || most == 0) return nullptr;
  return std::make_unique<InotifyDirWatch>(std::move(fd), most);
}

}  // namespace lull::cache
