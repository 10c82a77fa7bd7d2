// SPDX-License-Identifier: MIT
#include "core/cache/row_collector.h"

#include <algorithm>
#include <functional>
#include <new>

#include <sys/stat.h>

#include "core/scan/status_values.h"

namespace lull::cache {
namespace {

constexpr std::uint64_t kProgressStep = 1024;  // entries between two reports of a slot
constexpr std::size_t kLongestName = 255;
constexpr std::size_t kArenaBlock = 256 * 1024;  // goes back to the system when it is freed

RowNode* row_of(const scan::WalkNode& node) { return static_cast<RowNode*>(node.user); }

void set_flag(RowNode* row, std::uint8_t flag) {
  if (row != nullptr) row->flags.fetch_or(flag, std::memory_order_relaxed);
}

}  // namespace

RowCollector::RowCollector(unsigned slots, const Options& options)
    : options_(options), budget_(static_cast<std::int64_t>(options.budget_bytes)), slots_(slots) {}

void RowCollector::expect(std::span<Reread> rereads) { rereads_ = rereads; }

// ---- rows -------------------------------------------------------------------------------------

// False once the budget is used up, and then for good.
bool RowCollector::take(std::size_t bytes) {
  if (budget_.load(std::memory_order_relaxed) < 0) return false;
  return budget_.fetch_sub(static_cast<std::int64_t>(bytes), std::memory_order_relaxed) >=
         static_cast<std::int64_t>(bytes);
}

RowNode* RowCollector::make_node(Slot& slot, std::string_view name, const struct stat& status) {
  // Some systems have longer names than pages do: such a tree is not remembered.
  if (name.size() > kLongestName) {
    budget_.store(-1, std::memory_order_relaxed);
    return nullptr;
  }
  const std::size_t size =
      (sizeof(RowNode) + name.size() + alignof(RowNode) - 1) / alignof(RowNode) * alignof(RowNode);
  if (size > slot.left_in_block) {
    if (!take(kArenaBlock)) return nullptr;
    slot.blocks.push_back(std::make_unique_for_overwrite<std::byte[]>(kArenaBlock));
    slot.left_in_block = kArenaBlock;
  }
  std::byte* at = slot.blocks.back().get() + (kArenaBlock - slot.left_in_block);
  slot.left_in_block -= size;
  auto* node = new (at) RowNode;
  std::copy(name.begin(), name.end(), reinterpret_cast<char*>(at + sizeof(RowNode)));
  node->name_length = static_cast<std::uint8_t>(name.size());
  node->inode = status.st_ino;
  node->own_bytes.store(scan::blocks_of(status), std::memory_order_relaxed);
  const scan::StatusTimes times = scan::times_of(status);
  node->mtime_ns = times.mtime_ns;
  node->ctime_ns = times.ctime_ns;
  if (std::max(times.mtime_ns, times.ctime_ns) >= options_.unsettled_after_ns)
    set_flag(node, DirRow::kUnsettled);
  return node;
}

void RowCollector::adopt(RowNode& parent, RowNode& child) {
  child.next = parent.children.load(std::memory_order_relaxed);
  while (!parent.children.compare_exchange_weak(child.next, &child, std::memory_order_release,
                                                std::memory_order_relaxed)) {
  }
}

// A subdirectory of a directory that is read again, with a row that still holds?
bool RowCollector::is_known(const scan::WalkNode& node, const struct stat& status) {
  if (rereads_.empty() || node.parent == nullptr || node.parent->parent != nullptr) return false;
  auto& children = rereads_[node.seed].children;
  const std::string_view name = node.name();
  const auto child = std::lower_bound(
      children.begin(), children.end(), name,
      [](const Reread::Child& one, std::string_view key) { return one.name < key; });
  if (child == children.end() || child->name != name || child->inode != status.st_ino) return false;
  child->seen = true;
  return true;
}

// ---- the walk ---------------------------------------------------------------------------------

scan::Step RowCollector::enter(unsigned index, scan::WalkNode& node, const struct stat& status) {
  if (is_known(node, status)) return scan::Step::kPrune;
  Slot& slot = slots_[index];
  ++slot.entries;
  ++slot.directories;
  slot.bytes += scan::blocks_of(status);
  const bool is_seed = node.parent == nullptr;
  if (!is_seed && row_of(*node.parent) == nullptr) return scan::Step::kContinue;  // no budget left
  RowNode* row = make_node(slot, is_seed ? std::string_view() : node.name(), status);
  node.user = row;
  if (row == nullptr) return scan::Step::kContinue;
  if (!is_seed)
    adopt(*row_of(*node.parent), *row);
  else if (rereads_.empty())
    root_ = row;
  else
    rereads_[node.seed].fresh = row;
  return scan::Step::kContinue;
}

scan::Step RowCollector::visit(unsigned index, scan::WalkNode& in, const char*,
                               const struct stat& status) {
  Slot& slot = slots_[index];
  ++slot.entries;
  RowNode* row = row_of(in);
  if (slot.current != row) {
    flush(slot);
    slot.current = row;
  }
  const std::uint64_t bytes = scan::blocks_of(status), apparent = scan::length_of(status);
  if (status.st_nlink > 1) {
    const bool late = scan::times_of(status).ctime_ns >= options_.unsettled_after_ns;
    if (row != nullptr && take(sizeof(Link)))
      slot.links.push_back({row, {status.st_ino, bytes, apparent}, status.st_nlink, late});
    if (!seen_links_.insert(status.st_ino)) return scan::Step::kContinue;
  } else {
    slot.own_bytes += bytes;
    slot.own_apparent += apparent;
    ++slot.own_files;
  }
  ++slot.files;
  slot.bytes += bytes;
  slot.apparent += apparent;
  return scan::Step::kContinue;
}

void RowCollector::flush(Slot& slot) {
  if (slot.current != nullptr) {
    slot.current->own_bytes.fetch_add(slot.own_bytes, std::memory_order_relaxed);
    slot.current->own_apparent.fetch_add(slot.own_apparent, std::memory_order_relaxed);
    slot.current->files.fetch_add(slot.own_files, std::memory_order_relaxed);
  }
  slot.current = nullptr;
  slot.own_bytes = slot.own_apparent = slot.own_files = 0;
}

void RowCollector::listed(unsigned, scan::WalkNode& node, bool complete) {
  if (!complete) set_flag(row_of(node), DirRow::kFailed);
}

void RowCollector::other_device(unsigned, scan::WalkNode& in, const char*, const struct stat&) {
  set_flag(row_of(in), DirRow::kHasMounts);
}

void RowCollector::error(unsigned, scan::WalkNode& in, const char* name, int os_error) {
  set_flag(row_of(in), DirRow::kFailed);
  errors_.add(scan::path_of(in, name), os_error);
}

void RowCollector::pause(unsigned index) {
  Slot& slot = slots_[index];
  if (slot.entries - slot.told_entries >= kProgressStep) tell(slot);
}

void RowCollector::tell(Slot& slot) {
  if (options_.progress != nullptr)
    options_.progress->add(slot.entries - slot.told_entries, slot.bytes - slot.told_bytes);
  slot.told_entries = slot.entries;
  slot.told_bytes = slot.bytes;
}

// ---- afterwards -------------------------------------------------------------------------------

RowNode* RowCollector::add_unlisted(const std::string& path, const struct stat& status,
                                    int os_error) {
  Slot& slot = slots_.front();
  ++slot.entries;
  ++slot.directories;
  slot.bytes += scan::blocks_of(status);
  errors_.add(path, os_error);
  RowNode* row = make_node(slot, {}, status);
  set_flag(row, DirRow::kFailed);
  return row;
}

void RowCollector::finish() {
  for (Slot& slot : slots_) {
    flush(slot);
    tell(slot);
    links_.insert(links_.end(), slot.links.begin(), slot.links.end());
    slot.links = {};
  }
  std::sort(links_.begin(), links_.end(), [](const Link& a, const Link& b) {
    if (a.node != b.node) return std::less<>()(a.node, b.node);
    return a.file.inode < b.file.inode;
  });
}

std::vector<LinkedFile> RowCollector::links_of(const RowNode& node) const {
  std::vector<LinkedFile> links;
  auto link = std::lower_bound(
      links_.begin(), links_.end(), &node,
      [](const Link& one, const RowNode* key) { return std::less<>()(one.node, key); });
  for (; link != links_.end() && link->node == &node; ++link) links.push_back(link->file);
  return links;
}

template <class Wanted>
std::vector<std::uint64_t> RowCollector::half_met(const Wanted& wanted) const {
  std::vector<const Link*> links;
  links.reserve(links_.size());
  for (const Link& link : links_) links.push_back(&link);
  std::sort(links.begin(), links.end(), [](const Link* a, const Link* b) {
    return std::pair(a->file.inode, a->names) < std::pair(b->file.inode, b->names);
  });
  std::vector<std::uint64_t> inodes;
  for (auto begin = links.begin(), end = begin; begin != links.end(); begin = end) {
    const std::uint64_t inode = (*begin)->file.inode;
    while (end != links.end() && (*end)->file.inode == inode) ++end;
    const auto met = static_cast<std::uint64_t>(end - begin);
    if ((*(end - 1))->names > met && std::any_of(begin, end, wanted)) inodes.push_back(inode);
  }
  return inodes;
}

std::vector<std::uint64_t> RowCollector::half_met_links() const {
  return half_met([](const Link*) { return true; });
}

std::vector<std::uint64_t> RowCollector::late_links() const {
  return half_met([](const Link* link) { return link->late; });
}

std::size_t RowCollector::directories_read() const {
  std::size_t sum = 0;
  for (const Slot& slot : slots_) sum += slot.directories;
  return sum;
}

void RowCollector::add_to(model::TreeSize& size) {
  for (const Slot& slot : slots_) {
    size.allocated_bytes += slot.bytes;
    size.apparent_bytes += slot.apparent;
    size.files += slot.files;
    size.directories += slot.directories;
  }
  size.error_count = errors_.count();
  size.errors = errors_.take_sorted();
}

}  // namespace lull::cache
