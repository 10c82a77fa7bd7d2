// SPDX-License-Identifier: MIT
#include "core/clean/trash/trash_directory.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clean/trash/names.h"

namespace lull::clean {
namespace {

using base::ErrorCode;

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;

base::Error refusal(const std::string& path, std::string why) {
  return {ErrorCode::kUnavailable, std::move(why), path, 0, {}};
}

// Why opening a directory without following links failed, in words that say so.
base::Error open_failure(int parent, const std::string& name, const std::string& path,
                         int os_error) {
  struct stat status {};
  const bool there = ::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (there && S_ISLNK(status.st_mode)) return refusal(path, "is a link, not a directory");
  if (there && !S_ISDIR(status.st_mode)) return refusal(path, "is not a directory");
  return base::fail_errno(os_error, path).value();
}

base::Result<base::UniqueFd> open_directory(int parent, const std::string& name,
                                            const std::string& path, IfMissing missing) {
  base::UniqueFd fd(::openat(parent, name.c_str(), kDirectory));
  if (!fd && errno == ENOENT && missing == IfMissing::kMake) {
    if (::mkdirat(parent, name.c_str(), 0700) != 0 && errno != EEXIST)
      return base::fail_errno(errno, path);
    fd.reset(::openat(parent, name.c_str(), kDirectory));
  }
  if (!fd) return tl::unexpected(open_failure(parent, name, path, errno));
  return fd;
}

// A directory that only its owner can have put something into.
base::Result<base::UniqueFd> open_private(int parent, const std::string& name,
                                          const std::string& path, uid_t owner, IfMissing missing) {
  auto fd = open_directory(parent, name, path, missing);
  if (!fd) return fd;
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0) return base::fail_errno(errno, path);
  if (status.st_uid != owner) return tl::unexpected(refusal(path, "belongs to another user"));
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return tl::unexpected(refusal(path, "can be written to by others"));
  return fd;
}

base::Status must_be_on(const VolumeId& volume, int fd, const std::string& path) {
  const auto found = volume_of(fd);
  if (!found) return tl::unexpected(found.error());
  if (*found != volume) return tl::unexpected(refusal(path, "is on another volume"));
  return {};
}

// $topdir/.Trash, which somebody has prepared for all: sticky, so that nobody can replace
// another's.
base::Result<base::UniqueFd> open_shared(int top, const std::string& path) {
  auto fd = open_directory(top, ".Trash", path, IfMissing::kFail);
  if (!fd) return fd;
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0) return base::fail_errno(errno, path);
  if ((status.st_mode & S_ISVTX) == 0)
    return tl::unexpected(refusal(path, "lacks the sticky bit: others could replace your trash"));
  return fd;
}

base::Result<base::UniqueFd> open_home_top(const std::string& data_home, IfMissing missing) {
  // Links are allowed here: it is the user who says where this is.
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  base::UniqueFd fd(::open(data_home.c_str(), kFlags));
  if (!fd && errno == ENOENT && missing == IfMissing::kMake) {
    for (std::size_t at = 1; at != std::string::npos;) {
      at = data_home.find('/', at + 1);
      ::mkdir(data_home.substr(0, at).c_str(), 0700);  // what fails is seen by the open
    }
    fd.reset(::open(data_home.c_str(), kFlags));
  }
  if (!fd) return base::fail_errno(errno, data_home);
  return fd;
}

base::Result<base::UniqueFd> open_root(const TrashPlace& place, uid_t owner, IfMissing missing) {
  if (place.kind == TrashKind::kHome) {
    const auto top = open_home_top(place.top, missing);
    if (!top) return tl::unexpected(top.error());
    return open_private(top->get(), "Trash", place.path, owner, missing);
  }
  const base::UniqueFd top(::open(place.top.c_str(), kDirectory));
  if (!top) return base::fail_errno(errno, place.top);
  const auto volume = volume_of(top.get());
  if (!volume) return tl::unexpected(volume.error());
  base::Result<base::UniqueFd> root;
  if (place.kind == TrashKind::kShared) {
    const auto shared = open_shared(top.get(), joined(place.top, ".Trash"));
    if (!shared) return tl::unexpected(shared.error());
    root = open_private(shared->get(), std::to_string(owner), place.path, owner, missing);
  } else {
    root = open_private(top.get(), ".Trash-" + std::to_string(owner), place.path, owner, missing);
  }
  if (root) LULL_TRY(must_be_on(*volume, root->get(), place.path));
  return root;
}

// The absolute path of the directory `path` is in, without links.
base::Result<std::string> real_parent_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  std::array<char, PATH_MAX> real;
  if (::realpath(parent.c_str(), real.data()) == nullptr) return base::fail_errno(errno, parent);
  return std::string(real.data());
}

