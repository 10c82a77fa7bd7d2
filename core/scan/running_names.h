// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// The names that processes go by, from what a system tells of them. Pure.
namespace lull::scan::detail {

using Names = std::set<std::string, std::less<>>;

// The kernel's command name, and its first word.
void add_name(std::string_view name, Names& names);
// The last part of the path of a program file.
void add_program(std::string_view path, Names& names);
// The words of a command line, each with a zero byte behind it: the program, and for an interpreter
// the script or module it runs.
void add_command_line(std::string_view line, Names& names);

// The ids of Flatpak's apps in the text of /proc/PID/cgroup:
// ".../app-flatpak-org.mozilla.firefox-4711.scope" (systemd-escape(1)).
void add_flatpak_scopes(std::string_view cgroup, Names& ids);
// The same in what Flatpak writes into every sandbox, .flatpak-info:
// "[Application]\nname=org.mozilla.firefox".
void add_flatpak_info(std::string_view info, Names& ids);

// Is one of the wanted names among them? Where the kernel keeps `kept` bytes of a command name, the
// beginning of a longer one counts.
bool is_among(const Names& names, const std::vector<std::string>& wanted, std::size_t kept);

// The command line in what macOS's sysctl KERN_PROCARGS2 gives: a number of words, the program's
// path, zero bytes, the words, the environment. Empty if that is not what it is.
std::string_view words_of_procargs(std::string_view bytes);

}  // namespace lull::scan::detail
