// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/clock.h"
#include "core/clean/beneath.h"
#include "core/clean/companions.h"
#include "core/clean/fault_point.h"
#include "core/clean/in_use.h"
#include "core/clean/path_check.h"
#include "core/clean/plan.h"
#include "core/clean/trash.h"

// The one function that moves. Nothing else in Lull takes anything from where a person left it.
namespace lull::scan {
class MountsThatMayHang;
}
namespace lull::clean {

// What every move of a run is judged by. Nobody writes it while the run goes on.
struct MoveGuards {
  uid_t owner = 0;           // whose things may go
  base::WallTime seen_at{};  // when the plan was made: what is inside a directory is not younger
  ProtectedPlaces places;
  UsePicture use;
  // The same of this moment, for whole directories, which no lease can be asked of (FreshUse);
  // empty: `use`. Any thread.
  std::function<std::shared_ptr<const UsePicture>()> use_now;
  // The caller's last word: the keep list, the never list, the rule's age. Why it stays, or empty.
  std::function<std::string(const PlanItem& item, const struct stat& status)> recheck;
  // Is this path an item of the plan, too? For the files of a database; empty: no other is.
  std::function<bool(const std::string& path)> is_planned;
  Descent descent = Descent::kOneCall;
  // What looking into a directory does not touch, found once for a run; null: each look asks for
  // itself. Outlives the moves.
  const scan::MountsThatMayHang* mounts = nullptr;
  FaultHook fault;
};

// What is settled before a move, and written down by the journal.
struct MoveTicket {
  std::string token;  // tells this move's name in the trash from all others
  base::WallTime deleted_at{};
  std::uint64_t names_planned = 1;  // of a file: how many of its names are in the plan
};

enum class MoveKind : std::uint8_t {
  kMoved,
  kSkipped,  // a guard speaks against it: it stays as it is
  kFailed,   // it could not be moved: it stays as it is
};
struct MoveResult {
  MoveKind kind = MoveKind::kSkipped;
  std::string name;                     // in the trash
  std::string reason;                   // of the other two; for people
  std::uint64_t device = 0, inode = 0;  // of what is in the trash
};

// Moves one item to `trash`, if it is still what the plan says and nothing speaks against it: looks
// at its path, opens its directory below the rule's root, compares, asks for mounts and use, then
// the caller, reserves a name and renames by directory descriptor. Should something else have been
// put under the name between the last look and the rename, it is given back. Any thread; blocks.
MoveResult move_to_trash(const PlanItem& item, Trash& trash, const MoveTicket& ticket,
                         const MoveGuards& guards);
// The same for items of one directory one after the other, which share the way down and nothing
// else, but for a listing of the directory that is a batch old at most: without one, or if it shows
// others of a database, they are asked for now. `held` goes down as guards.descent says.
MoveResult move_to_trash(const PlanItem& item, Trash& trash, const MoveTicket& ticket,
                         const MoveGuards& guards, HeldParent& held,
                         const Companions* companions = nullptr);

// Why what is there is not what the plan says, in words for people; null if it is.
const char* difference_from_plan(const PlanItem& item, const struct stat& status, uid_t owner,
                                 std::uint64_t names_planned);

}  // namespace lull::clean
