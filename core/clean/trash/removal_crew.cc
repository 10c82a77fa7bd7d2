// SPDX-License-Identifier: MIT
#include "core/clean/trash/removal_crew.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <oneapi/tbb/task_arena.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clean/trash/deep_remover.h"
#include "core/clean/trash/names.h"
#include "core/scan/dir_reader.h"
#include "core/scan/status_values.h"

namespace lull::clean {

// A directory on its way out.
struct RemovalCrew::Node {
  Node* const parent;  // null for a whole item
  const Condemned& condemned;
  const Found found;
  base::UniqueFd fd{};  // from its being taken until it is empty
  std::uint64_t bytes = 0;
  std::atomic<std::uint32_t> pending{1};  // itself, until it is listed, and what is below it
  std::atomic<bool> stays{false};         // it, or something in it
  bool gone = false;                      // nothing is left to do for it
};

namespace {

// A quarter of what the process may have: others need theirs, and each task some for passing use.
int descriptors_to_keep() {
  constexpr rlim_t kMost = 4096;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  return static_cast<int>(std::min(limit.rlim_cur, kMost) / 4);
}

// As in core/scan/parallel.cc: what oneTBB orders by fences, said so that ThreadSanitizer can
// follow.
std::atomic<std::uint32_t> handovers{0};

}  // namespace

struct RemovalCrew::Task {
  RemovalCrew* crew;
  Nodes* nodes;
  // These words lie in oneTBB's memory: read unseen.
  __attribute__((no_sanitize("thread"))) void operator()() const { run(*crew, nodes); }