base::Result<VolumeId> volume_at(const std::string& directory) {
  const base::UniqueFd fd(::open(directory.c_str(), kDirectory));
  if (!fd) return base::fail_errno(errno, directory);
  return volume_of(fd.get());
}

// The highest directory above that is on the same volume: its mount point.
std::string top_of(std::string directory, const VolumeId& volume) {
  while (directory != "/") {
    std::string above = std::filesystem::path(directory).parent_path().string();
    const auto there = volume_at(above);
    if (!there || *there != volume) break;
    directory = std::move(above);
  }
  return directory;
}

base::Result<TrashDirectory> open_volume_trash(const TrashPlaces& places, const std::string& top) {
  const std::vector<TrashPlace> possible = possible_trashes(places);
  base::Error why = refusal(top, "is not a volume whose trash is used");
  std::string shared_refused;
  for (const TrashPlace& place : possible) {
    if (place.kind == TrashKind::kHome || place.top != top) continue;
    auto trash = open_trash(place, places.owner, IfMissing::kMake);
    if (trash) return trash;
    if (place.kind == TrashKind::kShared && trash.error().code != ErrorCode::kNotFound)
      shared_refused = "; " + trash.error().to_string();
    why = std::move(trash.error());
  }
  why.code = ErrorCode::kUnavailable;
  why.message += shared_refused;
  return tl::unexpected(std::move(why));
}

}  // namespace

std::vector<TrashPlace> possible_trashes(const TrashPlaces& places) {
  const std::string user = std::to_string(places.owner);
  std::vector<TrashPlace> possible;
  possible.push_back({TrashKind::kHome, places.data_home, joined(places.data_home, "Trash")});
  for (const std::string& top : places.volumes) {
    possible.push_back({TrashKind::kShared, top, joined(top, ".Trash/" + user)});
    possible.push_back({TrashKind::kOwn, top, joined(top, ".Trash-" + user)});
  }
  return possible;
}

base::Result<TrashDirectory> open_trash(const TrashPlace& place, uid_t owner, IfMissing missing) {
  TrashDirectory trash{.place = place, .root = {}, .files = {}, .info = {}, .volume = {}};
  auto root = open_root(place, owner, missing);
  if (!root) return tl::unexpected(root.error());
  trash.root = *std::move(root);
  const auto volume = volume_of(trash.root.get());
  if (!volume) return tl::unexpected(volume.error());
  trash.volume = *volume;
  for (const auto& [name, fd] :
       {std::pair{"files", &trash.files}, std::pair{"info", &trash.info}}) {
    const std::string path = joined(place.path, name);
    auto opened = open_private(trash.root.get(), name, path, owner, missing);
    if (!opened) return tl::unexpected(opened.error());
    LULL_TRY(must_be_on(trash.volume, opened->get(), path));
    *fd = *std::move(opened);
  }
  return trash;
}

base::Result<TrashDirectory> find_trash(const TrashPlaces& places, dev_t device,
                                        const std::string& path) {
  if (!is_plain_path(path)) return base::fail(ErrorCode::kInvalidArgument, "not a path", path);
  const auto parent = real_parent_of(path);
  if (!parent) return tl::unexpected(parent.error());
  const auto volume = volume_at(*parent);
  if (!volume) return tl::unexpected(volume.error());
  if (volume->device != device)
    return base::fail(ErrorCode::kNotFound, "is no longer where it was", path);
  // A home trash that may not be used is no reason to look elsewhere on its volume: file managers
  // would not either.
  auto home = open_trash({TrashKind::kHome, places.data_home, joined(places.data_home, "Trash")},
                         places.owner, IfMissing::kMake);
  if (home && home->volume == *volume) return home;
  const auto home_volume =
      home ? base::Result<VolumeId>(home->volume) : volume_at(places.data_home);
  if (!home && home_volume && *home_volume == *volume) {
    home.error().code = ErrorCode::kUnavailable;
    return home;
  }
  return open_volume_trash(places, top_of(*parent, *volume));
}

std::string path_in_info(const TrashPlace& place, const std::string& original) {
  if (place.kind == TrashKind::kHome) return original;
  const std::string top = joined(place.top, "");
  return original.size() > top.size() && original.starts_with(top) ? original.substr(top.size())
                                                                   : original;
}

std::string original_of(const TrashPlace& place, const std::string& path) {
  if (path.starts_with('/')) return is_plain_path(path) ? path : std::string();
  if (place.kind == TrashKind::kHome) return {};
  const std::string whole = joined(place.top, path);
  return is_plain_path(whole) ? whole : std::string();
}

}  // namespace lull::clean
