// SPDX-License-Identifier: MIT
#include "tests/core/clean/folder_trash.h"

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clean/trash/names.h"
#include "core/scan/peek.h"
#include "core/scan/trash_info.h"

namespace lull::clean {
namespace {

std::string encoded(const std::string& path) {
  std::string text;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    char escape[4];
    std::snprintf(escape, sizeof escape, "%%%02X", byte);
    text += (byte > 0x20 && byte < 0x7f && c != '%') ? std::string(1, c) : std::string(escape);
  }
  return text;
}

std::string info_text(const std::string& original, base::WallTime when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(when));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &local);
  return "[Trash Info]\nPath=" + encoded(original) + "\nDeletionDate=" + date + "\n";
}

}  // namespace

base::Result<std::unique_ptr<Trash>> FolderTrash::open(const std::string& path, Refuse refuse) {
  ::mkdir(path.c_str(), 0700);
  ::mkdir((path + "/files").c_str(), 0700);
  ::mkdir((path + "/info").c_str(), 0700);
  return open_existing(path, std::move(refuse));
}

base::Result<std::unique_ptr<Trash>> FolderTrash::open_existing(const std::string& path,
                                                                Refuse refuse) {
  if (const int os_error = refuse ? refuse("open") : 0; os_error != 0)
    return base::fail_errno(os_error, path, "opening the trash");
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  base::UniqueFd files(::open((path + "/files").c_str(), kFlags));
  base::UniqueFd info(::open((path + "/info").c_str(), kFlags));
  if (!files || !info) return base::fail_errno(errno, path, "opening the trash");
  return std::make_unique<FolderTrash>(path, std::move(files), std::move(info), std::move(refuse));
}

FolderTrash::FolderTrash(std::string path, base::UniqueFd files, base::UniqueFd info, Refuse refuse)
    : path_(std::move(path)),
      files_(std::move(files)),
      info_(std::move(info)),
      refuse_(std::move(refuse)) {}

dev_t FolderTrash::device() const {
  struct stat status {};
  ::fstat(files_.get(), &status);
  return status.st_dev;
}

int FolderTrash::write_info(const std::string& name, const std::string& original,
                            base::WallTime when) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  const base::UniqueFd fd(::openat(info_.get(), info_name(name).c_str(), kFlags, 0600));
  if (!fd) return errno;
  const std::string text = info_text(original, when);
  return ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : EIO;
}

base::Result<std::string> FolderTrash::reserve(std::string_view wanted, std::string_view token,
                                               const std::string& original, base::WallTime now) {
  if (const int os_error = refused("reserve"); os_error != 0)
    return base::fail_errno(os_error, path_, "reserving a name in the trash");
  if (!is_plain_path(original)) return base::fail(base::ErrorCode::kInvalidArgument, original);
  for (const std::string& name : {std::string(wanted), fallback_name(wanted, token)}) {
    if (!is_trash_name(name)) continue;
    struct stat status {};
    if (::fstatat(files_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) continue;
    const int os_error = write_info(name, original, now);
    if (os_error == 0) return name;
    if (os_error != EEXIST && os_error != ENAMETOOLONG)
      return base::fail_errno(os_error, path_, "reserving a name in the trash");
  }
  return base::fail_errno(EEXIST, path_, "reserving a name in the trash");
}

base::Status FolderTrash::take(int directory, const char* name, const std::string& reserved) {
  if (const int os_error = refused("take"); os_error != 0) return base::fail_errno(os_error);
  if (!is_trash_name(reserved)) return base::fail(base::ErrorCode::kInvalidArgument, reserved);
  if (::renameat2(directory, name, files_.get(), reserved.c_str(), RENAME_NOREPLACE) != 0)
    return base::fail_errno(errno, name, "moving to the trash");
  return {};
}

base::Status FolderTrash::release(const std::string& reserved) {
  if (const int os_error = refused("release"); os_error != 0) return base::fail_errno(os_error);
  if (!is_trash_name(reserved)) return base::fail(base::ErrorCode::kInvalidArgument, reserved);
  struct stat status {};
  if (::fstatat(files_.get(), reserved.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
    return base::fail_errno(EEXIST, reserved);
  if (::unlinkat(info_.get(), info_name(reserved).c_str(), 0) != 0 && errno != ENOENT)
    return base::fail_errno(errno, path_, "taking a reservation back");
  return {};
}

Presence FolderTrash::look_for(const std::string& name, std::uint64_t device, std::uint64_t inode) {
  if (refused("look_for") != 0) return Presence::kUnknown;
  if (name.find('/') != std::string::npos) return Presence::kNotThere;
  struct stat status {};
  if (::fstatat(files_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT ? Presence::kNotThere : Presence::kUnknown;
  return status.st_dev == device && status.st_ino == inode ? Presence::kThere : Presence::kNotThere;
}

base::Status FolderTrash::repair_info(const std::string& name, const std::string& original,
                                      base::WallTime when) {
  if (const int os_error = refused("repair_info"); os_error != 0) return base::fail_errno(os_error);
  if (!is_trash_name(name)) return base::fail(base::ErrorCode::kInvalidArgument, name);
  const auto text = scan::peek_text(info_.get(), info_name(name).c_str(), std::size_t{64} * 1024);
  if (text && scan::parse_trash_info(*text)) return {};
  ::unlinkat(info_.get(), info_name(name).c_str(), 0);
  if (const int os_error = write_info(name, original, when); os_error != 0)
    return base::fail_errno(os_error, path_, "repairing an info");
  return {};
}

base::Status FolderTrash::give_back(const TrashedItem& item, int directory, const char* name) {
  if (const int os_error = refused("give_back"); os_error != 0) return base::fail_errno(os_error);
  if (!has(item.name, item.device, item.inode)) return base::fail_errno(ENOENT, item.name);
  if (::renameat2(files_.get(), item.name.c_str(), directory, name, RENAME_NOREPLACE) != 0)
    return base::fail_errno(errno, item.original, "giving back");
  ::unlinkat(info_.get(), info_name(item.name).c_str(), 0);
  return {};
}

}  // namespace lull::clean
