// SPDX-License-Identifier: MIT
#include "core/scan/dead_link.h"

#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/scan/dir_reader.h"
#include "core/scan/encryption.h"
#include "core/scan/peek.h"

namespace lull::scan {
namespace {

constexpr std::array<std::string_view, 7> kRemovable{"/media/",   "/mnt/",  "/run/media/", "/net/",
                                                     "/Volumes/", "/misc/", "/run/user/"};

bool is_removable(std::string_view path) {
  for (const std::string_view place : kRemovable)
    if (path.starts_with(place)) return true;
  return false;
}

// More than "." and "..": true, and false if it cannot be told.
bool has_entries(int directory) {
  OpenManner manner;
  const base::UniqueFd fd(open_directory_at(directory, ".", manner));
  if (fd.get() < 0) return false;
  alignas(std::uint64_t) std::array<std::byte, 4096> buffer;
  DirReader reader(fd.get(), {});
  for (ssize_t got = reader.fill(buffer); got > 0; got = reader.fill(buffer)) {
    std::span<const std::byte> filled(buffer.data(), static_cast<std::size_t>(got));
    for (DirEntry entry; next_entry(filled, entry);)
      if (std::string_view(entry.name) != "." && std::string_view(entry.name) != "..") return true;
  }
  return false;
}

// What an encrypted directory shows while it is locked is not what is in it. eCryptfs leaves a text
// and a starter that say how to mount it, and takes away the right to write; what fscrypt has
// encrypted answers for names that it cannot read.
bool may_be_locked(int directory, const struct stat& status) {
  struct stat starter {};
  if ((status.st_mode & S_IWUSR) == 0 || is_encrypted(directory)) return true;
  if (stat_at(directory, "Access-Your-Private-Data.desktop", starter) != ENOENT) return true;
  std::array<char, PATH_MAX> target;
  const ssize_t length = ::readlinkat(directory, "README.txt", target.data(), target.size());
  if (length > 0)
    return std::string_view(target.data(), static_cast<std::size_t>(length)).find("ecryptfs") !=
           std::string_view::npos;
  constexpr std::size_t kLargestText = 16 * 1024;
  const auto text = peek_text(directory, "README.txt", kLargestText);
  return text && text->find("ecryptfs") != std::string::npos;
}

// `path` from `directory`: missing although its own directory is there, and not empty. The device
// of that directory, if so.
bool is_missing(int directory, std::string_view path, dev_t& device) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  const std::string name(slash == std::string_view::npos ? path : path.substr(slash + 1));
  const std::string parent(slash == std::string_view::npos ? "."
                           : slash == 0                    ? "/"
                                                           : path.substr(0, slash));
  if (name.empty() || name == "." || name == "..") return false;
  const base::UniqueFd fd(
      ::openat(directory, parent.c_str(), O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return false;
  device = status.st_dev;
  struct stat target {};
  return stat_at(fd.get(), name.c_str(), target) == ENOENT && has_entries(fd.get()) &&
         !may_be_locked(fd.get(), status);
}

}  // namespace

bool is_dead_link(int directory, const char* name) {
  std::array<char, PATH_MAX> target;
  const ssize_t length = ::readlinkat(directory, name, target.data(), target.size());
  if (length <= 0 || static_cast<std::size_t>(length) == target.size()) return false;
  const std::string_view path(target.data(), static_cast<std::size_t>(length));
  struct stat link {};
  dev_t device = 0;
  return !is_removable(path) && stat_at(directory, name, link) == 0 && S_ISLNK(link.st_mode) &&
         is_missing(directory, path, device) && device == link.st_dev;
}

bool is_gone_for_good(const char* path) {
  dev_t device = 0;
  return path[0] == '/' && !is_removable(path) && is_missing(AT_FDCWD, path, device);
}

}  // namespace lull::scan
