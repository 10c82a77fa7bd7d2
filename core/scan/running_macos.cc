// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <libproc.h>
#include <sys/proc_info.h>
#include <sys/sysctl.h>

#include "core/scan/running.h"
#include "core/scan/running_names.h"

namespace lull::scan {
namespace {

using detail::Names;

// As much as the arguments of a process may be; 1 MiB. A smaller buffer would not get their
// beginning.
std::string procargs_buffer() {
  std::array<int, 2> name = {CTL_KERN, KERN_ARGMAX};
  int most = 0;
  std::size_t size = sizeof most;
  if (::sysctl(name.data(), name.size(), &most, &size, nullptr, 0) != 0 || most <= 0) return {};
  return std::string(static_cast<std::size_t>(most), '\0');
}

std::string_view read_procargs(pid_t pid, std::string& buffer) {
  std::array<int, 3> name = {CTL_KERN, KERN_PROCARGS2, pid};
  std::size_t size = buffer.size();
  if (::sysctl(name.data(), name.size(), buffer.data(), &size, nullptr, 0) != 0) return {};
  return {buffer.data(), size};
}

// False if a process of ours is there but cannot be looked at.
bool add_process(pid_t pid, uid_t uid, std::string& buffer, Names& names) {
  proc_bsdinfo info{};
  const int got = ::proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, &info, sizeof info);
  if (got != static_cast<int>(sizeof info)) return errno == ESRCH || errno == EPERM;
  if (info.pbi_uid != uid) return true;
  detail::add_name({info.pbi_comm, ::strnlen(info.pbi_comm, sizeof info.pbi_comm)}, names);
  detail::add_name({info.pbi_name, ::strnlen(info.pbi_name, sizeof info.pbi_name)}, names);
  std::array<char, PROC_PIDPATHINFO_MAXSIZE> path{};
  const int length = ::proc_pidpath(pid, path.data(), path.size());
  if (length > 0) detail::add_program({path.data(), static_cast<std::size_t>(length)}, names);
  detail::add_command_line(detail::words_of_procargs(read_procargs(pid, buffer)), names);
  return true;
}

// nullopt if processes cannot be listed, or one of ours hides.
std::optional<Names> read_process_names(uid_t uid) {
  const int about = ::proc_listpids(PROC_UID_ONLY, uid, nullptr, 0);  // bytes
  if (about <= 0) return std::nullopt;
  // Room for those that start meanwhile; a full answer may be a cut one.
  std::vector<pid_t> pids(static_cast<std::size_t>(about) / sizeof(pid_t) * 2 + 64);
  const int room = static_cast<int>(pids.size() * sizeof(pid_t));
  const int got = ::proc_listpids(PROC_UID_ONLY, uid, pids.data(), room);
  if (got <= 0 || got >= room) return std::nullopt;
  pids.resize(static_cast<std::size_t>(got) / sizeof(pid_t));
  Names names;
  std::string buffer = procargs_buffer();
  for (const pid_t pid : pids)
    if (pid > 0 && !add_process(pid, uid, buffer, names)) return std::nullopt;
  return names;
}

}  // namespace

std::function<Running(const std::vector<std::string>&)> make_running_probe(platform::SystemRoots,
                                                                           uid_t uid) {
  struct State {
    bool read = false;
    std::optional<Names> names;
  };
  return [state = std::make_shared<State>(), uid](const std::vector<std::string>& wanted) {
    if (!std::exchange(state->read, true)) state->names = read_process_names(uid);
    if (!state->names) return Running::kUnknown;
    constexpr std::size_t kKept = MAXCOMLEN;  // bytes of a command name, by the kernel
    return detail::is_among(*state->names, wanted, kKept) ? Running::kYes : Running::kNo;
  };
}

// There is no Flatpak here.
std::function<Running(const std::string&)> make_flatpak_probe(platform::SystemRoots, uid_t) {
  return [](const std::string&) { return Running::kUnknown; };
}

}  // namespace lull::scan
