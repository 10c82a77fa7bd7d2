// SPDX-License-Identifier: MIT
#include "core/clean/trash_place.h"

#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/path_text.h"

namespace lull::clean {
namespace {

constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

tl::unexpected<base::Error> unusable(const char* why, const std::string& path) {
  return base::fail(base::ErrorCode::kUnavailable,
                    std::string("the trash is not safe to use: ") + why, path);
}

// Opens `name` in `parent`, making it (0700) if need be: a directory of ours alone and no link.
base::Result<base::UniqueFd> open_own(int parent, const char* name, const std::string& path,
                                      uid_t owner, bool make) {
  if (make && ::mkdirat(parent, name, 0700) != 0 && errno != EEXIST)
    return base::fail_errno(errno, path, "making the trash");
  base::UniqueFd fd(::openat(parent, name, kOpenDirectory));
  struct stat status {};
  if (!fd) {
    if (errno == ELOOP || errno == ENOTDIR) return unusable("it is no directory, or a link", path);
    return base::fail_errno(errno, path, "opening the trash");
  }
  if (::fstat(fd.get(), &status) != 0) return base::fail_errno(errno, path, "opening the trash");
  if (status.st_uid != owner) return unusable("it is another user's", path);
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) return unusable("others may write to it", path);
  return fd;
}

base::Result<TrashPlace> open_parts(base::UniqueFd directory, std::string path, std::string top,
                                    uid_t owner, bool make) {
  struct stat status {};
  if (::fstat(directory.get(), &status) != 0) return base::fail_errno(errno, path);
  auto files = open_own(directory.get(), "files", path + "/files", owner, make);
  if (!files) return tl::unexpected(std::move(files).error());
  auto info = open_own(directory.get(), "info", path + "/info", owner, make);
  if (!info) return tl::unexpected(std::move(info).error());
  struct stat inside {};
  if (::fstat(files->get(), &inside) != 0 || inside.st_dev != status.st_dev)
    return unusable("something is mounted in it", path);
  return TrashPlace{std::move(path), std::move(top), status.st_dev, *std::move(files),
                    *std::move(info)};
}

std::optional<dev_t> device_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_dev;
}

// Nobody can be asked for a device before the directory is made; its nearest ancestor tells.
std::optional<dev_t> device_of_nearest(std::string path) {
  while (!path.empty()) {
    if (const auto device = device_of(path)) return device;
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
  return device_of("/");
}

base::Result<TrashPlace> open_home_trash(const TrashPlaces& places, bool make) {
  if (make) {
    std::error_code failed;
    std::filesystem::create_directories(places.data_home, failed);
    if (failed) return base::fail_errno(failed.value(), places.data_home, "making the trash");
  }
  const base::UniqueFd data(::open(places.data_home.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!data) return base::fail_errno(errno, places.data_home, "opening the trash");
  const std::string path = places.data_home + "/Trash";
  auto trash = open_own(data.get(), "Trash", path, places.owner, make);
  if (!trash) return tl::unexpected(std::move(trash).error());
  return open_parts(*std::move(trash), path, "", places.owner, make);
}

// $topdir/.Trash/$uid: an administrator made .Trash for everybody. Without the sticky bit anybody
// could exchange what is in it, and a link could lead anywhere: then it does not count.
std::optional<base::UniqueFd> open_shared(int top) {
  base::UniqueFd shared(::openat(top, ".Trash", kOpenDirectory));
  struct stat status {};
  if (!shared || ::fstat(shared.get(), &status) != 0 || (status.st_mode & S_ISVTX) == 0)
    return std::nullopt;
  return shared;
}

base::Result<TrashPlace> open_volume_trash(const std::string& volume, uid_t owner, bool make) {
  const base::UniqueFd top(::open(volume.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!top) return base::fail_errno(errno, volume, "opening the trash");
  const std::string above = volume == "/" ? "" : volume;
  const std::string number = std::to_string(owner);
  if (const auto shared = open_shared(top.get())) {
    const std::string path = above + "/.Trash/" + number;
    auto trash = open_own(shared->get(), number.c_str(), path, owner, make);
    if (trash) return open_parts(*std::move(trash), path, volume, owner, make);
  }
  const std::string name = ".Trash-" + number;
  auto trash = open_own(top.get(), name.c_str(), above + "/" + name, owner, make);
  if (!trash) return tl::unexpected(std::move(trash).error());
  return open_parts(*std::move(trash), above + "/" + name, volume, owner, make);
}

}  // namespace

base::Result<TrashPlace> find_trash(const TrashPlaces& places, dev_t device) {
  if (device_of_nearest(places.data_home) == device) return open_home_trash(places, true);
  for (const std::string& volume : places.volumes)
    if (device_of(volume) == device) return open_volume_trash(volume, places.owner, true);
  return base::fail(base::ErrorCode::kUnavailable, "its volume has no trash");
}

base::Result<TrashPlace> find_trash_again(const TrashPlaces& places, const std::string& path) {
  auto place = [&]() -> base::Result<TrashPlace> {
    if (path == places.data_home + "/Trash") return open_home_trash(places, false);
    for (const std::string& volume : places.volumes)
      if (base::is_below(path, volume)) {
        auto found = open_volume_trash(volume, places.owner, false);
        if (found && found->path == path) return found;
      }
    return base::fail(base::ErrorCode::kNotFound, "this trash is not there now", path);
  }();
  if (!place && place.error().os_error == ENOENT)
    return base::fail(base::ErrorCode::kNotFound, "this trash is not there now", path);
  return place;
}

}  // namespace lull::clean
