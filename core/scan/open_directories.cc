// SPDX-License-Identifier: MIT
#include "core/scan/open_directories.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/scan/dir_reader.h"

namespace lull::scan::detail {
namespace {

constexpr int kMostKept = 256;     // enough for any breadth: one for each directory on the way down
constexpr rlim_t kForOthers = 32;  // an agent that does nothing
constexpr rlim_t kEachTask = 4;    // listed, retained, and two on a way back
constexpr unsigned kMostLevelsUp = 64;   // further up, it is as quick to come from above
constexpr std::size_t kWayBytes = 4000;  // names looked up in one call: less than PATH_MAX

rlim_t descriptor_limit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

// Few enough for several walks at once beside everything else of the process.
int descriptor_budget() {
  const rlim_t limit = descriptor_limit();
  if (limit == RLIM_INFINITY) return kMostKept;
  const rlim_t ours = limit > kForOthers ? limit - kForOthers : 0;
  return static_cast<int>(std::clamp<rlim_t>(ours / 4, 4, kMostKept));
}

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

bool is_directory_of(int fd, const WalkNode& node) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && status.st_ino == node.inode && status.st_dev == node.device;
}

// How far `node` is above `below`; more than kMostLevelsUp if it is further or not there.
unsigned levels_up(const WalkNode* below, const WalkNode& node) {
  unsigned levels = 0;
  for (; below != &node && levels <= kMostLevelsUp; ++levels) {
    if (below == nullptr) return kMostLevelsUp + 1;
    below = below->parent;
  }
  return levels;
}

// Opens the directory that `names`, the last one first, lead to from `from`, or gives -errno.
int open_below(int from, const std::vector<const WalkNode*>& names) {
  base::UniqueFd at;
  std::string way;
  for (auto name = names.rbegin(); name != names.rend();) {
    way.assign((*name)->name());
    for (++name; name != names.rend(); ++name) {
      const std::string_view next = (*name)->name();
      if (way.size() + 1 + next.size() > kWayBytes) break;
      way.append("/").append(next);
    }
    const int fd = open_way_at(at ? at.get() : from, way);
    if (fd < 0) return fd;
    at.reset(fd);
  }
  return at.release();
}

}  // namespace

unsigned affordable_tasks() {
  const rlim_t limit = descriptor_limit();
  if (limit == RLIM_INFINITY) return ~0u;
  const rlim_t spoken_for = static_cast<rlim_t>(descriptor_budget()) + kForOthers;
  const rlim_t left = limit > spoken_for ? limit - spoken_for : 0;
  return static_cast<unsigned>(std::clamp<rlim_t>(left / kEachTask, 1, 1u << 16));
}

OpenDirectories::OpenDirectories(bool refuse_mounts)
    : refuse_mounts_(refuse_mounts), budget_(descriptor_budget()) {}

// ---- nodes ------------------------------------------------------------------------------------

WalkNode* OpenDirectories::seed(std::uint32_t index, Seed&& seed) {
  WalkNode* node = make_node(nullptr, index, seed.path);
  node->descriptor = seed.directory.release();
  node->descriptor_users = 1;  // as long as the node lives: ways down begin here
  node->keeps_descriptor = true;
  return node;
}

WalkNode* OpenDirectories::child(WalkNode& parent, const char* name) {
  WalkNode* child = make_node(&parent, parent.seed, name);
  child->atime_refused = parent.atime_refused;
  parent.references.fetch_add(1, std::memory_order_relaxed);
  // While the parent is listed it has at least one user, so that adding one is safe.
  if (may_keep(parent)) {
    child->holds_parent = true;
    parent.descriptor_users.fetch_add(1, std::memory_order_relaxed);
  }
  return child;
}

