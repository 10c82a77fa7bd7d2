// SPDX-License-Identifier: MIT
#include "core/clean/mover.h"

#include <cerrno>
#include <optional>
#include <utility>

#include <fcntl.h>

#include "core/base/path_text.h"
#include "core/clean/inside.h"
#include "core/clean/system_calls.h"
#include "core/scan/dir_reader.h"
#include "core/scan/status_values.h"

namespace lull::clean {
namespace {

MoveResult skipped(std::string why) { return {MoveKind::kSkipped, {}, std::move(why), 0, 0}; }
MoveResult failed(std::string why) { return {MoveKind::kFailed, {}, std::move(why), 0, 0}; }

// Of an error on the way to an item: a way that is another one now is a reason to leave it, the
// rest are failures.
MoveResult from_error(const base::Error& error) {
  switch (error.os_error) {
    case ENOENT:
    case ENOTDIR:
      return skipped("it is not there any more");
    case ELOOP:
    case EXDEV:
      return skipped(error.message);
    default:
      return failed(error.message);
  }
}

bool is_of_a_kind_that_moves(const PlanItem& item, const struct stat& status) {
  if (item.directory) return S_ISDIR(status.st_mode);
  return S_ISREG(status.st_mode) || S_ISLNK(status.st_mode);
}

std::string use_refusal(int parent, const PlanItem& item, const struct stat& status,
                        const MoveGuards& guards, const Companions* companions) {
  const char* name = name_in(item.path);
  const auto fresh = item.directory && guards.use_now ? guards.use_now() : nullptr;
  const UsePicture& picture = fresh ? *fresh : guards.use;
  if (const UseAnswer use = use_of(parent, name, status, picture); use.use != Use::kFree)
    return use.why;
  if (item.directory)
    return refusal_inside(parent, name, guards.owner, guards.seen_at, picture, guards.mounts);
  if (!S_ISREG(status.st_mode)) return {};
  if (companions != nullptr && !companions->may_have_others(name)) return {};
  const std::string directory = item.path.substr(0, item.path.rfind('/') + 1);
  return use_of_family(parent, name, guards.use,
                       [&](const std::string& member) {
                         return guards.is_planned && guards.is_planned(directory + member);
                       })
      .why;
}

// Everything that may speak against the move, now; empty if nothing does.
std::string refusal_now(int parent, const PlanItem& item, const MoveTicket& ticket,
                        const MoveGuards& guards, const Companions* companions) {
  struct stat status {};
  std::optional<bool> mounted;
  if (const int os_error = look_at(parent, name_in(item.path), status, mounted); os_error != 0)
    return os_error == ENOENT ? "it is not there any more" : "it cannot be looked at";
  if (const char* why = difference_from_plan(item, status, guards.owner, ticket.names_planned))
    return why;
  // Where the system cannot tell, its device has been compared with the plan's, and that is all.
  if (mounted.value_or(false)) return "a file system is mounted there";
  if (std::string why = use_refusal(parent, item, status, guards, companions); !why.empty())
    return why;
  return guards.recheck ? guards.recheck(item, status) : std::string();
}

struct Stranger {
  std::string name;
  std::uint64_t device, inode;
};
MoveResult give_stranger_back(Trash& trash, int parent, const PlanItem& item, Stranger stranger) {
  const TrashedItem thing{trash.path(), stranger.name,   item.path,
                          {},           stranger.device, stranger.inode};
  if (trash.give_back(thing, parent, name_in(item.path)))
    return skipped("it was replaced at the last moment");
  return {MoveKind::kMoved, std::move(stranger.name), {}, stranger.device, stranger.inode};
}

// It was not seen in the trash as what the plan says. If something else was put under the name
// between the last look and the rename, that is given back; if even its old place was taken
// meanwhile, it stays in the trash, with an info, and is told by what it is. What cannot be looked
// at is taken for the item: undo asks again, and what is told as failed it would never ask for.
MoveResult look_again(Trash& trash, int parent, const PlanItem& item, const std::string& name) {
  MoveResult moved{MoveKind::kMoved, name, {}, item.device, item.inode};
  struct stat status {};
  const std::string place = trash.path() + "/files/" + name;
  if (const int os_error = scan::stat_at(AT_FDCWD, place.c_str(), status); os_error != 0)
    return os_error == ENOENT ? failed("it was taken out of the trash again") : moved;
  const std::uint64_t device = scan::device_number(status.st_dev);
  if (device == item.device && status.st_ino == item.inode) return moved;
  return give_stranger_back(trash, parent, item, {name, device, status.st_ino});
}

// The same where the trash has copied: it knows of what.
MoveResult judge_copy(Trash& trash, int parent, const PlanItem& item, const std::string& name,
                      const MadeCopy& made) {
  if (made.device != item.device || made.inode != item.inode)
    return give_stranger_back(trash, parent, item, {name, made.copy_device, made.copy_inode});
  return {MoveKind::kMoved, name, {}, made.copy_device, made.copy_inode};
}

MoveResult take(int parent, const PlanItem& item, Trash& trash, const MoveTicket& ticket,
                const MoveGuards& guards) {
  const auto reserved =
      trash.reserve(name_of(item.path), ticket.token, item.path, ticket.deleted_at);
  if (!reserved) return failed(reserved.error().to_string());
  pass(guards.fault, FaultPoint::kReserved);
  if (const auto taken = trash.take(parent, name_in(item.path), *reserved); !taken) {
    MoveResult result = from_error(taken.error());
    if (const auto released = trash.release(*reserved); !released)
      result.reason += "; its info stays in the trash: " + released.error().message;
    pass(guards.fault, FaultPoint::kReleased);
    return result;
  }
  pass(guards.fault, FaultPoint::kTaken);
  if (const auto made = trash.made_copy(*reserved))
    return judge_copy(trash, parent, item, *reserved, *made);
  if (!trash.has(*reserved, item.device, item.inode))
    return look_again(trash, parent, item, *reserved);
  return {MoveKind::kMoved, *reserved, {}, item.device, item.inode};
}

}  // namespace

const char* difference_from_plan(const PlanItem& item, const struct stat& status, uid_t owner,
                                 std::uint64_t names_planned) {
  if (scan::device_number(status.st_dev) != item.device || status.st_ino != item.inode)
    return "something else has its name now";
  if (!is_of_a_kind_that_moves(item, status)) return "it is another kind of thing now";
  if (status.st_uid != owner) return "it belongs to another user";
  if (!item.directory && status.st_nlink > names_planned)
    return "it has another name somewhere else";
  const scan::StatusTimes times = scan::times_of(status);
  const bool same_size = item.directory || static_cast<std::uint64_t>(status.st_size) == item.size;
  if (!same_size || times.mtime_ns != item.mtime_ns) return "it has changed since the scan";
  // Moving one name of a file changes the ctime that its other names show.
  if (names_planned <= 1 && times.ctime_ns != item.ctime_ns) return "it has changed since the scan";
  return nullptr;
}

MoveResult move_to_trash(const PlanItem& item, Trash& trash, const MoveTicket& ticket,
                         const MoveGuards& guards, HeldParent& held, const Companions* companions) {
  if (const char* why = path_refusal(item.path, item.root, guards.places)) return skipped(why);
  if (base::is_at_or_below(item.path, trash.path()) ||
      base::is_at_or_below(trash.path(), item.path))
    return skipped("it belongs to the trash");
  const auto parent = held.open(item.root, item.path);
  if (!parent) return from_error(parent.error());
  std::string why = refusal_now(*parent, item, ticket, guards, companions);
  MoveResult result =
      why.empty() ? take(*parent, item, trash, ticket, guards) : skipped(std::move(why));
  if (result.kind != MoveKind::kMoved) held.drop();
  return result;
}

MoveResult move_to_trash(const PlanItem& item, Trash& trash, const MoveTicket& ticket,
                         const MoveGuards& guards) {
  HeldParent parent(guards.descent);
  return move_to_trash(item, trash, ticket, guards, parent);
}

}  // namespace lull::clean
