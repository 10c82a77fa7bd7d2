// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/base/clock.h"
#include "core/base/result.h"

// The trash of the FreeDesktop.org Trash specification 1.0: file managers show what is in it, and
// restore it. Everything here blocks on the file system; each object is for one thread at a time
// unless it says otherwise.
namespace lull::clean {

// Where trash directories may be, and whose.
struct TrashPlaces {
  std::string data_home;             // $XDG_DATA_HOME: the home trash is data_home/Trash
  std::vector<std::string> volumes;  // mount points of writable local volumes; no other has a trash
  uid_t owner = 0;                   // this process's
};

// One thing in a trash.
struct TrashedItem {
  std::string trash;     // path of the trash directory
  std::string name;      // files/NAME and info/NAME.trashinfo
  std::string original;  // absolute path of where it was; raw bytes
  base::WallTime deleted_at{};
  std::uint64_t device = 0, inode = 0;  // of files/NAME
};

// One trash directory, open: what happens to its path afterwards does not matter.
class Trash {
 public:
  // The trash for what is on the volume `device`. The home trash if that is on the volume, else
  // $topdir/.Trash/$uid if $topdir/.Trash is a sticky directory and no link, else
  // $topdir/.Trash-$uid. Makes what the specification lets it make (0700). kUnavailable with a
  // reason for people if the volume has none that is safe to use.
  static base::Result<std::unique_ptr<Trash>> open_for(const TrashPlaces& places, dev_t device);
  // The one at a path that open_for() gave before. kNotFound: it is not there any more, or its
  // volume is away. Makes nothing.
  static base::Result<std::unique_ptr<Trash>> open_again(const TrashPlaces& places,
                                                         const std::string& trash);
  virtual ~Trash() = default;

  virtual const std::string& path() const = 0;
  virtual dev_t device() const = 0;

  // A name for something that is going to be taken from `original` (absolute): writes
  // info/NAME.trashinfo, which must not exist. NAME is `wanted`, or where that is taken,
  // fallback_name(). Any thread.
  virtual base::Result<std::string> reserve(std::string_view wanted, std::string_view token,
                                            const std::string& original, base::WallTime now) = 0;
  // Moves `name` in the open directory `directory` to files/RESERVED by one rename that replaces
  // nothing and copies nothing. Any thread.
  virtual base::Status take(int directory, const char* name, const std::string& reserved) = 0;
  // Takes a reservation back: removes info/RESERVED.trashinfo if there is no files/RESERVED.
  virtual base::Status release(const std::string& reserved) = 0;
  // Is there a files/NAME of this identity? For recovery.
  virtual bool has(const std::string& name, std::uint64_t device, std::uint64_t inode) = 0;
  // Writes info/NAME.trashinfo anew, if what is there is not valid. For recovery after a power cut.
  virtual base::Status repair_info(const std::string& name, const std::string& original,
                                   base::WallTime when) = 0;
  // Moves files/NAME into the open directory `directory` as `name`, replacing nothing
  // (kAlreadyExists semantics: os_error EEXIST), then removes its .trashinfo. The thing must still
  // be the one of this device and inode (else kNotFound).
  virtual base::Status give_back(const TrashedItem& item, int directory, const char* name) = 0;
};

// "NAME.token.ext" for "NAME.ext": short enough for a directory entry, whatever NAME is.
std::string fallback_name(std::string_view wanted, std::string_view token);

}  // namespace lull::clean
