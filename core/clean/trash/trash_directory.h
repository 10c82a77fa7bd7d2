// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/clean/trash.h"
#include "core/clean/trash/volume.h"

// Where a trash may be, and what makes one safe to use.
namespace lull::clean {

enum class TrashKind : std::uint8_t {
  kHome,    // data_home/Trash
  kShared,  // $topdir/.Trash/$uid, prepared by whoever administers the machine
  kOwn,     // $topdir/.Trash-$uid
};

// A trash there may be.
struct TrashPlace {
  TrashKind kind = TrashKind::kHome;
  std::string top;   // the directory it is made in, kShared: two levels below
  std::string path;  // of the trash
};

// The home trash, then both kinds for every volume.
std::vector<TrashPlace> possible_trashes(const TrashPlaces& places);

// A trash that is one: a directory of its owner's in which nobody else may write, not a link, on
// one volume together with files/ and info/, which are the same.
struct TrashDirectory {
  TrashPlace place;
  base::UniqueFd root, files, info;
  VolumeId volume;
};

enum class IfMissing : bool { kFail, kMake };

// Fails with a reason for people; kNotFound if it is missing and not to be made.
base::Result<TrashDirectory> open_trash(const TrashPlace& place, uid_t owner, IfMissing missing);

// Trash::open_for()
base::Result<TrashDirectory> find_trash(const TrashPlaces& places, dev_t device,
                                        const std::string& path);

// What an info of this trash calls `original`.
std::string path_in_info(const TrashPlace& place, const std::string& original);
// The inverse; empty for what the specification forbids: "..", or a relative path in the home
// trash.
std::string original_of(const TrashPlace& place, const std::string& path);

}  // namespace lull::clean
