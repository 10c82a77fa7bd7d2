// SPDX-License-Identifier: MIT
#include "core/scan/walker.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <oneapi/tbb/task_arena.h>
#include <unistd.h>

#include "core/scan/dead_mounts.h"
#include "core/scan/open_directories.h"
#include "core/scan/walk_team.h"

namespace lull::scan {
namespace {

using detail::Batch;
using detail::Buffer;
using detail::Foothold;
using detail::Item;
using detail::Slot;

constexpr unsigned kEntriesPerCheck = 128;  // between two looks at the cancel token

bool is_dot(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

// Is `name` in `node` where `way` leads to from the seed?
bool leads_to(std::string_view way, const WalkNode& node, std::string_view name) {
  for (const WalkNode* at = &node;; at = at->parent) {
    if (!way.ends_with(name)) return false;
    way.remove_suffix(name.size());
    if (at->parent == nullptr || way.empty()) return at->parent == nullptr && way.empty();
    if (way.back() != '/') return false;
    way.remove_suffix(1);
    name = at->name();
  }
}

// How one item is read, and what the visitor is told of it.
class Walk final : public detail::WalkTeam::Worker {
 public:
  Walk(Visitor& visitor, const WalkOptions& options, const WalkPlan& plan);
  bool run(std::vector<Seed> seeds);

  void take(Slot& slot, Item item) override;
  void leave(Slot& slot) override { directories_.retain(slot.retained, nullptr); }

 private:
  void discard(Slot& slot, const Item& item);
  void read_directory(Slot& slot, WalkNode& node);
  bool open_seed(Slot& slot, WalkNode& node);
  bool open_child(Slot& slot, WalkNode& node);
  bool open_from(Slot& slot, WalkNode& node, const Foothold& parent);
  bool look_first(Slot& slot, WalkNode& node, const Foothold& parent, struct stat& status);
  bool check_opened(Slot& slot, WalkNode& node);
  bool admit(Slot& slot, WalkNode& node, const struct stat& status);
  void refused(Slot& slot, WalkNode& node, const Foothold& parent, int os_error);
  void list(Slot& slot, WalkNode& node);
  void visit_batch(Slot& slot, WalkNode& node, std::span<const std::byte> filled);
  void visit_entry(Slot& slot, WalkNode& node, const DirEntry& entry);
  bool is_passed_over(const WalkNode& node, const DirEntry& entry) const;
  bool is_untouched(const WalkNode& node, const char* name) const;
  void visit_other(Slot& slot, WalkNode& node, const char* name, const struct stat& status);
  void push_child(Slot& slot, WalkNode& parent, const char* name);
  void finish_listing(Slot& slot, WalkNode& node);
  bool give_batch(Slot& slot, WalkNode& node, std::size_t length);
  void report(Slot& slot, WalkNode& in, const char* name, int os_error);
  bool stopping();
  void obey(Step step) {
    if (step == Step::kStop) stop_.store(true, std::memory_order_relaxed);
  }

  Visitor& visitor_;
  const WalkOptions& options_;
  const WalkPlan plan_;
  std::atomic<bool> stop_{false};
  std::vector<DirTraits> traits_;                    // of each seed's file system
  std::vector<std::vector<std::string>> untouched_;  // below each seed: mounts that may hang
  bool any_untouched_ = false;
  detail::OpenDirectories directories_;
  detail::WalkTeam team_;
};

Walk::Walk(Visitor& visitor, const WalkOptions& options, const WalkPlan& plan)
    : visitor_(visitor),
      options_(options),
      plan_(plan),
      directories_(plan.refuse_mounts),
      team_(std::min(walk_width(options), detail::affordable_tasks()), *this) {}

bool Walk::run(std::vector<Seed> seeds) {
  std::optional<MountsThatMayHang> own;
  const MountsThatMayHang& mounts =
      options_.mounts != nullptr ? *options_.mounts : own.emplace(MountsThatMayHang::find());
  for (const Seed& seed : seeds) {
    traits_.push_back(probe_directory_traits(seed.directory.get()));
    untouched_.push_back(mounts.ways_below(seed.directory.get()));
    any_untouched_ = any_untouched_ || !untouched_.back().empty();
  }
  // The first seed is to be read first: it lies on top.
  for (std::size_t index = seeds.size(); index-- > 0;) {
    WalkNode* node =
        detail::OpenDirectories::seed(static_cast<std::uint32_t>(index), std::move(seeds[index]));
    team_.first().stack.push_back({node, nullptr});
  }
  team_.run();
  return !stop_.load();
}

// ---- items ------------------------------------------------------------------------------------

void Walk::take(Slot& slot, Item item) {
  if (stopping()) {
    discard(slot, item);
    return;
  }
  WalkNode& node = *item.node;
  visitor_.at(slot.index, &node);
  if (item.batch) {
    visit_batch(slot, node, {item.batch->buffer->bytes, item.batch->length});
    finish_listing(slot, node);
  } else {
    read_directory(slot, node);
  }
  visitor_.at(slot.index, nullptr);
  directories_.unreference(&node);
  visitor_.pause(slot.index);
}

void Walk::discard(Slot& slot, const Item& item) {
  WalkNode& node = *item.node;
  if (item.batch) {
    node.incomplete.store(true, std::memory_order_relaxed);
    finish_listing(slot, node);
  } else {
    directories_.let_go_of_parent(node);
  }
  directories_.unreference(&node);
}

// Hands the full buffer of a large directory to a task of its own and goes on with a fresh one.
bool Walk::give_batch(Slot& slot, WalkNode& node, std::size_t length) {
  Slot* other = team_.claim();
  if (other == nullptr) return false;
  auto batch = std::make_unique<Batch>();
  batch->buffer = std::exchange(slot.buffer, std::make_unique<Buffer>());
  batch->length = length;
  node.references.fetch_add(1, std::memory_order_relaxed);
  node.listers.fetch_add(1, std::memory_order_relaxed);
  other->stack.push_back({&node, std::move(batch)});
  team_.start(*other);
  return true;
}

bool Walk::stopping() {
  if (stop_.load(std::memory_order_relaxed)) return true;
  if (!options_.cancel.cancelled()) return false;
  stop_.store(true, std::memory_order_relaxed);
  return true;
}

// What vanished, also a process below /proc, is no error.
void Walk::report(Slot& slot, WalkNode& in, const char* name, int os_error) {
  if (os_error != ENOENT && os_error != ESRCH) visitor_.error(slot.index, in, name, os_error);
}

// ---- opening ----------------------------------------------------------------------------------

void Walk::read_directory(Slot& slot, WalkNode& node) {
  const bool opened = node.parent == nullptr ? open_seed(slot, node) : open_child(slot, node);
  directories_.let_go_of_parent(node);
  if (opened) {
    detail::OpenDirectories::begin_listing(node);
    node.listers.store(1, std::memory_order_relaxed);
    list(slot, node);
    if (node.is_far || node.children_are_far.load(std::memory_order_relaxed))
      directories_.retain(slot.retained, &node);
    finish_listing(slot, node);
  }
}

bool Walk::open_seed(Slot& slot, WalkNode& node) {
  struct stat status {};
  if (::fstat(node.descriptor, &status) != 0) {
    visitor_.error(slot.index, node, "", errno);
    return false;
  }
  return admit(slot, node, status);
}

bool Walk::open_child(Slot& slot, WalkNode& node) {
  int os_error = 0;
  Foothold parent = directories_.parent_of(node, slot.retained, os_error);
  if (parent.fd < 0) {
    report(slot, *node.parent, node.name(), os_error);
    return false;
  }
  node.is_far = parent.borrowed == nullptr;
  const bool listable = open_from(slot, node, parent);
  directories_.give_back(parent);
  return listable;
}

bool Walk::open_from(Slot& slot, WalkNode& node, const Foothold& parent) {
  struct stat status {};
  if (plan_.look_before_opening && !look_first(slot, node, parent, status)) return false;
  const int fd = directories_.open(parent, node);
  if (fd < 0) {
    refused(slot, node, parent, -fd);
    return false;
  }
  node.descriptor = fd;
  if (check_opened(slot, node)) return true;
  ::close(std::exchange(node.descriptor, -1));
  return false;
}

// The status before anything is opened; false if that settles it.
bool Walk::look_first(Slot& slot, WalkNode& node, const Foothold& parent, struct stat& status) {
  if (const int failed = stat_at(parent.fd, node.name(), status); failed != 0) {
    report(slot, *node.parent, node.name(), failed);
    return false;
  }
  if (S_ISDIR(status.st_mode)) return admit(slot, node, status);
  visit_other(slot, *node.parent, node.name(), status);
  return false;
}

bool Walk::check_opened(Slot& slot, WalkNode& node) {
  struct stat status {};
  if (::fstat(node.descriptor, &status) != 0) {
    visitor_.error(slot.index, node, "", errno);
    return false;
  }
  if (!plan_.look_before_opening) return admit(slot, node, status);
  if (status.st_ino == node.inode && status.st_dev == node.device) return true;
  // Somebody put another directory there in between: not the one that was judged.
  visitor_.error(slot.index, node, "", ESTALE);
  return false;
}

// Is it on the right device, and does the visitor want it?
bool Walk::admit(Slot& slot, WalkNode& node, const struct stat& status) {
  node.device = status.st_dev;
  node.inode = status.st_ino;
  if (node.parent != nullptr && status.st_dev != node.parent->device) {
    visitor_.other_device(slot.index, *node.parent, node.name(), status);
    return false;
  }
  const Step step = visitor_.enter(slot.index, node, status);
  obey(step);
  return step == Step::kContinue;
}

// It could not be opened. Its own blocks count nevertheless, and it may not be a directory any
// more.
void Walk::refused(Slot& slot, WalkNode& node, const Foothold& parent, int os_error) {
  struct stat status {};
  if (const int failed = stat_at(parent.fd, node.name(), status); failed != 0) {
    report(slot, *node.parent, node.name(), failed);
    return;
  }
  if (!S_ISDIR(status.st_mode)) {
    visit_other(slot, *node.parent, node.name(), status);
    return;
  }
  if (os_error == EXDEV) {
    visitor_.other_device(slot.index, *node.parent, node.name(), status);
    return;
  }
  if (!plan_.look_before_opening && !admit(slot, node, status)) return;
  report(slot, node, "", os_error);
  visitor_.listed(slot.index, node, false);
}

// ---- listing ----------------------------------------------------------------------------------

void Walk::list(Slot& slot, WalkNode& node) {
  DirReader reader(node.descriptor, traits_[node.seed]);
  for (unsigned round = 0;; ++round) {
    if (stopping()) {
      node.incomplete.store(true, std::memory_order_relaxed);
      return;
    }
    const ssize_t got = reader.fill(slot.buffer->bytes);
    if (got == 0) return;
    if (got < 0) {
      if (got == -ENOENT) return;  // removed while it was open
      node.incomplete.store(true, std::memory_order_relaxed);
      report(slot, node, "", static_cast<int>(-got));
      return;
    }
    const auto length = static_cast<std::size_t>(got);
    const bool given =
        round > 0 && slot.stack.size() < 2 && team_.may_share() && give_batch(slot, node, length);
    if (!given) visit_batch(slot, node, {slot.buffer->bytes, length});
    team_.share_surplus(slot);
  }
}

void Walk::visit_batch(Slot& slot, WalkNode& node, std::span<const std::byte> filled) {
  DirEntry entry;
  for (unsigned count = 1; next_entry(filled, entry); ++count) {
    if (is_dot(entry.name)) continue;
    if (count % kEntriesPerCheck == 0) {
      visitor_.pause(slot.index);
      if (stopping()) {
        node.incomplete.store(true, std::memory_order_relaxed);
        return;
      }
    }
    visit_entry(slot, node, entry);
  }
}

void Walk::visit_entry(Slot& slot, WalkNode& node, const DirEntry& entry) {
  if (any_untouched_ && is_untouched(node, entry.name)) {
    visitor_.other_device(slot.index, node, entry.name, {});
    return;
  }
  if (entry.type == DT_DIR) {
    push_child(slot, node, entry.name);
    return;
  }
  if (is_passed_over(node, entry)) return;
  struct stat status {};
  const int failed = told_status(entry, status) ? 0 : stat_at(node.descriptor, entry.name, status);
  if (failed != 0) {
    report(slot, node, entry.name, failed);
    return;
  }
  // The type is unknown on some file systems, and may have changed since.
  if (S_ISDIR(status.st_mode))
    push_child(slot, node, entry.name);
  else
    visit_other(slot, node, entry.name, status);
}

bool Walk::is_passed_over(const WalkNode& node, const DirEntry& entry) const {
  return plan_.by_listed_inode && entry.type != DT_UNKNOWN && traits_[node.seed].lists_inodes &&
         !visitor_.wants(entry.inode);
}

bool Walk::is_untouched(const WalkNode& node, const char* name) const {
  const std::vector<std::string>& ways = untouched_[node.seed];
  return std::any_of(ways.begin(), ways.end(),
                     [&](const std::string& way) { return leads_to(way, node, name); });
}

void Walk::visit_other(Slot& slot, WalkNode& node, const char* name, const struct stat& status) {
  if (status.st_dev != node.device)
    visitor_.other_device(slot.index, node, name, status);
  else
    obey(visitor_.visit(slot.index, node, name, status));
}

void Walk::push_child(Slot& slot, WalkNode& parent, const char* name) {
  slot.stack.push_back({directories_.child(parent, name), nullptr});
}

void Walk::finish_listing(Slot& slot, WalkNode& node) {
  if (node.listers.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  visitor_.listed(slot.index, node, !node.incomplete.load(std::memory_order_relaxed));
  directories_.end_listing(node);
}

}  // namespace

std::string path_of(const WalkNode& node, std::string_view name) {
  std::vector<std::string_view> parts;
  if (!name.empty()) parts.push_back(name);
  for (const WalkNode* at = &node; at != nullptr; at = at->parent) parts.push_back(at->name());
  std::string path;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!path.empty() && path.back() != '/') path += '/';
    path += *part;
  }
  return path;
}

unsigned walk_width(const WalkOptions& options) {
  const int arena = tbb::this_task_arena::max_concurrency();
  const unsigned most = arena > 0 ? static_cast<unsigned>(arena) : 1;
  return options.width == 0 ? most : std::min(options.width, most);
}

bool walk(std::vector<Seed> seeds, Visitor& visitor, const WalkOptions& options,
          const WalkPlan& plan) {
  return Walk(visitor, options, plan).run(std::move(seeds));
}

}  // namespace lull::scan
