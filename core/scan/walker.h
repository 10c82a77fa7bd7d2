// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/unique_fd.h"
#include "core/scan/dir_reader.h"
#include "core/scan/walk_options.h"

// The walk that everything which reads trees is made of: directories are work items relative to
// the open directory above them; no path is built unless somebody asks for one.
namespace lull::scan {

// A directory on its way through the walk. Made by the walker, alive while it or anything below it
// is being read.
struct WalkNode {
  WalkNode* const parent;    // null for a seed
  const std::uint32_t seed;  // index into the seeds
  void* user = nullptr;      // the visitor's, set in enter()
  const char* name() const { return reinterpret_cast<const char*>(this + 1); }

  // The rest is the walker's.
  WalkNode(WalkNode* above, std::uint32_t index) : parent(above), seed(index) {}
  std::atomic<std::uint32_t> references{1};  // itself and its children
  std::atomic<std::uint32_t> descriptor_users{0};
  std::atomic<std::uint32_t> listers{0};  // its reader and the batches given away
  std::atomic<bool> incomplete{false};
  std::atomic<bool> keeps_descriptor{false};  // has a share of the budget: children count on it
  std::atomic<bool> children_are_far{false};  // the budget was used up: closed before they are read
  bool is_far = false;         // the same of itself: its parent had to be reached again
  bool holds_parent = false;   // counted among the parent's descriptor_users
  bool atime_refused = false;  // O_NOATIME was not allowed: do not try it below
  int descriptor = -1;
  dev_t device = 0;
  ino_t inode = 0;
};

// The path of `node`, or of the entry `name` in it. Raw bytes.
std::string path_of(const WalkNode& node, std::string_view name = {});

enum class Step : std::uint8_t {
  kContinue,
  kPrune,  // do not list this directory
  kStop,   // end the whole walk
};

// Sees every entry. Called by several threads at once, but never by two with the same `slot`
// (0 … walk_width − 1), so sums may live per slot without locks. Must not throw.
class Visitor {
 public:
  virtual ~Visitor() = default;
  // A directory, once, before anything in it; its parent was entered before.
  virtual Step enter(unsigned slot, WalkNode& node, const struct stat& status) = 0;
  // Anything else, before its status is asked, by its inode number: false passes it over. Only with
  // WalkPlan::by_listed_inode and only where the listing is known to say the number.
  virtual bool wants(ino_t /*inode*/) const { return true; }
  // Anything else.
  virtual Step visit(unsigned slot, WalkNode& in, const char* name, const struct stat& status) = 0;
  // All entries of an entered and not pruned directory were visited (not what is below its
  // subdirectories); false: some could not be, or the walk ended.
  virtual void listed(unsigned /*slot*/, WalkNode& /*node*/, bool /*complete*/) {}
  // An entry on another file system, which is left alone.
  virtual void other_device(unsigned /*slot*/, WalkNode& /*in*/, const char* /*name*/,
                            const struct stat& /*status*/) {}
  // `name` in `in` could not be read; empty: `in` itself. What vanished is no error.
  virtual void error(unsigned slot, WalkNode& in, const char* name, int os_error) = 0;
  // The task is at `node` now, which lives until the task says otherwise; null: nowhere. If a call
  // of the kernel does not return, this is where.
  virtual void at(unsigned /*slot*/, const WalkNode* /*node*/) {}
  // After every directory and every hundred entries of a large one: a moment to report progress.
  virtual void pause(unsigned /*slot*/) {}
};

// Where a walk begins: an open directory (O_RDONLY) and how its path is shown.
struct Seed {
  base::UniqueFd directory;
  std::string path;
};

struct WalkPlan {
  // Asks enter() before a directory is opened, so that those which are not to be read are not
  // touched; one more system call each.
  bool look_before_opening = false;
  // Whoever sets this knows that nothing is mounted below the seeds: a listing says the number of
  // what is covered, not of what is seen.
  bool by_listed_inode = false;
  bool refuse_mounts = false;  // also bind mounts of the same device, where the system can tell
};

// How many slots a walk with these options has. Call it in the arena the walk will run in.
unsigned walk_width(const WalkOptions& options);

// Reads the trees below `seeds`. Follows no link, crosses no mount (by device of the seed), and
// does not even look at mounts that may hang: other_device() hears of them without a status. Uses
// at most a quarter of what RLIMIT_NOFILE allows beyond 32 for descriptors it keeps, besides four
// for each task, and fewer tasks where even that is too much; deeper directories are closed and
// reached again from where their task is. False if it was cancelled (noticed within a few hundred
// entries) or stopped.
bool walk(std::vector<Seed> seeds, Visitor& visitor, const WalkOptions& options,
          const WalkPlan& plan = {});

}  // namespace lull::scan
