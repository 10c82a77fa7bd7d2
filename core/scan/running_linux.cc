// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/scan/running.h"
#include "core/scan/running_names.h"

namespace lull::scan {
namespace {

using detail::Names;

// The beginning of a small file of /proc; nullopt with errno.
std::optional<std::string> read_small(int process, const char* name) {
  const base::UniqueFd fd(::openat(process, name, O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::array<char, 4096> buffer;
  const ssize_t length = ::read(fd.get(), buffer.data(), buffer.size());
  if (length < 0) return std::nullopt;
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

// False if a process of ours is there but cannot be looked at.
bool add_process(int proc, const char* pid, uid_t uid, Names& names) {
  const base::UniqueFd process(::openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat status {};
  if (!process) return errno == ENOENT || errno == EACCES;
  if (::fstat(process.get(), &status) != 0 || status.st_uid != uid) return true;
  const auto command = read_small(process.get(), "comm");
  if (!command) return errno == ENOENT || errno == ESRCH;  // it has ended meanwhile
  const std::string_view name = std::string_view(*command).substr(0, command->find('\n'));
  detail::add_name(name, names);
  std::array<char, 4096> target;
  const ssize_t length = ::readlinkat(process.get(), "exe", target.data(), target.size());
  if (length > 0) {
    std::string_view program(target.data(), static_cast<std::size_t>(length));
    if (program.ends_with(" (deleted)")) program.remove_suffix(10);
    detail::add_program(program, names);
  }
  if (const auto line = read_small(process.get(), "cmdline"))
    detail::add_command_line(*line, names);
  return true;
}

// nullopt if the table is not there, has nobody in it, or hides a process of ours.
std::optional<Names> read_process_names(const std::string& proc, uid_t uid) {
  DIR* stream = ::opendir(proc.c_str());
  if (stream == nullptr) return std::nullopt;
  Names names;
  bool complete = true;
  std::size_t processes = 0;
  while (const dirent* entry = ::readdir(stream)) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    ++processes;
    if (!add_process(::dirfd(stream), entry->d_name, uid, names)) complete = false;
  }
  ::closedir(stream);
  if (!complete || processes == 0) return std::nullopt;
  return names;
}

}  // namespace

std::function<Running(const std::vector<std::string>&)> make_running_probe(
    platform::SystemRoots roots, uid_t uid) {
  struct State {
    bool read = false;
    std::optional<Names> names;
  };
  return [state = std::make_shared<State>(), roots = std::move(roots),
          uid](const std::vector<std::string>& wanted) {
    if (!std::exchange(state->read, true)) state->names = read_process_names(roots.proc, uid);
    if (!state->names) return Running::kUnknown;
    constexpr std::size_t kKept = 15;  // bytes of a command name, by the kernel
    return detail::is_among(*state->names, wanted, kKept) ? Running::kYes : Running::kNo;
  };
}

}  // namespace lull::scan