bool OpenDirectories::may_keep(WalkNode& node) {
  if (node.keeps_descriptor.load(std::memory_order_relaxed)) return true;
  if (budget_.fetch_sub(1, std::memory_order_relaxed) <= 0) {
    budget_.fetch_add(1, std::memory_order_relaxed);
    node.children_are_far.store(true, std::memory_order_relaxed);
    return false;
  }
  if (node.keeps_descriptor.exchange(true, std::memory_order_relaxed))
    budget_.fetch_add(1, std::memory_order_relaxed);  // another task was faster
  return true;
}

void OpenDirectories::unreference(WalkNode* node) {
  while (node != nullptr && node->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    WalkNode* parent = node->parent;
    if (parent == nullptr) drop(*node);
    destroy_node(node);
    node = parent;
  }
}

// ---- descriptors ------------------------------------------------------------------------------

Foothold OpenDirectories::parent_of(const WalkNode& node, const WalkNode* near, int& os_error) {
  WalkNode& parent = *node.parent;
  if (try_use(parent)) return {parent.descriptor, {}, &parent};
  base::UniqueFd fd;
  if (near != nullptr) {
    const unsigned levels = levels_up(near, parent);
    if (levels <= kMostLevelsUp) fd.reset(open_above_at(near->descriptor, levels));
  }
  // Somewhere else by now, or too far up: from above.
  if (!fd || !is_directory_of(fd.get(), parent)) fd = reopen(parent, os_error);
  const int number = fd ? fd.get() : -1;
  return {number, std::move(fd), nullptr};
}

base::UniqueFd OpenDirectories::reopen(const WalkNode& node, int& os_error) {
  std::vector<const WalkNode*> way{&node};
  WalkNode* from = node.parent;
  while (from != nullptr && !try_use(*from)) {
    way.push_back(from);
    from = from->parent;
  }
  os_error = ESTALE;
  if (from == nullptr) return {};
  const int fd = open_below(from->descriptor, way);
  drop(*from);
  if (fd < 0) {
    os_error = -fd;
    return {};
  }
  base::UniqueFd opened(fd);
  return is_directory_of(fd, node) ? std::move(opened) : base::UniqueFd();
}

void OpenDirectories::give_back(Foothold& foothold) {
  foothold.own.reset();
  if (WalkNode* node = std::exchange(foothold.borrowed, nullptr)) drop(*node);
}

// With the process's descriptors used up by others, waits a moment for some of ours to be closed.
int OpenDirectories::open(const Foothold& parent, WalkNode& node) {
  OpenManner manner{.keep_atime = !node.atime_refused, .refuse_mounts = refuse_mounts_};
  for (int attempt = 0;; ++attempt) {
    const int fd = open_directory_at(parent.fd, node.name(), manner);
    node.atime_refused = !manner.keep_atime;
    if ((fd != -EMFILE && fd != -ENFILE) || attempt == 64) return fd;
    std::this_thread::yield();
  }
}

void OpenDirectories::let_go_of_parent(WalkNode& node) {
  if (std::exchange(node.holds_parent, false)) drop(*node.parent);
}

void OpenDirectories::begin_listing(WalkNode& node) {
  node.descriptor_users.fetch_add(1, std::memory_order_relaxed);
}

void OpenDirectories::end_listing(WalkNode& node) { drop(node); }

void OpenDirectories::retain(WalkNode*& place, WalkNode* node) {
  if (node != nullptr) {
    node->references.fetch_add(1, std::memory_order_relaxed);
    node->descriptor_users.fetch_add(1, std::memory_order_relaxed);
  }
  WalkNode* before = std::exchange(place, node);
  if (before == nullptr) return;
  drop(*before);
  unreference(before);
}

bool OpenDirectories::try_use(WalkNode& node) {
  std::uint32_t users = node.descriptor_users.load(std::memory_order_acquire);
  while (users != 0)
    if (node.descriptor_users.compare_exchange_weak(users, users + 1, std::memory_order_acquire))
      return true;
  return false;
}

void OpenDirectories::drop(WalkNode& node) {
  if (node.descriptor_users.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  ::close(node.descriptor);
  if (node.parent != nullptr && node.keeps_descriptor.load(std::memory_order_relaxed))
    budget_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace lull::scan::detail
