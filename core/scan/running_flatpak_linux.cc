// SPDX-License-Identifier: MIT
#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <sys/stat.h>

#include "core/platform/kernel_file_linux.h"
#include "core/scan/running.h"

namespace lull::scan {
namespace {

using Ids = std::set<std::string, std::less<>>;

bool is_number(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

// "\x2d" is "-" in the names of systemd's units (systemd-escape(1)).
std::string unescaped(std::string_view text) {
  const auto digit = [](char c) {
    const std::size_t value = std::string_view("0123456789abcdef").find(c);
    return value == std::string_view::npos ? -1 : static_cast<int>(value);
  };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text.substr(i).starts_with("\\x") && i + 3 < text.size() &&
                        digit(text[i + 2]) >= 0 && digit(text[i + 3]) >= 0;
    plain += escape ? static_cast<char>(digit(text[i + 2]) * 16 + digit(text[i + 3])) : text[i];
    if (escape) i += 3;
  }
  return plain;
}

// ".../app-flatpak-org.mozilla.firefox-4711.scope".
void add_scope(std::string_view cgroup, Ids& ids) {
  constexpr std::string_view kPrefix = "/app-flatpak-", kSuffix = ".scope";
  for (std::size_t at = cgroup.find(kPrefix); at != std::string_view::npos;
       at = cgroup.find(kPrefix, at + 1)) {
    const std::string_view unit = cgroup.substr(at + kPrefix.size());
    const std::string_view name = unit.substr(0, std::min(unit.find(kSuffix), unit.size()));
    const std::size_t dash = name.rfind('-');
    ids.insert(unescaped(name.substr(0, dash)));
  }
}

// What Flatpak writes into every sandbox: "[Application]\nname=org.mozilla.firefox".
void add_info(std::string_view info, Ids& ids) {
  constexpr std::string_view kKey = "\nname=";
  const std::size_t group = info.find("[Application]");
  const std::size_t at = info.find(kKey, group == std::string_view::npos ? 0 : group);
  if (group == std::string_view::npos || at == std::string_view::npos) return;
  const std::string_view rest = info.substr(at + kKey.size());
  ids.emplace(rest.substr(0, rest.find('\n')));
}

// False if a process of ours is there but cannot be looked at.
bool add_process(const std::string& directory, uid_t uid, Ids& ids) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0 || status.st_uid != uid) return true;
  const auto cgroup = platform::read_kernel_file(directory + "/cgroup");
  if (cgroup) add_scope(*cgroup, ids);
  // Without a user session of systemd there is no scope, but always this file.
  const auto info = platform::read_kernel_file(directory + "/root/.flatpak-info");
  if (info) add_info(*info, ids);
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
