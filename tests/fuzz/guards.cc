// SPDX-License-Identifier: MIT
// Bytes of other programs that a guard reads: git's index, .desktop files, /proc/locks, the names
// of a user's directories, the beginnings of files, what processes go by.
#include <string>

#include "core/scan/desktop_entry.h"
#include "core/scan/file_format.h"
#include "core/scan/git_index.h"
#include "core/scan/held_locks.h"
#include "core/scan/running_names.h"
#include "core/scan/user_dirs.h"
#include "core/scan/versions.h"
#include "tests/fuzz/fuzz.h"

namespace {

using lull::fuzz::must;
using lull::scan::Tracking;

// What is tracked below a directory is tracked below the directory above it too; and a repository
// of which nothing is known says so for every path.
void read_index(std::string_view text) {
  const Tracking lower = lull::scan::find_in_index(text, "a/target");
  const Tracking upper = lull::scan::find_in_index(text, "a");
  must((lower == Tracking::kUnknown) == (upper == Tracking::kUnknown) ||
       lower == Tracking::kTracked || upper == Tracking::kTracked);
  must(lower != Tracking::kTracked || upper != Tracking::kNot);
  (void)lull::scan::find_in_index(text, "b", 32);
}

void read_entry(std::string_view text) {
  const auto entry = lull::scan::parse_desktop_entry(text);
  if (!entry) return;
  must(!entry->program.empty());
  // With every program there, only a path can be broken.
  const auto all = [](const std::string&) { return true; };
  const bool path = entry->program.front() == '/' || entry->try_program.starts_with('/');
  must(path || !lull::scan::is_broken(*entry, all));
}

void compare(std::string_view text) {
  const std::string_view a = text.substr(0, text.size() / 2), b = text.substr(text.size() / 2);
  must(!(lull::scan::natural_less(a, b) && lull::scan::natural_less(b, a)));
  must(a == b || lull::scan::natural_less(a, b) || lull::scan::natural_less(b, a));
}

// An app of Flatpak's goes by its id whatever else the text says.
void read_processes(const std::string& text) {
  lull::scan::detail::Names ids;
  lull::scan::detail::add_flatpak_scopes(text + "/app-flatpak-org.a.B-1.scope", ids);
  must(ids.contains("org.a.B"));
  ids.clear();
  lull::scan::detail::add_flatpak_info("[Application]\nname=org.a.B\n" + text, ids);
  must(ids.size() == 1 && ids.contains("org.a.B"));
  lull::scan::detail::add_flatpak_info(text, ids);
  must(ids.size() <= 2);
  lull::scan::detail::add_name(text, ids);
  lull::scan::detail::add_program(text, ids);
  lull::scan::detail::add_command_line(text, ids);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = lull::fuzz::text_of(data, size);
  read_index(text);
  read_entry(text);
  compare(text);
  read_processes(std::string(text));
  (void)lull::scan::parse_locks(text);
  for (const auto& directory : lull::scan::parse_user_dirs(text, "/home/u"))
    must(directory.path.starts_with('/') && directory.path.size() > 1);
  (void)lull::scan::has_format(lull::scan::FileFormat::kElfCore,
                               {reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
