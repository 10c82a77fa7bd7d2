// SPDX-License-Identifier: MIT
// Changing a settings file on disk: one writer at a time, all or nothing.
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/settings_edit.h"
#include "core/base/unique_fd.h"
#include "core/base/write_all.h"
#include "core/scan/status_values.h"

namespace lull::agent {
namespace {

constexpr auto kLockPatience = std::chrono::seconds(5);
constexpr auto kLockPause = std::chrono::milliseconds(10);
constexpr int kAttempts = 5;
constexpr mode_t kNewFileMode = 0600;

std::string directory_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : file.substr(0, slash);
}

// Where a chain of links ends, also when nothing is there yet: people link their settings into a
// repository of dotfiles, and that file is the one to change.
base::Result<std::string> follow_links(std::string file) {
  constexpr int kMostLinks = 40;
  for (int i = 0; i < kMostLinks; ++i) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(file.c_str(), target.data(), target.size());
    if (length < 0 && (errno == EINVAL || errno == ENOENT)) return file;
    if (length < 0) return base::fail_errno(errno, file, "changing settings");
    const std::string_view to(target.data(), static_cast<std::size_t>(length));
    file = to.starts_with('/') ? std::string(to) : directory_of(file) + "/" + std::string(to);
  }
  return base::fail_errno(ELOOP, std::move(file), "changing settings");
}

// Only for a place of our own; where a link of the user's leads, nothing is created but the file.
base::Status make_directory(const std::string& directory) {
  std::error_code error;
  const bool created = std::filesystem::create_directories(directory, error);
  if (error) return base::fail_errno(error.value(), directory, "creating the settings directory");
  if (created) std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  return {};
}

// Released with the descriptor. A lock on the directory leaves no lock file behind.
base::Result<base::UniqueFd> lock_directory(const std::string& directory) {
  base::UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return base::fail_errno(errno, directory, "changing settings");
  const auto give_up = std::chrono::steady_clock::now() + kLockPatience;
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return base::fail_errno(errno, directory, "changing settings");
    if (std::chrono::steady_clock::now() > give_up)
      return base::fail(base::ErrorCode::kBusy, "another program is changing the settings",
                        directory);
    std::this_thread::sleep_for(kLockPause);
  }
  return fd;
}

struct FileState {
  bool exists = false;
  struct stat status {};

  friend bool operator==(const FileState& a, const FileState& b) {
    return a.exists == b.exists && a.status.st_ino == b.status.st_ino &&
           a.status.st_dev == b.status.st_dev && a.status.st_size == b.status.st_size &&
           scan::times_of(a.status).mtime_ns == scan::times_of(b.status).mtime_ns;
  }
};

base::Result<FileState> state_of(const std::string& file) {
  FileState state;
  state.exists = ::lstat(file.c_str(), &state.status) == 0;
  if (!state.exists && errno != ENOENT) return base::fail_errno(errno, file, "changing settings");
  if (!state.exists) state.status = {};
  if (state.exists && !S_ISREG(state.status.st_mode))
    return base::fail(base::ErrorCode::kInvalidArgument, "not a regular file", file);
  // Replacing needs no permission on the file itself; read-only still means that it shall stay.
  if (state.exists && ::access(file.c_str(), W_OK) != 0)
    return base::fail_errno(errno, file, "changing settings");
  return state;
}

base::Status write_whole(int fd, std::string_view text, const std::string& file) {
  if (const int failed = base::write_all(fd, text); failed != 0)
    return base::fail_errno(failed, file, "changing settings");
  if (::fsync(fd) != 0) return base::fail_errno(errno, file, "changing settings");
  return {};
}

// The new text in a file beside the old one, as durable and as private as that is.
base::Status write_beside(const std::string& temporary, std::string_view text,
                          const FileState& old) {
  const mode_t mode = old.exists ? old.status.st_mode & 07777 : kNewFileMode;
  const base::UniqueFd fd(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return base::fail_errno(errno, temporary, "changing settings");
  if (old.exists && (old.status.st_uid != ::geteuid() || old.status.st_gid != ::getegid()) &&
      ::fchown(fd.get(), old.status.st_uid, old.status.st_gid) != 0)
    return base::fail_errno(errno, temporary, "keeping the owner of the settings");
  if (::fchmod(fd.get(), mode) != 0) return base::fail_errno(errno, temporary, "changing settings");
  return write_whole(fd.get(), text, temporary);
}

enum class Replaced { kYes, kChangedMeanwhile };

base::Result<Replaced> replace_file(const std::string& file, std::string_view text,
                                    const FileState& old, int directory) {
  const std::string temporary = file + ".new-" + std::to_string(::getpid());
  ::unlink(temporary.c_str());  // under the lock: what lies there was left by a process that died
  const base::Status written = write_beside(temporary, text, old);
  const auto now = state_of(file);
  const bool unchanged = now && *now == old;
  if (!written || !unchanged) {
    ::unlink(temporary.c_str());
    if (!written) return tl::unexpected(written.error());
    return Replaced::kChangedMeanwhile;
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return base::fail_errno(error, file, "changing settings");
  }
  if (::fsync(directory) != 0 && errno != EINVAL)
    return base::fail_errno(errno, file, "changing settings");
  return Replaced::kYes;
}

}  // namespace

base::Status set_setting(const std::string& file, std::string_view dotted_key,
                         std::string_view value) {
  const auto row = find_dotted_setting(dotted_key);
  if (!row) return tl::unexpected(row.error());
  Settings scratch;  // a bad value shall not even create a directory
  LULL_TRY(assign_setting(**row, value, scratch));
  const auto target = follow_links(file);
  if (!target) return tl::unexpected(target.error());
  if (*target == file) LULL_TRY(make_directory(directory_of(file)));
  const auto lock = lock_directory(directory_of(*target));
  if (!lock) return tl::unexpected(lock.error());
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto state = state_of(*target);
    if (!state) return tl::unexpected(state.error());
    const auto text = read_settings_file(*target);
    if (!text) return tl::unexpected(text.error());
    const auto edited = edit_settings(text->value_or(""), file, **row, value);
    if (!edited) return tl::unexpected(edited.error());
    if (*text && **text == *edited) return {};
    const auto replaced = replace_file(*target, *edited, *state, lock->get());
    if (!replaced) return tl::unexpected(replaced.error());
    if (*replaced == Replaced::kYes) return {};
  }
  return base::fail(base::ErrorCode::kBusy, "the file keeps changing", file);
}

}  // namespace lull::agent
