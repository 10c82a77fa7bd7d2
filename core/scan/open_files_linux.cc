// SPDX-License-Identifier: MIT
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/scan/open_files.h"

namespace lull::scan {
namespace {

void for_each_number(int parent, const char* name,
                     const std::function<void(int, const char*)>& see) {
  const int fd = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // another user's process, or it has ended
  DIR* stream = ::fdopendir(fd);
  if (stream == nullptr) {
    ::close(fd);
    return;
  }
  while (const dirent* entry = ::readdir(stream))
    if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') see(::dirfd(stream), entry->d_name);
  ::closedir(stream);
}

class Collector {
 public:
  explicit Collector(OpenFiles& files) : files_(files) {}

  void process(int proc, const char* pid) {
    const bool is_self = std::to_string(::getpid()) == pid;
    const base::UniqueFd process(::openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!process) return;
    for_each_number(process.get(), "fd", [&](int fds, const char* fd) { link(fds, fd, is_self); });
    for (const char* name : {"cwd", "root", "exe"}) link(process.get(), name, is_self);
    maps(process.get());
  }

 private:
  // What a link of /proc leads to, without asking a server for fresh attributes: it may be dead.
  void link(int parent, const char* name, bool skip_directories) {
    struct statx status {};
    if (::statx(parent, name, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO,
                &status) != 0)
      return;
    const bool directory = S_ISDIR(status.stx_mode);
    if ((directory && skip_directories) || (!directory && !S_ISREG(status.stx_mode))) return;
    files_.add(makedev(status.stx_dev_major, status.stx_dev_minor), status.stx_ino);
  }

  // Lines are "from-to perms offset major:minor inode   path". The device of the line is not the
  // one of stat on btrfs, hence the look at the path; each mapped file once.
  void maps(int process) {
    const int fd = ::openat(process, "maps", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    FILE* stream = ::fdopen(fd, "r");
    if (stream == nullptr) {
      ::close(fd);
      return;
    }
    char* line = nullptr;
    std::size_t capacity = 0;
    for (ssize_t length = ::getline(&line, &capacity, stream); length > 0;
         length = ::getline(&line, &capacity, stream))
      mapping(std::string_view(line, static_cast<std::size_t>(length)));
    std::free(line);
    std::fclose(stream);
  }

  void mapping(std::string_view line) {
    const std::size_t path = line.find('/');
    if (path == std::string_view::npos) return;
    std::string name(line.substr(path, line.find('\n') - path));
    if (!mapped_.insert(name).second) return;
    link(AT_FDCWD, name.c_str(), false);
  }

  OpenFiles& files_;
  std::unordered_set<std::string> mapped_;
};

}  // namespace

std::optional<OpenFiles> find_open_files(const platform::SystemRoots& roots) {
  OpenFiles files;
  Collector collector(files);
  std::size_t processes = 0;
  for_each_number(AT_FDCWD, roots.proc.c_str(), [&](int proc, const char* pid) {
    ++processes;
    collector.process(proc, pid);
  });
  if (processes == 0) return std::nullopt;  // a table that has not even this process in it
  return files;
}

}  // namespace lull::scan