  static void run(RemovalCrew& crew, Nodes* given) {
    (void)handovers.load(std::memory_order_acquire);
    const std::unique_ptr<Nodes> nodes(given);
    crew.work(*nodes);
    handovers.fetch_add(1, std::memory_order_release);
  }
};

RemovalCrew::RemovalCrew(Removal& removal, const std::vector<Condemned>& items, unsigned width,
                         base::CancelToken cancel)
    : removal_(removal),
      items_(items),
      width_(std::max(width, 1u)),
      cancel_(std::move(cancel)),
      touched_(items.size()),
      descriptors_(descriptors_to_keep()) {}

RemovalCount RemovalCrew::run() {
  // Isolated: while it waits, this thread takes no foreign task of the arena.
  tbb::this_task_arena::isolate([&] {
    const std::size_t others = std::min<std::size_t>(width_, items_.size());
    active_ = 1;
    for (std::size_t i = 1; i < others; ++i) start(std::make_unique<Nodes>());
    Nodes nodes;
    work(nodes);
    tasks_.wait();
    (void)handovers.load(std::memory_order_acquire);
  });
  return sum_;
}

void RemovalCrew::start(std::unique_ptr<Nodes> nodes) {
  ++active_;
  handovers.fetch_add(1, std::memory_order_release);
  tasks_.run(Task{this, nodes.release()});
}

void RemovalCrew::work(Nodes& nodes) {
  RemovalCount count;
  while (!nodes.empty() || begin_next_item(nodes, count)) {
    if (nodes.empty()) continue;
    if (nodes.size() > 1 && active_.load(std::memory_order_relaxed) < width_) share(nodes);
    Node* node = nodes.back();
    nodes.pop_back();
    take(*node, nodes, count);
  }
  --active_;
  const std::lock_guard lock(mutex_);
  sum_.add(count);
}

// False when there is none left, or none may be begun any more.
bool RemovalCrew::begin_next_item(Nodes& nodes, RemovalCount& count) {
  if (cancel_.cancelled()) return false;
  const std::size_t index = next_++;
  if (index >= items_.size()) return false;
  const std::uint64_t before = count.changes;
  begin_item(items_[index], nodes, count);
  note_changes(items_[index], before, count);
  return true;
}

void RemovalCrew::begin_item(const Condemned& condemned, Nodes& nodes, RemovalCount& count) {
  const TrashedItem& item = *condemned.item;
  const int files = condemned.trash->files.get();
  struct stat status {};
  int failed = scan::stat_at(files, item.name.c_str(), status);
  if (failed == 0 &&
      (scan::device_number(status.st_dev) != item.device || status.st_ino != item.inode))
    failed = ESTALE;
  if (failed == 0 && status.st_dev != condemned.trash->volume.device) failed = EXDEV;
  if (failed == 0 && S_ISDIR(status.st_mode)) {
    Found found{item.name, status.st_dev, status.st_ino};
    nodes.push_back(new Node{nullptr, condemned, std::move(found)});
    return;
  }
  if (failed == 0) failed = remove_file(removal_, files, item.name.c_str(), status, count);
  if (failed == 0) return finish_item(condemned, count);
  removal_.failures.add(joined(joined(item.trash, "files"), item.name), failed);
}

void RemovalCrew::share(Nodes& nodes) {
  const auto half = nodes.begin() + static_cast<std::ptrdiff_t>(nodes.size() / 2);
  auto given = std::make_unique<Nodes>(nodes.begin(), half);  // the older: nearer to the root
  nodes.erase(nodes.begin(), half);
  start(std::move(given));
}

void RemovalCrew::take(Node& node, Nodes& nodes, RemovalCount& count) {
  const Condemned& condemned = node.condemned;
  const std::uint64_t before = count.changes;
  if (descriptors_.fetch_sub(1) > 0) {
    open_and_clear(node, nodes, count);
  } else {
    ++descriptors_;
    const PathOf path = [&node](const std::string& name) { return path_beside(node, name); };
    node.gone = true;
    if (!DeepRemover(removal_, count, path).remove(parent_of(node), node.found)) node.stays = true;
  }
  finish(&node, count);
  note_changes(condemned, before, count);
}

void RemovalCrew::note_changes(const Condemned& condemned, std::uint64_t before,
                               const RemovalCount& count) {
  if (count.changes != before)
    touched_[static_cast<std::size_t>(&condemned - items_.data())].store(true,
                                                                         std::memory_order_relaxed);
}

void RemovalCrew::open_and_clear(Node& node, Nodes& nodes, RemovalCount& count) {
  OpenDirectory opened = open_found(removal_, parent_of(node), node.found, count);
  if (!opened.fd) {
    ++descriptors_;
    node.stays = true;
    node.gone = true;
    return removal_.failures.add(path_of(node, ""), opened.os_error);
  }
  node.fd = std::move(opened.fd);
  node.bytes = opened.bytes;
  std::vector<Found> directories;
  const PathOf path = [&node](const std::string& name) { return path_of(node, name); };
  if (!remove_entries(removal_, node.fd.get(), node.found.device, path, count, directories))
    node.stays = true;
  node.pending.fetch_add(static_cast<std::uint32_t>(directories.size()));
  for (Found& found : directories)
    nodes.push_back(new Node{&node, node.condemned, std::move(found)});
}

// One thing less to wait for; whoever takes the last removes the directory, and so on upward.
void RemovalCrew::finish(Node* node, RemovalCount& count) {
  while (node != nullptr && node->pending.fetch_sub(1) == 1) {
    const std::unique_ptr<Node> done(node);
    if (done->fd) {
      done->fd.reset();
      ++descriptors_;
    }
    const PathOf path = [&done](const std::string&) { return path_of(*done, ""); };
    if (!done->gone && !done->stays &&
        !remove_directory(removal_, parent_of(*done), done->found.name, done->bytes, path, count))
      done->stays = true;
    node = done->parent;
    if (node != nullptr && done->stays) node->stays = true;
    if (node == nullptr && !done->stays) finish_item(done->condemned, count);
  }
}

// The item is gone: its info is the last.
void RemovalCrew::finish_item(const Condemned& condemned, RemovalCount& count) {
  const int infos = condemned.trash->info.get();
  const std::string info = info_name(condemned.item->name);
  struct stat status {};
  ++count.removed;
  if (scan::stat_at(infos, info.c_str(), status) != 0) return;
  if (::unlinkat(infos, info.c_str(), 0) == 0)
    count.bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
  else if (errno != ENOENT)
    removal_.failures.add(joined(joined(condemned.item->trash, "info"), info), errno);
}

int RemovalCrew::parent_of(const Node& node) {
  return node.parent != nullptr ? node.parent->fd.get() : node.condemned.trash->files.get();
}

// Of `node`, or of `below` in it.
std::string RemovalCrew::path_of(const Node& node, const std::string& below) {
  return path_beside(node, below.empty() ? node.found.name : joined(node.found.name, below));
}

// Of `below`, in the directory that `node` is in.
std::string RemovalCrew::path_beside(const Node& node, std::string below) {
  for (const Node* at = node.parent; at != nullptr; at = at->parent)
    below = joined(at->found.name, below);
  return joined(joined(node.condemned.item->trash, "files"), below);
}

}  // namespace lull::clean
