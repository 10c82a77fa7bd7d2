// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/platform/kernel_file_linux.h"
#include "core/platform/psi_parse.h"
#include "core/platform/scope_probe.h"
#include "core/platform/stat_parse.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

using model::ScopeReading;
using model::ScopeState;

// A user manager nests two or three; deeper is nobody's desktop.
constexpr int kDeepestSlice = 8;
// memory.stat is made in one page (mm/memcontrol.c); pages of 16 KiB exist.
constexpr std::size_t kFileBytes = 16 * 1024;

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// The directory of one unit and room for one of its files.
class UnitFiles {
 public:
  explicit UnitFiles(int directory) : directory_(directory) {}

  // The text of a file, until the next one is read; nullopt with error() otherwise.
  std::optional<std::string_view> text(const char* name) {
    const base::UniqueFd fd(
        ::openat(directory_, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (!fd) return failed(errno);
    ssize_t got = 0;
    do {
      got = ::read(fd.get(), buffer_.data(), buffer_.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) return failed(errno);
    if (static_cast<std::size_t>(got) == buffer_.size()) return failed(EFBIG);
    return std::string_view(buffer_.data(), static_cast<std::size_t>(got));
  }
  std::optional<std::uint64_t> number(const char* name) {
    const auto found = text(name);
    const auto value = found ? to_number(*found) : std::nullopt;
    if (found && !value) failed(0);
    return value;
  }
  int error() const { return error_; }

 private:
  std::nullopt_t failed(int os_error) {
    error_ = os_error;
    return std::nullopt;
  }
  const int directory_;
  int error_ = 0;
  std::array<char, kFileBytes> buffer_;
};

// What every unit with a memory controller has. False with error() if one fails; 0: no sense.
bool read_memory(UnitFiles& files, ScopeReading& scope) {
  const auto current = files.number("memory.current");
  if (!current) return false;
  scope.current_bytes = *current;
  const auto stat = files.text("memory.stat");
  if (!stat || !parse_scope_memory(*stat, scope)) return false;
  const auto events = files.text("memory.events");
  return events && parse_scope_events(*events, scope);
}

void read_optional(UnitFiles& files, ScopeReading& scope) {
  scope.swap_bytes = files.number("memory.swap.current");
  if (const auto cpu = files.text("cpu.stat")) scope.cpu_us = parse_scope_cpu(*cpu);
  const auto pressure = files.text("memory.pressure");
  const auto psi = pressure ? parse_psi(*pressure, {}) : base::Result<model::PressureReading>{};
  if (pressure && psi) scope.stalled_avg60_percent = psi->some_avg60;
}

// A file that is missing is missing with its directory, or alone because of a missing controller.
ScopeState state_of_failure(int os_error, int parent, const char* name) {
  if (os_error == ENODEV) return ScopeState::kGone;
  if (os_error != ENOENT) return ScopeState::kUnreadable;
  struct ::stat status {};
  const bool is_there = ::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
  return is_there ? ScopeState::kNoController : ScopeState::kGone;
}

void fail(ScopeReading& scope, int os_error, int parent, const char* name) {
  scope.state = state_of_failure(os_error, parent, name);
  scope.os_error = os_error;
}

void read_unit(int parent, const char* name, ScopeReading& scope) {
  const base::UniqueFd directory(
      ::openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct ::stat status {};
  if (!directory || ::fstat(directory.get(), &status) != 0) return fail(scope, errno, parent, name);
  scope.cgroup_id = status.st_ino;
  UnitFiles files(directory.get());
  if (!read_memory(files, scope)) return fail(scope, files.error(), parent, name);
  read_optional(files, scope);
  scope.state = ScopeState::kRead;
}

class LinuxScopeProbe final : public ScopeProbe {
 public:
  LinuxScopeProbe(std::string app_slice, const base::Clock& clock)
      : app_slice_(std::move(app_slice)), clock_(clock) {}

  base::Status read(model::ScopeTree& tree) override {
    tree.taken_at = clock_.now();
    tree.omitted = 0;
    used_ = 0;
    const int fd = ::open(app_slice_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    const int os_error = fd < 0 ? errno : read_slice(fd, "", 0, tree);
    tree.scopes.resize(used_);
    if (os_error != 0) return base::fail_errno(os_error, app_slice_, "listing the user's apps");
    return {};
  }

 private:
  // Takes the descriptor. 0, or why it could not be listed.
  int read_slice(int fd, const std::string& way, int depth, model::ScopeTree& tree) {
    const std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(fd));
    if (!directory) {
      const int os_error = errno;
      ::close(fd);
      return os_error;
    }
    errno = 0;
    while (const dirent* entry = ::readdir(directory.get())) {
      if (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN)
        read_entry(fd, entry->d_name, way, depth, tree);
      errno = 0;
    }
    return errno;
  }

  void read_entry(int parent, const char* name, const std::string& way, int depth,
                  model::ScopeTree& tree) {
    const UnitKind kind = unit_kind(name);
    if (kind == UnitKind::kUnit) {
      if (ScopeReading* scope = next_row(tree, way, name)) read_unit(parent, name, *scope);
    } else if (kind == UnitKind::kSlice && depth < kDeepestSlice) {
      const int fd = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      // A slice that ended took its apps with it.
      if (fd >= 0) read_slice(fd, way + name + "/", depth + 1, tree);
    }
  }

  // A row as new, with the memory of its name kept; nullptr if there are too many.
  ScopeReading* next_row(model::ScopeTree& tree, const std::string& way, const char* name) {
    if (used_ == kMostScopes) {
      ++tree.omitted;
      return nullptr;
    }
    if (used_ == tree.scopes.size()) tree.scopes.emplace_back();
    ScopeReading& row = tree.scopes[used_++];
    std::string unit = std::move(row.unit);
    unit.assign(way).append(name);
    row = ScopeReading{};
    row.unit = std::move(unit);
    return &row;
  }

  const std::string app_slice_;
  const base::Clock& clock_;
  std::size_t used_ = 0;
};

// Looks for a terminal in a control group and those below it.
class TerminalSearch {
 public:
  explicit TerminalSearch(const std::string& proc) : proc_(proc) {}

  bool finds_one(const std::string& group, int depth = 0) {
    const auto processes = read_kernel_file(group + "/cgroup.procs");
    if (!processes) return processes.error().code != base::ErrorCode::kNotFound;
    std::string_view rest = *processes, number;
    while (take_line(rest, number))
      if (++seen_ > kMostScopeProcesses || has_one(number)) return true;
    return one_below_finds(group, depth);
  }

 private:
  bool has_one(std::string_view number) const {
    const auto stat = read_kernel_file(proc_ + "/" + std::string(number) + "/stat");
    return stat && has_controlling_terminal(*stat);
  }
  bool one_below_finds(const std::string& group, int depth) {
    const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(group.c_str()));
    if (!directory) return errno != ENOENT;
    while (const dirent* entry = ::readdir(directory.get())) {
      const std::string_view name = entry->d_name;
      if (entry->d_type != DT_DIR || name == "." || name == "..") continue;
      if (depth >= kDeepestSlice || finds_one(group + "/" + entry->d_name, depth + 1)) return true;
    }
    return false;
  }
  const std::string& proc_;
  std::size_t seen_ = 0;
};

tl::unexpected<base::Error> unavailable(std::string why) {
  return base::fail(base::ErrorCode::kUnavailable, std::move(why));
}

}  // namespace

std::unique_ptr<ScopeProbe> make_scope_probe(const std::string& app_slice,
                                             const base::Clock& clock) {
  return std::make_unique<LinuxScopeProbe>(app_slice, clock);
}

base::Result<AppSlice> own_app_slice(const SystemRoots& roots, unsigned user_id) {
  const auto cgroup = read_kernel_file(roots.proc + "/self/cgroup");
  if (!cgroup) return tl::unexpected(cgroup.error());
  const auto mounts = read_kernel_file(roots.proc + "/self/mountinfo", std::size_t{8} << 20);
  if (!mounts) return tl::unexpected(mounts.error());
  const auto place = find_memory_cgroup(*cgroup, *mounts);
  if (!place) return unavailable("no control group of ours is mounted here");
  if (place->version != CgroupVersion::kV2)
    return unavailable("memory is kept by version 1 of control groups, which has no levers");
  auto slice = find_app_slice(*place, user_id);
  if (!slice) return unavailable("we do not run in a login session of systemd");
  return std::move(*slice);
}

std::optional<std::string> app_way_of(const SystemRoots& roots, pid_t process,
                                      const std::string& app_slice) {
  const auto cgroup = read_kernel_file(roots.proc + "/" + std::to_string(process) + "/cgroup");
  const auto mounts = read_kernel_file(roots.proc + "/self/mountinfo", std::size_t{8} << 20);
  if (!cgroup || !mounts) return std::nullopt;
  const auto place = find_memory_cgroup(*cgroup, *mounts);
  if (!place || place->version != CgroupVersion::kV2 || place->directories.empty())
    return std::nullopt;
  const std::string& own = place->directories.front();
  if (!own.starts_with(app_slice + "/")) return std::nullopt;
  return own.substr(app_slice.size() + 1);
}

bool scope_has_terminal(const SystemRoots& roots, const std::string& app_slice,
                        const std::string& unit) {
  return TerminalSearch(roots.proc).finds_one(app_slice + "/" + unit);
}

}  // namespace lull::platform
