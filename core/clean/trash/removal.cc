// SPDX-License-Identifier: MIT
#include "core/clean/trash/removal.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clean/trash/open_up.h"
#include "core/scan/dir_reader.h"

namespace lull::clean {
namespace {

constexpr std::size_t kMostFailures = 100;
constexpr std::size_t kLongestPath = 4096;  // trees may be deeper than that; a list of failures not

std::uint64_t blocks_of(const struct stat& status) {
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

int unlink_counted(int directory, const char* name, const struct stat& status,
                   RemovalCount& count) {
  if (::unlinkat(directory, name, 0) != 0) return errno == ENOENT ? 0 : errno;
  ++count.entries;
  ++count.changes;
  if (status.st_nlink <= 1) count.bytes += blocks_of(status);
  return 0;
}

int unlink_one_of_several(Removal& removal, int directory, const char* name, RemovalCount& count) {
  const std::lock_guard lock(removal.linked);
  struct stat status {};
  if (const int failed = scan::stat_at(directory, name, status))
    return failed == ENOENT ? 0 : failed;
  if (S_ISDIR(status.st_mode)) return ESTALE;
  return unlink_counted(directory, name, status, count);
}

}  // namespace

void RemovalFailures::add(std::string path, std::string why) {
  if (path.size() > kLongestPath) path.replace(kLongestPath, std::string::npos, "...");
  const std::lock_guard lock(mutex_);
  ++result_.failure_count;
  if (result_.failures.size() < kMostFailures)
    result_.failures.push_back({std::move(path), std::move(why)});
}

void RemovalFailures::add(std::string path, int os_error) {
  if (os_error == ESTALE) return add(std::move(path), "was swapped for something else");
  if (os_error == EXDEV) return add(std::move(path), "is on another volume");
  add(std::move(path), std::generic_category().message(os_error));
}

OpenDirectory open_found(const Removal& removal, int parent, const Found& found,
                         RemovalCount& count) {
  const auto failed = [](int os_error) { return OpenDirectory{{}, 0, os_error}; };
  scan::OpenManner manner{.keep_atime = true, .refuse_mounts = true};
  const char* name = found.name.c_str();
  int opened = scan::open_directory_at(parent, name, manner);
  if (opened == -EACCES) {
    if (const int closed =
            open_up_directory(parent, name, found.device, found.inode, removal.owner))
      return failed(closed);
    ++count.changes;
    opened = scan::open_directory_at(parent, name, manner);
  }
  if (opened == -ELOOP || opened == -ENOTDIR) return failed(ESTALE);
  if (opened < 0) return failed(-opened);
  OpenDirectory directory{base::UniqueFd(opened), 0, 0};
  struct stat status {};
  if (::fstat(opened, &status) != 0) return failed(errno);
  if (status.st_dev != found.device || status.st_ino != found.inode) return failed(ESTALE);
  directory.bytes = blocks_of(status);
  // What may be read may still not be changed or searched.
  if ((status.st_mode & S_IRWXU) != S_IRWXU && status.st_uid == removal.owner) {
    if (::fchmod(opened, (status.st_mode & 07777) | S_IRWXU) != 0) return failed(errno);
    ++count.changes;
  }
  return directory;
}

int remove_file(Removal& removal, int directory, const char* name, const struct stat& status,
                RemovalCount& count) {
  return status.st_nlink > 1 ? unlink_one_of_several(removal, directory, name, count)
                             : unlink_counted(directory, name, status, count);
}

bool remove_entry(Removal& removal, int directory, const char* name, dev_t device,
                  const PathOf& path_of, RemovalCount& count, std::vector<Found>& directories) {
  struct stat status {};
  int failed = scan::stat_at(directory, name, status);
  if (failed == ENOENT) return true;
  if (failed == 0 && status.st_dev != device) failed = EXDEV;
  if (failed == 0) {
    if (S_ISDIR(status.st_mode)) {
      directories.push_back({name, status.st_dev, status.st_ino});
      return true;
    }
    failed = remove_file(removal, directory, name, status, count);
  }
  if (failed != 0) removal.failures.add(path_of(name), failed);
  return failed == 0;
}

bool remove_entries(Removal& removal, int directory, dev_t device, const PathOf& path_of,
                    RemovalCount& count, std::vector<Found>& directories) {
  alignas(std::uint64_t) std::array<std::byte, 32768> buffer;
  scan::DirReader reader(directory, {});
  bool all = true;
  ssize_t got = reader.fill(buffer);
  for (; got > 0; got = reader.fill(buffer)) {
    std::span<const std::byte> filled(buffer.data(), static_cast<std::size_t>(got));
    for (scan::DirEntry entry; scan::next_entry(filled, entry);) {
      const std::string_view name = entry.name;
      if (name == "." || name == "..") continue;
      if (!remove_entry(removal, directory, entry.name, device, path_of, count, directories))
        all = false;
    }
  }
  if (got < 0) removal.failures.add(path_of(""), static_cast<int>(-got));
  return all && got == 0;
}

bool remove_directory(Removal& removal, int parent, const std::string& name, std::uint64_t bytes,
                      const PathOf& path_of, RemovalCount& count) {
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0) {
    ++count.entries;
    ++count.changes;
    count.bytes += bytes;
    return true;
  }
  if (errno == ENOENT) return true;
  const int failed = errno == ENOTDIR ? ESTALE : errno;
  removal.failures.add(path_of(name), failed);
  return false;
}

}  // namespace lull::clean
