// SPDX-License-Identifier: MIT
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <sys/stat.h>

#include "core/platform/kernel_file_linux.h"
#include "core/scan/running.h"
#include "core/scan/running_names.h"

namespace lull::scan {
namespace {

using Ids = detail::Names;

bool is_number(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

// False if a process of ours is there but cannot be looked at.
bool add_process(const std::string& directory, uid_t uid, Ids& ids) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0 || status.st_uid != uid) return true;
  const auto cgroup = platform::read_kernel_file(directory + "/cgroup");
  if (cgroup) detail::add_flatpak_scopes(*cgroup, ids);
  // Without a user session of systemd there is no scope, but always this file.
  const auto info = platform::read_kernel_file(directory + "/root/.flatpak-info");
  if (info) detail::add_flatpak_info(*info, ids);
  return cgroup || ::stat(directory.c_str(), &status) != 0;  // else it has ended meanwhile
}

std::optional<Ids> running_ids(const std::string& proc, uid_t uid) {
  const auto names = platform::list_directory(proc);
  if (!names || std::none_of(names->begin(), names->end(), is_number)) return std::nullopt;
  Ids ids;
  bool complete = true;
  for (const std::string& name : *names)
    if (is_number(name) && !add_process(proc + "/" + name, uid, ids)) complete = false;
  return complete ? std::optional(std::move(ids)) : std::nullopt;
}

}  // namespace

std::function<Running(const std::string&)> make_flatpak_probe(platform::SystemRoots roots,
                                                              uid_t uid) {
  struct State {
    bool read = false;
    std::optional<Ids> ids;
  };
  return [state = std::make_shared<State>(), roots = std::move(roots), uid](const std::string& id) {
    if (!std::exchange(state->read, true)) state->ids = running_ids(roots.proc, uid);
    if (!state->ids) return Running::kUnknown;
    return state->ids->contains(id) ? Running::kYes : Running::kNo;
  };
}

}  // namespace lull::scan
