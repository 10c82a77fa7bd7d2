// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstdint>

#include "core/base/unique_fd.h"
#include "core/scan/walker.h"

// The directories of a walk: their nodes, and which of them are open.
namespace lull::scan::detail {

// How many tasks a walk may have so that its descriptors, a quarter of what RLIMIT_NOFILE allows
// beyond 32 for open parents and four for each task, leave 32 for the rest of the process. At least
// one.
unsigned affordable_tasks();

// An open directory to look a name up in: borrowed from its node, or opened again for this one use.
struct Foothold {
  int fd = -1;
  base::UniqueFd own;
  WalkNode* borrowed = nullptr;
};

// Nodes live as long as something below them is to be read (`references`); a directory within the
// budget stays open until its children are open too (`descriptor_users`). Others are closed when
// they are listed, and reached again from an open one near by. Thread-safe; a node is changed by
// the one task that reads it, except for its atomics.
class OpenDirectories {
 public:
  explicit OpenDirectories(bool refuse_mounts);

  // A node with one reference, the caller's.
  static WalkNode* seed(std::uint32_t index, Seed&& seed);
  // While `parent` is being listed.
  WalkNode* child(WalkNode& parent, const char* name);
  void unreference(WalkNode* node);

  // The parent of `node`, which is not a seed; `near` is an open node or null. If it cannot be
  // reached: fd -1 and the error. Ends at the very directory that was listed, or nowhere.
  Foothold parent_of(const WalkNode& node, const WalkNode* near, int& os_error);
  void give_back(Foothold& foothold);
  // A descriptor to list, or -errno.
  int open(const Foothold& parent, WalkNode& node);
  // `node` will not be opened (any more): its parent may be closed.
  void let_go_of_parent(WalkNode& node);

  // From begin_listing() to end_listing() the descriptor is in use.
  static void begin_listing(WalkNode& node);
  void end_listing(WalkNode& node);
  // Keeps `node`, which is being listed, open in `place` instead of what was there (or null): what
  // its task reads next lies near it.
  void retain(WalkNode*& place, WalkNode* node);

 private:
  // Comes down again from the nearest directory above that is still open.
  base::UniqueFd reopen(const WalkNode& node, int& os_error);
  static bool try_use(WalkNode& node);
  void drop(WalkNode& node);
  bool may_keep(WalkNode& node);

  const bool refuse_mounts_;
  std::atomic<int> budget_;
};

}  // namespace lull::scan::detail
