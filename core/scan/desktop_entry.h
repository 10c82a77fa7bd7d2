// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Desktop Entry Specification 1.5, as far as it says which program an entry starts.
namespace lull::scan {

struct DesktopEntry {
  std::string program;      // the first word of Exec, unquoted; "env NAME=value" before it left out
  std::string try_program;  // TryExec; empty if there is none
};

// nullopt for what is no application with a program of its own to look for: another type, no Exec,
// hidden, started by D-Bus, or not understood. Pure; safe on any bytes.
std::optional<DesktopEntry> parse_desktop_entry(std::string_view text);

// Is the program named by the entry gone? `exists` is asked about bare names; a path must be gone
// for good (dead_link.h).
bool is_broken(const DesktopEntry& entry, const std::function<bool(const std::string&)>& exists);

// Is there a program of this name in one of the directories? Also true if that cannot be told.
bool find_program(const std::string& name, const std::vector<std::string>& directories);
// Where desktops look for programs, and where people put theirs.
std::vector<std::string> program_directories(const std::string& home);

}  // namespace lull::scan
