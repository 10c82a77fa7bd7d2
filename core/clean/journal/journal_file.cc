// SPDX-License-Identifier: MIT
#include "core/clean/journal/journal_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "core/base/clock.h"
#include "core/base/unique_fd.h"

namespace lull::clean {
namespace {

constexpr const char* kOpening = "opening the journal";

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

base::Status make_directory(const std::string& directory) {
  std::error_code error;
  const bool created = std::filesystem::create_directories(directory, error);
  if (error) return base::fail_errno(error.value(), directory, kOpening);
  if (created) std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  return {};
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

// "journal.db.damaged-20261124T040506Z", with a number behind if there is one of that second.
std::string free_name(const std::string& path) {
  std::string time = base::format_rfc3339(base::system_clock().wall_now()).substr(0, 19);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  const std::string name = path + ".damaged-" + time + "Z";
  std::string candidate = name;
  for (int number = 2; exists(candidate); ++number) candidate = name + "-" + std::to_string(number);
  return candidate;
}

}  // namespace

base::Status prepare_journal_file(const std::string& path) {
  LULL_TRY(make_directory(directory_of(path)));
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return base::fail(base::ErrorCode::kInvalidArgument, "not a regular file", path);
  // SQLite would create it with the umask; its log and index take their mode from it.
  const base::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600));
  if (!fd) return base::fail_errno(errno, path, kOpening);
  return {};
}

base::Result<base::UniqueFd> lock_journal_directory(const std::string& path) {
  const std::string directory = directory_of(path);
  base::UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return base::fail_errno(errno, directory, kOpening);
  while (::flock(fd.get(), LOCK_EX) != 0)
    if (errno != EINTR) return base::fail_errno(errno, directory, kOpening);
  return fd;
}

base::Result<std::string> set_journal_aside(const std::string& path) {
  const std::string aside = free_name(path);
  if (::rename(path.c_str(), aside.c_str()) != 0)
    return base::fail_errno(errno, path, "setting the damaged journal aside");
  for (const char* suffix : {"-wal", "-shm"})
    if (exists(path + suffix) && ::rename((path + suffix).c_str(), (aside + suffix).c_str()) != 0)
      return base::fail_errno(errno, path + suffix, "setting the damaged journal aside");
  return aside;
}

}  // namespace lull::clean
