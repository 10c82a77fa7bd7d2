// SPDX-License-Identifier: MIT
#include "core/scan/walker.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <thread>
#include <utility>

#include <dirent.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <sys/resource.h>

namespace lull::scan {
namespace {

constexpr std::size_t kBufferBytes = 32 * 1024;  // about 800 entries; larger ones gain nothing
constexpr unsigned kEntriesPerCheck = 128;       // between two looks at the cancel token

struct alignas(std::uint64_t) Buffer {
  std::byte bytes[kBufferBytes];
};

// Entries of one directory that another task visits.
struct Batch {
  std::unique_ptr<Buffer> buffer;
  std::size_t length = 0;
};

// A directory to read, or a batch of one that is being read.
struct Item {
  WalkNode* node = nullptr;
  std::unique_ptr<Batch> batch;
};

struct Slot {
  unsigned index = 0;
  std::vector<Item> stack;  // last in, first out: the tree is walked in depth, few are open
  std::unique_ptr<Buffer> buffer = std::make_unique<Buffer>();
};

WalkNode* make_node(WalkNode* parent, std::uint32_t seed, std::string_view name) {
  void* memory = ::operator new(sizeof(WalkNode) + name.size() + 1);
  auto* node = new (memory) WalkNode(parent, seed);
  char* text = reinterpret_cast<char*>(node + 1);
  std::memcpy(text, name.data(), name.size());
  text[name.size()] = '\0';
  return node;
}

void destroy_node(WalkNode* node) {
  node->~WalkNode();
  ::operator delete(node);
}

bool is_dot(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

// Kept descriptors: few enough for several walks at once beside everything else of the process.
int descriptor_budget() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 256;
  return static_cast<int>(std::clamp<rlim_t>(limit.rlim_cur / 4, 4, 256));
}

class Walk {
 public:
  Walk(Visitor& visitor, const WalkOptions& options, const WalkPlan& plan);
  bool run(std::vector<Seed> seeds);

 private:
  // An open parent: borrowed from its node, or opened again for this one use.
  struct Parent {
    int fd = -1;
    base::UniqueFd own;
    WalkNode* borrowed = nullptr;
  };

  void work(Slot& slot);
  void take(Slot& slot, Item item);
  void discard(Slot& slot, Item item);

  void read_directory(Slot& slot, WalkNode& node);
  bool open_node(Slot& slot, WalkNode& node);
  bool look_first(Slot& slot, WalkNode& node, const Parent& parent, struct stat& status);
  bool admit(Slot& slot, WalkNode& node, const struct stat& status);
  void refused(Slot& slot, WalkNode& node, const Parent& parent, int os_error, bool entered);
  void list(Slot& slot, WalkNode& node);
  void visit_batch(Slot& slot, WalkNode& node, std::span<const std::byte> filled);
  void visit_entry(Slot& slot, WalkNode& node, const DirEntry& entry);
  void visit_other(Slot& slot, WalkNode& node, const char* name, const struct stat& status);
  void finish_listing(Slot& slot, WalkNode& node);

  void push_child(Slot& slot, WalkNode& parent, const char* name);
  Parent parent_of(const WalkNode& node, int& os_error);
  Parent reopen(const WalkNode& node, int& os_error);
  int open_patiently(int parent, WalkNode& node);
  bool may_keep_descriptor(WalkNode& node);
  void let_go_of_parent(WalkNode& node);

  static bool try_use_descriptor(WalkNode& node);
  void drop_descriptor(WalkNode& node);
  void unreference(WalkNode* node);

  bool may_share() const { return active_.load(std::memory_order_relaxed) < width_; }
  void share_surplus(Slot& slot);
  bool give_batch(Slot& slot, WalkNode& node, std::size_t length);
  Slot* claim_slot();
  void start(Slot& slot);
  bool stopping();
  void obey(Step step) {
    if (step == Step::kStop) stop_.store(true, std::memory_order_relaxed);
  }

