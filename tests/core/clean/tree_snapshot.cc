// SPDX-License-Identifier: MIT
#include "tests/core/clean/tree_snapshot.h"

#include <filesystem>
#include <sstream>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/scan/peek.h"
#include "core/scan/status_values.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;

std::string xattrs_of(const std::string& path) {
  std::vector<char> names(4096);
  const ssize_t length = ::llistxattr(path.c_str(), names.data(), names.size());
  std::string text;
  for (ssize_t at = 0; at < length;) {
    const std::string name = names.data() + at;
    std::vector<char> value(4096);
    const ssize_t size = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
    text += " " + name + "=" + std::string(value.data(), size > 0 ? static_cast<size_t>(size) : 0);
    at += static_cast<ssize_t>(name.size()) + 1;
  }
  return text;
}

std::string content_of(const std::string& path, const struct stat& status) {
  if (S_ISLNK(status.st_mode)) return fs::read_symlink(path).string();
  if (!S_ISREG(status.st_mode)) return {};
  return scan::peek_text(AT_FDCWD, path.c_str(), std::size_t{1} << 24).value_or("unreadable");
}

std::string describe(const std::string& path, SnapshotOf what) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return "gone";
  const scan::StatusTimes times = scan::times_of(status);
  const bool is_directory = S_ISDIR(status.st_mode);
  std::ostringstream text;
  text << status.st_mode << ' ' << status.st_uid << ' ' << status.st_gid << ' ' << status.st_ino
       << ' ' << status.st_nlink << xattrs_of(path);
  if (!is_directory)
    text << ' ' << status.st_size << ' ' << times.mtime_ns << ' ' << content_of(path, status);
  if (S_ISREG(status.st_mode)) text << ' ' << times.atime_ns;  // whoever reads a link touches it
  if (what == SnapshotOf::kEverything) text << ' ' << times.mtime_ns << ' ' << times.ctime_ns;
  return std::move(text).str();
}

}  // namespace

std::map<std::string, std::string> snapshot_of(const std::string& root, SnapshotOf what) {
  std::map<std::string, std::string> entries{{"", describe(root, what)}};
  for (const auto& entry : fs::recursive_directory_iterator(root))
    entries[entry.path().string().substr(root.size())] = describe(entry.path().string(), what);
  return entries;
}

}  // namespace lull::clean
