// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/scan/dir_reader.h"
#include "core/scan/open_files.h"
#include "core/scan/parallel.h"
#include "core/scan/walker.h"

namespace lull::scan {
namespace {

// Another user's process, or one that has ended, has nothing to show; without a descriptor left
// nobody can tell.
bool may_look_no_further() { return errno != EMFILE && errno != ENFILE && errno != ENOMEM; }

// `see` hears the open directory and a name in it. False: it cannot be told what is in it.
template <class See>
bool for_each_number(int parent, const char* name, See see) {
  const base::UniqueFd fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return may_look_no_further();
  alignas(std::uint64_t) std::array<std::byte, 16 * 1024> buffer;
  DirReader reader(fd.get(), {});
  for (ssize_t got = reader.fill(buffer); got > 0; got = reader.fill(buffer)) {
    std::span<const std::byte> filled(buffer.data(), static_cast<std::size_t>(got));
    for (DirEntry entry; next_entry(filled, entry);)
      if (entry.name[0] >= '0' && entry.name[0] <= '9') see(fd.get(), entry.name);
  }
  return true;
}

// What one task has found. Files that are mapped are only named: many processes map the same.
struct Findings {
  bool complete = true;
  std::vector<FileKey> open;
  std::unordered_set<std::string> mapped;
};

// What a link of /proc or a path leads to, without asking a server for fresh attributes: it may be
// dead. 0, or an errno.
int add_target(int parent, const char* name, bool skip_directories, std::vector<FileKey>& open) {
  struct statx status {};
  if (::statx(parent, name, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO,
              &status) != 0)
    return errno;
  const bool directory = S_ISDIR(status.stx_mode);
  if (directory ? !skip_directories : S_ISREG(status.stx_mode))
    open.push_back({makedev(status.stx_dev_major, status.stx_dev_minor), status.stx_ino});
  return 0;
}

// The lines of a file of /proc, but for one that is longer than any is. False as above.
template <class See>
bool for_each_line(int parent, const char* name, See see) {
  const base::UniqueFd fd(::openat(parent, name, O_RDONLY | O_CLOEXEC));
  if (!fd) return may_look_no_further();
  std::array<char, 16 * 1024> buffer;
  std::size_t kept = 0;  // the beginning of a line whose end is still to come
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer.data() + kept, buffer.size() - kept);
    if (got <= 0) return true;
    std::string_view text(buffer.data(), kept + static_cast<std::size_t>(got));
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      see(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    kept = text.size() < buffer.size() ? text.size() : 0;
    std::memmove(buffer.data(), text.data(), kept);
  }
}

// The kernel writes a newline of a path as "\012" and leaves backslashes alone (seq_file_path() in
// fs/proc/task_mmu.c): such a text may mean either.
std::string with_newlines(std::string path) {
  constexpr std::string_view kEscape = "\\012";
  for (std::size_t at = path.find(kEscape); at != std::string::npos; at = path.find(kEscape, at))
    path.replace(at, kEscape.size(), "\n");
  return path;
}

// Lines are "from-to perms offset major:minor inode   path". The device of the line is not the one
// of stat on btrfs, hence the path.
bool add_mapped(int process, std::unordered_set<std::string>& mapped) {
  std::string before;  // a file's mappings follow each other
  return for_each_line(process, "maps", [&](std::string_view line) {
    const std::size_t path = line.find('/');
    if (path == std::string_view::npos || line.substr(path) == before) return;
    before = line.substr(path);
    mapped.insert(before);
    if (before.find('\\') != std::string::npos) mapped.insert(with_newlines(before));
  });
}

// False: it cannot be told what this process uses.
bool add_process(int proc, const char* pid, bool is_self, Findings& findings) {
  const base::UniqueFd process(::openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!process) return may_look_no_further();
  const auto add = [&](int parent, const char* name) {
    return add_target(parent, name, is_self, findings.open);
  };
  if (!for_each_number(process.get(), "fd", add)) return false;
  // A thread of the kernel has no program: it works nowhere, and no memory of its own maps a file.
  if (add(process.get(), "exe") == ENOENT) return true;
  for (const char* name : {"cwd", "root"}) add(process.get(), name);
  return add_mapped(process.get(), findings.mapped);
}

// Each mapped file once, whichever tasks have met it.
OpenFiles united(std::vector<Findings>& all) {
  for (std::size_t i = 1; i < all.size(); ++i) all.front().mapped.merge(all[i].mapped);
  std::vector<FileKey>& open = all.front().open;
  for (const std::string& name : all.front().mapped)
    add_target(AT_FDCWD, name.c_str(), false, open);
  OpenFiles files;
  for (const Findings& findings : all)
    for (const FileKey& key : findings.open) files.add(key.device, key.inode);
  return files;
}

}  // namespace

std::optional<OpenFiles> find_open_files(const platform::SystemRoots& roots,
                                         const WalkOptions& options) {
  std::vector<std::string> processes;
  for_each_number(AT_FDCWD, roots.proc.c_str(),
                  [&](int, const char* pid) { processes.emplace_back(pid); });
  const base::UniqueFd proc(::open(roots.proc.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  // A table that has not even this process in it says nothing.
  if (processes.empty() || !proc) return std::nullopt;
  const std::string self = std::to_string(::getpid());
  std::vector<Findings> all(walk_width(options));
  const auto look = [&](unsigned slot, std::size_t index) {
    const std::string& pid = processes[index];
    if (!add_process(proc.get(), pid.c_str(), pid == self, all[slot])) all[slot].complete = false;
  };
  if (!for_each_index(processes.size(), options, look)) return std::nullopt;
  for (const Findings& findings : all)
    if (!findings.complete) return std::nullopt;
  return united(all);
}

}  // namespace lull::scan