  Visitor& visitor_;
  const WalkOptions& options_;
  const WalkPlan plan_;
  const unsigned width_;
  std::atomic<bool> stop_{false};
  std::atomic<int> budget_;
  std::atomic<unsigned> active_{0};
  std::mutex slots_mutex_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Slot*> free_slots_;
  std::vector<DirTraits> traits_;  // of each seed's file system
  tbb::task_group tasks_;
};

Walk::Walk(Visitor& visitor, const WalkOptions& options, const WalkPlan& plan)
    : visitor_(visitor),
      options_(options),
      plan_(plan),
      width_(walk_width(options)),
      budget_(descriptor_budget()) {}

bool Walk::run(std::vector<Seed> seeds) {
  Slot* first = claim_slot();
  for (const Seed& seed : seeds) traits_.push_back(probe_directory_traits(seed.directory.get()));
  // The first seed is to be read first: it lies on top.
  for (std::size_t index = seeds.size(); index-- > 0;) {
    auto* node = make_node(nullptr, static_cast<std::uint32_t>(index), seeds[index].path);
    node->descriptor = seeds[index].directory.release();
    node->descriptor_users = 1;  // as long as the node lives: ways down begin here
    node->keeps_descriptor = true;
    first->stack.push_back({node, nullptr});
  }
  if (width_ == 1) {
    work(*first);
  } else {
    // Isolated: while it waits, this thread takes no foreign task of the arena.
    tbb::this_task_arena::isolate([&] {
      work(*first);
      tasks_.wait();
    });
  }
  return !stop_.load();
}

// ---- tasks ------------------------------------------------------------------------------------

void Walk::work(Slot& slot) {
  while (!slot.stack.empty()) {
    Item item = std::move(slot.stack.back());
    slot.stack.pop_back();
    if (stopping()) {
      discard(slot, std::move(item));
      continue;
    }
    take(slot, std::move(item));
    visitor_.pause(slot.index);
    share_surplus(slot);
  }
  const std::lock_guard lock(slots_mutex_);
  free_slots_.push_back(&slot);
  active_.fetch_sub(1, std::memory_order_relaxed);
}

void Walk::take(Slot& slot, Item item) {
  WalkNode& node = *item.node;
  if (!item.batch) {
    read_directory(slot, node);
    return;
  }
  visit_batch(slot, node, {item.batch->buffer->bytes, item.batch->length});
  finish_listing(slot, node);
  unreference(&node);
}

void Walk::discard(Slot& slot, Item item) {
  WalkNode& node = *item.node;
  if (item.batch) {
    node.incomplete.store(true, std::memory_order_relaxed);
    finish_listing(slot, node);
  } else {
    let_go_of_parent(node);
  }
  unreference(&node);
}

// The older half of the stack, the bigger trees, goes to a task of its own, if one more may run.
void Walk::share_surplus(Slot& slot) {
  if (slot.stack.size() < 2 || !may_share()) return;
  Slot* other = claim_slot();
  if (other == nullptr) return;
  const auto half = slot.stack.begin() + static_cast<std::ptrdiff_t>(slot.stack.size() / 2);
  std::move(slot.stack.begin(), half, std::back_inserter(other->stack));
  slot.stack.erase(slot.stack.begin(), half);
  start(*other);
}

// Hands the full buffer of a large directory to a task of its own and goes on with a fresh one.
bool Walk::give_batch(Slot& slot, WalkNode& node, std::size_t length) {
  Slot* other = claim_slot();
  if (other == nullptr) return false;
  auto batch = std::make_unique<Batch>();
  batch->buffer = std::exchange(slot.buffer, std::make_unique<Buffer>());
  batch->length = length;
  node.references.fetch_add(1, std::memory_order_relaxed);
  node.listers.fetch_add(1, std::memory_order_relaxed);
  other->stack.push_back({&node, std::move(batch)});
  start(*other);
  return true;
}

Slot* Walk::claim_slot() {
  const std::lock_guard lock(slots_mutex_);
  if (active_.load(std::memory_order_relaxed) >= width_) return nullptr;
  active_.fetch_add(1, std::memory_order_relaxed);
  if (free_slots_.empty()) {
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->index = static_cast<unsigned>(slots_.size() - 1);
    return slots_.back().get();
  }
  Slot* slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

void Walk::start(Slot& slot) {
  tasks_.run([this, &slot] { work(slot); });
}

bool Walk::stopping() {
  if (stop_.load(std::memory_order_relaxed)) return true;
  if (!options_.cancel.cancelled()) return false;
  stop_.store(true, std::memory_order_relaxed);
  return true;
}

// ---- one directory ----------------------------------------------------------------------------

void Walk::read_directory(Slot& slot, WalkNode& node) {
  const bool opened = open_node(slot, node);
  let_go_of_parent(node);
  if (opened) {
    node.descriptor_users.fetch_add(1, std::memory_order_relaxed);
    node.listers.store(1, std::memory_order_relaxed);
    list(slot, node);
    finish_listing(slot, node);
  }
  unreference(&node);
}

bool Walk::open_node(Slot& slot, WalkNode& node) {
  struct stat status {};
  if (node.parent == nullptr) {
    if (::fstat(node.descriptor, &status) != 0) visitor_.error(slot.index, node, "", errno);
    return admit(slot, node, status);
  }
  int os_error = 0;
  const Parent parent = parent_of(node, os_error);
  if (parent.fd < 0) {
    if (os_error != ENOENT) visitor_.error(slot.index, *node.parent, node.name(), os_error);
    return false;
  }
  const bool looked = plan_.look_before_opening;
  bool listable = !looked || look_first(slot, node, parent, status);
  if (listable) {
    const ino_t expected = status.st_ino;
    const int fd = open_patiently(parent.fd, node);
    if (fd >= 0) {
      node.descriptor = fd;
      if (::fstat(fd, &status) != 0) {
        visitor_.error(slot.index, node, "", errno);
        listable = false;
      } else if (looked) {
        // Somebody put another directory there in between: not the one that was judged.
        listable = status.st_ino == expected && status.st_dev == node.parent->device;
        node.device = status.st_dev;
        node.inode = status.st_ino;
        if (!listable) visitor_.error(slot.index, node, "", ESTALE);
      } else {
        listable = admit(slot, node, status);
      }
      if (!listable && node.descriptor >= 0) ::close(std::exchange(node.descriptor, -1));
    } else {
      refused(slot, node, parent, -fd, looked);
      listable = false;
    }
  }
  if (parent.borrowed != nullptr) drop_descriptor(*parent.borrowed);
  return listable;
}

// The status before anything is opened; false if that settles it.
bool Walk::look_first(Slot& slot, WalkNode& node, const Parent& parent, struct stat& status) {
  if (const int failed = stat_at(parent.fd, node.name(), status); failed != 0) {
    if (failed != ENOENT) visitor_.error(slot.index, *node.parent, node.name(), failed);
    return false;
  }
  if (!S_ISDIR(status.st_mode)) {
    visit_other(slot, *node.parent, node.name(), status);
    return false;
  }
  return admit(slot, node, status);
}

// Is it on the right device, and does the visitor want it?
bool Walk::admit(Slot& slot, WalkNode& node, const struct stat& status) {
  node.device = status.st_dev;
  node.inode = status.st_ino;
  bool wanted = false;
  if (node.parent != nullptr && status.st_dev != node.parent->device) {
    visitor_.other_device(slot.index, *node.parent, node.name(), status);
  } else {
    const Step step = visitor_.enter(slot.index, node, status);
    obey(step);
    wanted = step == Step::kContinue;
  }
  return wanted;
}

// It could not be opened. Its own blocks count nevertheless, and it may not be a directory any
// more.
void Walk::refused(Slot& slot, WalkNode& node, const Parent& parent, int os_error, bool entered) {
  struct stat status {};
  if (const int failed = stat_at(parent.fd, node.name(), status); failed != 0) {
    if (failed != ENOENT) visitor_.error(slot.index, *node.parent, node.name(), failed);
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
  if (!entered && !admit(slot, node, status)) return;
  visitor_.error(slot.index, node, "", os_error);
  visitor_.listed(slot.index, node, false);
}

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
      visitor_.error(slot.index, node, "", static_cast<int>(-got));
      return;
    }
    const auto length = static_cast<std::size_t>(got);
    const bool given =
        round > 0 && slot.stack.size() < 2 && may_share() && give_batch(slot, node, length);
    if (!given) visit_batch(slot, node, {slot.buffer->bytes, length});
    share_surplus(slot);
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
  if (entry.type == DT_DIR) {
    push_child(slot, node, entry.name);
    return;
  }
  struct stat status {};
  if (const int failed = stat_at(node.descriptor, entry.name, status); failed != 0) {
    if (failed != ENOENT) visitor_.error(slot.index, node, entry.name, failed);
    return;
  }
  // The type is unknown on some file systems, and may have changed since.
  if (S_ISDIR(status.st_mode))
    push_child(slot, node, entry.name);
  else
    visit_other(slot, node, entry.name, status);
}

void Walk::visit_other(Slot& slot, WalkNode& node, const char* name, const struct stat& status) {
  if (status.st_dev != node.device)
    visitor_.other_device(slot.index, node, name, status);
  else
    obey(visitor_.visit(slot.index, node, name, status));
}

void Walk::finish_listing(Slot& slot, WalkNode& node) {
  if (node.listers.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  visitor_.listed(slot.index, node, !node.incomplete.load(std::memory_order_relaxed));
  drop_descriptor(node);
}

// ---- descriptors and nodes --------------------------------------------------------------------

void Walk::push_child(Slot& slot, WalkNode& parent, const char* name) {
  WalkNode* child = make_node(&parent, parent.seed, name);
  child->atime_refused = parent.atime_refused;
  parent.references.fetch_add(1, std::memory_order_relaxed);
  // A directory within the budget stays open until its children are open too. While it is listed it
  // has at least one user, so that adding one is safe.
  if (may_keep_descriptor(parent)) {
    child->holds_parent = true;
    parent.descriptor_users.fetch_add(1, std::memory_order_relaxed);
  }
  slot.stack.push_back({child, nullptr});
}

bool Walk::may_keep_descriptor(WalkNode& node) {
  if (node.keeps_descriptor.load(std::memory_order_relaxed)) return true;
  if (budget_.fetch_sub(1, std::memory_order_relaxed) <= 0) {
    budget_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  if (node.keeps_descriptor.exchange(true, std::memory_order_relaxed))
    budget_.fetch_add(1, std::memory_order_relaxed);  // another task was faster
  return true;
}

void Walk::let_go_of_parent(WalkNode& node) {
  if (std::exchange(node.holds_parent, false)) drop_descriptor(*node.parent);
}

Walk::Parent Walk::parent_of(const WalkNode& node, int& os_error) {
  if (try_use_descriptor(*node.parent)) return {node.parent->descriptor, {}, node.parent};
  return reopen(*node.parent, os_error);
}

// Walks down again from the nearest directory above that is still open. Ends at the very directory
// that was listed, or nowhere.
Walk::Parent Walk::reopen(const WalkNode& node, int& os_error) {
  std::vector<const WalkNode*> way{&node};
  WalkNode* from = node.parent;
  while (from != nullptr && !try_use_descriptor(*from)) {
    way.push_back(from);
    from = from->parent;
  }
  if (from == nullptr) {
    os_error = ESTALE;
    return {};
  }
  base::UniqueFd at;
  for (auto step = way.rbegin(); step != way.rend(); ++step) {
    const int next = open_step_at(at ? at.get() : from->descriptor, (*step)->name());
    if (next < 0) {
      os_error = -next;
      break;
    }
    at.reset(next);
    os_error = 0;
  }
  drop_descriptor(*from);
  struct stat status {};
  if (os_error == 0 && (::fstat(at.get(), &status) != 0 || status.st_ino != node.inode ||
                        status.st_dev != node.device))
    os_error = ESTALE;
  if (os_error != 0) return {};
  const int fd = at.get();
  return {fd, std::move(at), nullptr};
}

// With the process's descriptors used up by others, waits a moment for some of ours to be closed.
int Walk::open_patiently(int parent, WalkNode& node) {
  OpenManner manner{.keep_atime = !node.atime_refused, .refuse_mounts = plan_.refuse_mounts};
  for (int attempt = 0;; ++attempt) {
    const int fd = open_directory_at(parent, node.name(), manner);
    node.atime_refused = !manner.keep_atime;
    if ((fd != -EMFILE && fd != -ENFILE) || attempt == 64) return fd;
    std::this_thread::yield();
  }
}

bool Walk::try_use_descriptor(WalkNode& node) {
  std::uint32_t users = node.descriptor_users.load(std::memory_order_acquire);
  while (users != 0)
    if (node.descriptor_users.compare_exchange_weak(users, users + 1, std::memory_order_acquire))
      return true;
  return false;
}

void Walk::drop_descriptor(WalkNode& node) {
  if (node.descriptor_users.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  ::close(node.descriptor);
  if (node.parent != nullptr && node.keeps_descriptor.load(std::memory_order_relaxed))
    budget_.fetch_add(1, std::memory_order_relaxed);
}

void Walk::unreference(WalkNode* node) {
  while (node != nullptr && node->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    WalkNode* parent = node->parent;
    if (parent == nullptr) drop_descriptor(*node);
    destroy_node(node);
    node = parent;
  }
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
