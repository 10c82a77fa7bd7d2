// SPDX-License-Identifier: MIT
#include "core/clean/beneath.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/clean/system_calls.h"
#include "core/scan/dir_reader.h"

namespace lull::clean {
namespace {

using base::Result;
using base::UniqueFd;

// A call takes PATH_MAX (4096) bytes with the NUL; a longer way is walked in stretches.
constexpr std::size_t kStretch = 4000;

tl::unexpected<base::Error> refused(int os_error, std::string_view path) {
  auto failure = base::fail_errno(os_error, std::string(path));
  if (os_error == ELOOP) failure.value().message = "there is a link on its way";
  if (os_error == EXDEV) failure.value().message = "another file system is mounted on its way";
  return failure;
}

// Takes whole names off the front of `way`, as many as fit into a stretch, but at least one.
std::string take_names(std::string_view& way, std::size_t most) {
  std::size_t end = way.size();
  if (end > most) {
    end = way.rfind('/', most);
    if (end == std::string_view::npos) end = std::min(way.find('/'), way.size());
  }
  std::string names(way.substr(0, end));
  way.remove_prefix(std::min(end + 1, way.size()));
  return names;
}

// One name further. O_NOFOLLOW with O_DIRECTORY calls a link "not a directory": the same word here
// as from the kernel.
int step(int parent, const std::string& name) {
  const int fd = scan::open_step_at(parent, name.c_str());
  struct stat status {};
  if (fd == -ENOTDIR && scan::stat_at(parent, name.c_str(), status) == 0 && S_ISLNK(status.st_mode))
    return -ELOOP;
  return fd;
}

// Within the root's file system, told by the device; a directory bound from elsewhere on the same
// device, by being a mount point.
bool has_crossed(int fd, dev_t device) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || status.st_dev != device) return true;
  return is_mount_point(fd, "").value_or(false);
}

// Goes down from a directory; what it may do on the way is settled once.
class Walk {
 public:
  Walk(UniqueFd start, Descent descent, bool may_cross_mounts, bool may_make)
      : at_(std::move(start)),
        name_by_name_(descent == Descent::kNameByName || may_make),
        may_cross_mounts_(may_cross_mounts),
        may_make_(may_make) {
    if (name_by_name_) remember_device();
  }

  // 0 or an errno.
  int down(std::string_view way) {
    while (!way.empty()) {
      const int os_error = name_by_name_ ? one_name(take_names(way, 1)) : one_stretch(way);
      if (os_error != 0) return os_error;
    }
    return 0;
  }
  UniqueFd arrive() { return std::move(at_); }

 private:
  void remember_device() {
    struct stat status {};
    if (!may_cross_mounts_ && ::fstat(at_.get(), &status) == 0) device_ = status.st_dev;
  }

  int one_stretch(std::string_view& way) {
    std::string_view rest = way;
    const int fd =
        open_way_beneath(at_.get(), take_names(rest, kStretch).c_str(), may_cross_mounts_);
    if (fd == -ENOSYS) {
      name_by_name_ = true;
      remember_device();
      return 0;
    }
    if (fd < 0) return -fd;
    at_.reset(fd);
    way = rest;
    return 0;
  }

  int one_name(const std::string& name) {
    int fd = step(at_.get(), name);
    if (fd == -ENOENT && may_make_) {
      if (::mkdirat(at_.get(), name.c_str(), 0700) != 0 && errno != EEXIST) return errno;
      fd = step(at_.get(), name);
    }
    if (fd < 0) return -fd;
    at_.reset(fd);
    return !may_cross_mounts_ && has_crossed(fd, device_) ? EXDEV : 0;
  }

  UniqueFd at_;
  dev_t device_ = 0;
  bool name_by_name_;
  const bool may_cross_mounts_, may_make_;
};

Result<UniqueFd> open_from_top(std::string_view directory, Descent descent) {
  const int top = scan::open_step_at(AT_FDCWD, "/");
  if (top < 0) return refused(-top, "/");
  Walk walk(UniqueFd(top), descent, true, false);
  if (const int os_error = walk.down(directory.substr(1)); os_error != 0)
    return refused(os_error, directory);
  return walk.arrive();
}

Result<UniqueFd> reach_parent(const std::string& root, const std::string& path, Descent descent,
                              bool may_make) {
  const std::string_view directory = std::string_view(path).substr(0, path.rfind('/'));
  if (path == root) return open_from_top(directory.empty() ? "/" : directory, descent);
  auto start = open_root(root, descent);
  if (!start) return start;
  Walk walk(*std::move(start), descent, false, may_make);
  const std::string_view way = directory.substr(std::min(root.size() + 1, directory.size()));
  if (const int os_error = walk.down(way); os_error != 0) return refused(os_error, directory);
  return walk.arrive();
}

}  // namespace

Result<UniqueFd> open_root(const std::string& root, Descent descent) {
  return open_from_top(root, descent);
}

Result<UniqueFd> open_parent(const std::string& root, const std::string& path, Descent descent) {
  return reach_parent(root, path, descent, false);
}

Result<UniqueFd> make_parent(const std::string& root, const std::string& path, Descent descent) {
  return reach_parent(root, path, descent, true);
}

Result<int> HeldParent::open(const std::string& root, const std::string& path) {
  // The root itself is judged by what is above it: another way down.
  const bool is_same = uses_left_ > 0 && path != root && root == root_ &&
                       std::string_view(path).substr(0, path.rfind('/')) == directory_;
  if (!is_same) return hold(open_parent(root, path, descent_), root, path);
  --uses_left_;
  return fd_.get();
}

Result<int> HeldParent::make(const std::string& root, const std::string& path) {
  return hold(make_parent(root, path, descent_), root, path);
}

Result<int> HeldParent::hold(Result<UniqueFd> opened, const std::string& root,
                             const std::string& path) {
  uses_left_ = 0;
  if (!opened) return tl::unexpected(std::move(opened).error());
  fd_ = *std::move(opened);
  if (path == root) return fd_.get();
  root_ = root;
  directory_ = path.substr(0, path.rfind('/'));
  uses_left_ = kMost - 1;
  return fd_.get();
}

}  // namespace lull::clean
