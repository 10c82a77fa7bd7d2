// SPDX-License-Identifier: MIT
#include "core/relief/own_files.h"

#include <cerrno>
#include <memory>

#include <dirent.h>
#include <fcntl.h>

#include "core/base/unique_fd.h"

namespace lull::relief {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

constexpr int kOpen = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;

class Visit {
 public:
  Visit(const OwnFilesOptions& options, const std::function<void(const OwnFile&)>& visit)
      : options_(options), visit_(visit) {}

  OwnFilesEnd run(const std::string& root) {
    base::UniqueFd fd(::open(root.c_str(), kOpen));
    if (!fd) {
      end_.complete = errno == ENOENT || errno == ENOTDIR;
      return end_;
    }
    struct ::stat status {};
    if (::fstat(fd.get(), &status) != 0) return end_;
    device_ = status.st_dev;
    read(std::move(fd), root, 0);
    return end_;
  }

 private:
  void read(base::UniqueFd fd, const std::string& path, int depth) {
    const Directory directory(::fdopendir(fd.get()));
    if (!directory) {
      end_.complete = false;
      return;
    }
    const int open = fd.release();  // closed with the directory
    while (const ::dirent* entry = ::readdir(directory.get())) {
      if (ended()) return;
      if (entry->d_name[0] != '.') look_at(open, entry->d_name, path, depth);
    }
  }

  void look_at(int directory, const char* name, const std::string& path, int depth) {
    ++end_.entries;
    struct ::stat status {};
    if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;  // it has gone
    if (status.st_uid != options_.owner || status.st_dev != device_) return;
    if (S_ISREG(status.st_mode)) visit_({directory, name, status, path});
    if (S_ISDIR(status.st_mode)) enter(directory, name, path, depth + 1);
  }

  void enter(int parent, const char* name, const std::string& path, int depth) {
    if (depth > kDeepestDirectory || (options_.stop && options_.stop())) {
      end_.complete = false;
      return;
    }
    base::UniqueFd fd(::openat(parent, name, kOpen));
    if (!fd)
      end_.complete = end_.complete && errno == ENOENT;
    else
      read(std::move(fd), path + "/" + name, depth);
  }

  bool ended() {
    if (end_.entries < options_.most_entries) return false;
    end_.complete = false;
    return true;
  }

  const OwnFilesOptions& options_;
  const std::function<void(const OwnFile&)>& visit_;
  OwnFilesEnd end_;
  dev_t device_ = 0;
};

}  // namespace

OwnFilesEnd visit_own_files(const std::string& root, const OwnFilesOptions& options,
                            const std::function<void(const OwnFile&)>& visit) {
  return Visit(options, visit).run(root);
}

}  // namespace lull::relief
