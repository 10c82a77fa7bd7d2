// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"

// The trash of the FreeDesktop.org Trash specification 1.0: file managers show what is in it, and
// restore it. Everything here blocks on the file system; each object is for one thread at a time
// unless it says otherwise.
namespace lull::clean {

// Where trash directories may be, and whose.
struct TrashPlaces {
  std::string data_home;             // $XDG_DATA_HOME: the home trash is data_home/Trash
  std::vector<std::string> volumes;  // mount points of writable local volumes ("/" too)
  uid_t owner = 0;
};

// One thing in a trash.
struct TrashedItem {
  std::string trash;     // path of the trash directory
  std::string name;      // files/NAME and info/NAME.trashinfo
  std::string original;  // absolute path of where it was; raw bytes
  base::WallTime deleted_at{};
  std::uint64_t device = 0, inode = 0;  // of files/NAME
  bool directory = false;               // files/NAME is one
};

// What take() made where it had to copy: which original, and what is in the trash for it.
struct MadeCopy {
  std::uint64_t device = 0, inode = 0;            // of the original
  std::uint64_t copy_device = 0, copy_inode = 0;  // of files/RESERVED
};

enum class Presence : std::uint8_t {
  kThere,
  kNotThere,  // nothing, something else, or the way to it is another one now
  kUnknown,   // it could not be looked at
};

// One trash directory, open: what happens to its path afterwards does not matter.
class Trash {
 public:
  // The trash for what is on the volume `device`; `path` is where that is, for finding its mount
  // point. The home trash if that is on the volume, else $topdir/.Trash/$uid if $topdir/.Trash is a
  // sticky directory and no link, else $topdir/.Trash-$uid; $topdir must be one of the volumes.
  // Makes what the specification lets it make (0700). kUnavailable with a reason for people if the
  // volume has none that is safe to use: a link, another user's, one that others may write to, or
  // one on another volume is not.
  static base::Result<std::unique_ptr<Trash>> open_for(const TrashPlaces& places, dev_t device,
                                                       const std::string& path);
  // The trash that a TrashedItem names; as strict, but makes nothing. kNotFound if it is not there,
  // kInvalidArgument for a path that is none of `places`.
  static base::Result<std::unique_ptr<Trash>> open(const TrashPlaces& places,
                                                   const std::string& trash);
  virtual ~Trash() = default;

  virtual const std::string& path() const = 0;
  virtual dev_t device() const = 0;

  // A name for something that is going to be taken from `original` (absolute, without ".."): writes
  // info/NAME.trashinfo, which must not exist. NAME is `wanted`, or where that is taken or too
  // long, fallback_name(); os_error EEXIST if both are taken. Nothing is left behind by a failure,
  // and nothing is flushed: see repair_info(). Any thread.
  virtual base::Result<std::string> reserve(std::string_view wanted, std::string_view token,
                                            const std::string& original, base::WallTime now) = 0;
  // Moves `name` in the open directory `directory` to files/RESERVED by one rename that replaces
  // nothing (os_error EEXIST) and copies nothing (EXDEV). The reservation stays when it fails. Any
  // thread.
  virtual base::Status take(int directory, const char* name, const std::string& reserved) = 0;
  // For a trash whose take() copies (core/clean/copying_trash.h): what it has made under this name.
  virtual std::optional<MadeCopy> made_copy(const std::string& reserved) {
    (void)reserved;
    return std::nullopt;
  }
  // Takes a reservation back: removes info/RESERVED.trashinfo, unless there is a files/RESERVED
  // (os_error EEXIST). Nothing to remove is no failure.
  virtual base::Status release(const std::string& reserved) = 0;
  // Is there a files/NAME of this identity? What cannot be looked at may be there.
  virtual Presence look_for(const std::string& name, std::uint64_t device, std::uint64_t inode) = 0;
  bool has(const std::string& name, std::uint64_t device, std::uint64_t inode) {
    return look_for(name, device, inode) == Presence::kThere;
  }
  // Writes info/NAME.trashinfo anew and flushes it, if what is there is not valid. For recovery
  // after a power cut.
  virtual base::Status repair_info(const std::string& name, const std::string& original,
                                   base::WallTime when) = 0;
  // Moves files/NAME into the open directory `directory` as `name`, replacing nothing (os_error
  // EEXIST) and copying nothing (EXDEV), then removes its .trashinfo. The thing must still be the
  // one of this device and inode (else kNotFound). Any thread.
  virtual base::Status give_back(const TrashedItem& item, int directory, const char* name) = 0;

  // Everything that was done on its volume until now is on the disk afterwards. Any thread.
  virtual base::Status flush() = 0;

  // How much the directory files/RESERVED holds (allocated bytes), for save_sizes(). Any thread.
  virtual void note_size(const std::string& reserved, std::uint64_t bytes) = 0;
  // Brings $trash/directorysizes up to date with what was noted, taken and given back: once, at the
  // end of a run, since it rewrites the file. It is a cache: a failure is harmless. Any thread.
  virtual base::Status save_sizes() = 0;
};

// "NAME.token.ext" for "NAME.ext": short enough for a directory entry, whatever NAME is.
std::string fallback_name(std::string_view wanted, std::string_view token);

// What is in all trash directories of `places`, in theirs and ours, sorted by trash and name;
// `problems` hears of infos that are garbage, things without one and the reverse, of what cannot be
// read now, and of trashes that are not safe to use. A trash that is not there is no problem.
std::vector<TrashedItem> list_trash(
    const TrashPlaces& places,
    const std::function<void(std::string path, std::string why)>& problems);

// What emptying did. `removed` counts top-level items.
struct PurgeResult {
  std::uint64_t removed = 0;
  std::uint64_t entries = 0;          // files and directories unlinked, not counting infos
  std::uint64_t predicted_bytes = 0;  // blocks of what lost its last name, infos too
  std::int64_t freed_bytes = 0;       // what statvfs says the volumes got back, whoever did it
  struct Failure {
    std::string path;
    std::string error;
  };
  std::vector<Failure> failures;  // the first 100
  std::uint64_t failure_count = 0;
  // Of each item that was given, in their order: is it, or anything of it, gone? One that is not
  // touched is as it was.
  std::vector<bool> touched;
};

// Removes `items` for good: the only code of Lull that unlinks what people had. Each must be in a
// trash of `places` and is judged again by its device and inode; its .trashinfo goes last, and only
// if everything else did. Never follows a link, never leaves the trash's volume (mounts below it
// stay, with what they are in), never touches anything but files/NAME, what is below it, and its
// info; a directory that was swapped for another is left alone. Directories of the owner that lack
// permissions get them first. Trees may be deeper than paths can be long. On tasks of the caller's
// oneTBB arena, at most `width` of them (0: the arena's). Cancelled: finishes the current items.
PurgeResult purge(const TrashPlaces& places, const std::vector<TrashedItem>& items, unsigned width,
                  const base::CancelToken& cancel);

}  // namespace lull::clean
