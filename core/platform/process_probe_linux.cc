// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/platform/kernel_file_linux.h"
#include "core/platform/memory_parse.h"
#include "core/platform/process_probe.h"
#include "core/platform/stat_parse.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

using base::UniqueFd;

constexpr std::size_t kMostKept = 4096;
constexpr rlim_t kForOthers = 64;  // of the process: an agent at work with a few callers
constexpr std::size_t kDirentBytes = 16 * 1024;
// The line is under 500 bytes; what is needed ends with its 24th field.
constexpr std::size_t kStatBytes = 1024;
// A process may change its user (login, a server dropping root), mostly while it is young.
constexpr unsigned kUidEvery = 64;
// Where nothing was started since the last listing the directory is not read; at least each so many
// times it is.
constexpr unsigned kDirectoryEvery = 10;
constexpr auto kClockWasSet = std::chrono::milliseconds(500);

struct KernelDirent {  // struct linux_dirent64
  std::uint64_t inode;
  std::int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[1];
};

// A path below /proc: "1234/stat", without allocation.
class PidPath {
 public:
  PidPath(pid_t pid, std::string_view rest) {
    char* end = std::to_chars(text_.data(), text_.data() + 16, pid).ptr;
    rest.copy(end, rest.size());
    end[rest.size()] = '\0';
  }
  const char* c_str() const { return text_.data(); }

 private:
  std::array<char, 48> text_;
};

// As the kernel numbers it (MAKE_PROCESS_CPUCLOCK with CPUCLOCK_SCHED, linux/posix-timers.h).
// clock_getcpuclockid() makes the same number, and asks the kernel whether it is one: reading it
// tells as well.
clockid_t cpu_clock_of(pid_t pid) {
  constexpr unsigned kScheduled = 2;
  return static_cast<clockid_t>((~static_cast<unsigned>(pid) << 3) | kScheduled);
}

StatUnits kernel_units() {
  return {1'000'000'000ull / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)),
          static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))};
}

std::size_t allowed_to_keep() {
  struct ::rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= kForOthers) return 0;
  return std::min<std::size_t>((limit.rlim_cur - kForOthers) / 3, kMostKept);
}

class LinuxProcessProbe final : public ProcessProbe {
 public:
  explicit LinuxProcessProbe(const SystemRoots& roots)
      : root_(roots.proc), units_(kernel_units()) {}

  base::Status list(std::vector<model::RawProcess>& out) override {
    LULL_TRY(open_root());
    LULL_TRY(find_pids());
    allowed_ = allowed_to_keep();
    next_.clear();
    std::size_t rows = 0;
    auto known = entries_.begin();
    for (const pid_t pid : pids_) {
      for (; known != entries_.end() && known->row.id.pid < pid; ++known) drop(*known);
      const bool is_known = known != entries_.end() && known->row.id.pid == pid;
      next_.push_back(is_known ? std::move(*known++) : Entry(pid));
      if (!read_entry(next_.back())) {
        drop(next_.back());
        next_.pop_back();
        continue;
      }
      if (rows == out.size()) out.emplace_back();
      out[rows++] = next_.back().row;
    }
    for (; known != entries_.end(); ++known) drop(*known);
    out.resize(rows);
    entries_.swap(next_);
    next_.clear();
    return {};
  }

  base::Result<std::uint64_t> proportional_bytes(const model::ProcessId& id) override {
    LULL_TRY(open_root());
    const std::string path = root_ + "/" + std::to_string(id.pid) + "/smaps_rollup";
    // Opened before the identity is checked: what is opened belongs to the process checked after.
    auto file = KeptFile::open(path);
    if (!is_alive(id)) return base::fail(base::ErrorCode::kNotFound, "the process has ended", path);
    if (!file && file.error().os_error == ENOENT)
      return base::fail(base::ErrorCode::kUnavailable, "the kernel has no smaps_rollup", path);
    if (!file) return tl::unexpected(std::move(file).error());
    std::array<char, 2048> buffer;
    const auto text = file->read_all(buffer);
    if (!text) return tl::unexpected(text.error());
    const auto rollup = parse_smaps_rollup(*text, path);
    if (!rollup) return tl::unexpected(rollup.error());
    return rollup->proportional;
  }

  std::optional<base::WallTime> started_at(const model::ProcessId& id) override {
    refresh_boot_time();
    if (!boot_time_) return std::nullopt;
    const std::chrono::seconds boot(*boot_time_);
    const std::chrono::nanoseconds since(id.start_ticks * units_.ns_per_tick);
    return base::WallTime(boot) + std::chrono::duration_cast<std::chrono::milliseconds>(since);
  }

  void shed() override {
    // Not "= {}": that is an empty initializer list, and keeps the memory.
    entries_ = std::vector<Entry>();
    next_ = std::vector<Entry>();
    pids_ = std::vector<pid_t>();
    dirents_ = std::vector<char>();
    kept_ = 0;
    last_started_.reset();
    loadavg_.reset();
    proc_.reset();
  }

 private:
  enum class Kept : bool { kStat, kStatm };
  struct Entry {
    explicit Entry(pid_t pid) { row.id.pid = pid; }
    model::RawProcess row;
    UniqueFd file;  // none: over the limit, opened each time
    Kept kept = Kept::kStat;
    std::optional<std::uint64_t> ran_ns;  // its clock just before `row` was read
    unsigned listings = 0;                // since it was found
  };

  base::Status open_root() {
    if (proc_) return {};
    proc_.reset(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!proc_) return base::fail_errno(errno, root_, "listing processes");
    // loadavg tells the last pid of the reader's namespace, and clocks are asked for by pids of it:
    // of use only if this /proc is of the same.
    const PidPath own(::getpid(), "");
    std::array<char, 32> self{};
    const ssize_t length = ::readlinkat(proc_.get(), "self", self.data(), self.size() - 1);
    is_own_namespace_ = length > 0 && std::strcmp(self.data(), own.c_str()) == 0;
    if (is_own_namespace_)
      if (auto file = KeptFile::open(root_ + "/loadavg")) loadavg_ = std::move(*file);
    return {};
  }

  // Reading the directory is a fifth of a listing. It is spared while the last pid given out is the
  // same as before: nothing was started, and what has ended says so itself.
  base::Status find_pids() {
    const std::optional<std::uint64_t> last = last_started();
    const bool nothing_new = last && last == last_started_ && ++spared_ < kDirectoryEvery;
    // Asked before the directory is read: what starts in between shows next time.
    last_started_ = last;
    if (nothing_new) {
      pids_.clear();
      for (const Entry& entry : entries_) pids_.push_back(entry.row.id.pid);
      return {};
    }
    spared_ = 0;
    return read_pids();
  }

  std::optional<std::uint64_t> last_started() const {
    if (!loadavg_) return std::nullopt;
    std::array<char, 128> buffer;
    const auto text = loadavg_->read(buffer);
    return text ? to_number(text->substr(text->rfind(' ') + 1)) : std::nullopt;
  }

  base::Status read_pids() {
    pids_.clear();
    dirents_.resize(kDirentBytes);
    if (::lseek(proc_.get(), 0, SEEK_SET) < 0) return base::fail_errno(errno, root_);
    for (;;) {
      const long got = ::syscall(SYS_getdents64, proc_.get(), dirents_.data(), dirents_.size());
      if (got < 0) return base::fail_errno(errno, root_, "listing processes");
      if (got == 0) break;
      add_pids(static_cast<std::size_t>(got));
    }
    // The kernel lists them in order; a recorded tree need not.
    if (!std::is_sorted(pids_.begin(), pids_.end())) std::sort(pids_.begin(), pids_.end());
    return {};
  }

  void add_pids(std::size_t size) {
    constexpr std::size_t kNameAt = offsetof(KernelDirent, name);
    for (std::size_t at = 0; at < size;) {
      const char* entry = dirents_.data() + at;
      unsigned short length = 0;
      std::memcpy(&length, entry + offsetof(KernelDirent, length), sizeof length);
      at += length;
      const char* name = entry + kNameAt;
      if (*name < '1' || *name > '9') continue;
      pid_t pid = 0;
      const char* end = name + std::strlen(name);
      const auto [stop, error] = std::from_chars(name, end, pid);
      if (error == std::errc{} && stop == end) pids_.push_back(pid);
    }
  }

  // False: it has vanished, or is not for us to see. What has not run since is as it was, but for
  // the memory that others may have taken from it: so its statm is enough, at half the price.
  bool read_entry(Entry& entry) {
    const std::optional<std::uint64_t> ran_ns = cpu_clock(entry.row.id.pid);
    const bool has_run = !ran_ns || ran_ns != entry.ran_ns;
    entry.ran_ns = ran_ns;
    if (!has_run && entry.file && read_quiet(entry)) {
      settle(entry);
      return true;
    }
    return read_whole(entry);
  }

  // A kept file answers ESRCH once its process has ended; the pid may be another's by now.
  bool read_whole(Entry& entry) {
    const model::ProcessId before = entry.row.id;
    const bool was_kept = entry.file && entry.kept == Kept::kStat;
    if (!was_kept || !read_stat(entry.file.get(), entry.row)) {
      drop(entry);
      UniqueFd fd = open_file(before.pid, "/stat");
      if (!fd || !read_stat(fd.get(), entry.row)) return false;
      keep(entry, std::move(fd), Kept::kStat);
    }
    if (entry.row.id != before) entry.listings = 0;
    settle(entry);
    return true;
  }

  bool read_quiet(Entry& entry) {
    if (entry.kept == Kept::kStatm) return read_statm(entry.file.get(), entry.row);
    // Opened while the process, which still answers after that, had the pid.
    UniqueFd statm = open_file(entry.row.id.pid, "/statm");
    if (!statm || !entry.file || !read_stat(entry.file.get(), entry.row)) return false;
    drop(entry);
    keep(entry, std::move(statm), Kept::kStatm);
    return true;
  }

  bool read_stat(int fd, model::RawProcess& row) const {
    std::array<char, kStatBytes> buffer;
    const ssize_t got = ::pread(fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    return parse_process_stat(text, units_, row);
  }

  // "1234 567 89 ...": pages, of which the second number are resident.
  bool read_statm(int fd, model::RawProcess& row) const {
    std::array<char, 128> buffer;
    const ssize_t got = ::pread(fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    take_word(text);
    const auto pages = to_number(take_word(text));
    if (pages) row.resident_bytes = *pages * units_.page_bytes;
    return pages.has_value();
  }

  // What the process has run since its start, all threads together, in ns: nobody needs a
  // permission for it. nullopt: it has ended, or is of another namespace.
  std::optional<std::uint64_t> cpu_clock(pid_t pid) const {
    ::timespec ran{};
    if (!is_own_namespace_ || ::clock_gettime(cpu_clock_of(pid), &ran) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(ran.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(ran.tv_nsec);
  }

  UniqueFd open_file(pid_t pid, std::string_view name) {
    const PidPath path(pid, name);
    UniqueFd fd(::openat(proc_.get(), path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd || (errno != EMFILE && errno != ENFILE)) return fd;
    // Somebody needs descriptors more than we need speed.
    allowed_ = 0;
    for (Entry& entry : next_) drop(entry);
    for (Entry& entry : entries_) drop(entry);
    return UniqueFd(::openat(proc_.get(), path.c_str(), O_RDONLY | O_CLOEXEC));
  }

  void keep(Entry& entry, UniqueFd file, Kept kept) {
    entry.file = std::move(file);
    entry.kept = kept;
    ++kept_;
  }

  // The user is completed, the file kept if there is room.
  void settle(Entry& entry) {
    const unsigned listings = entry.listings++;
    if ((listings & (listings - 1)) == 0 || listings % kUidEvery == 0) refresh_uid(entry);
    if (kept_ > allowed_) drop(entry);
  }

  // Of the directory: the files of a process that may not be dumped belong to root, whoever runs
  // it.
  void refresh_uid(Entry& entry) const {
    struct ::stat status {};
    const PidPath path(entry.row.id.pid, "");
    if (::fstatat(proc_.get(), path.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
      entry.row.uid = status.st_uid;
  }

  // Read again when the wall clock was set: the kernel then moves the boot time along.
  void refresh_boot_time() {
    const auto offset = wall_offset();
    if (boot_time_ && offset - boot_offset_ < kClockWasSet && boot_offset_ - offset < kClockWasSet)
      return;
    const auto text = read_kernel_file(root_ + "/stat", std::size_t{1} << 22);
    boot_time_ = text ? parse_boot_time(*text) : std::nullopt;
    boot_offset_ = offset;
  }

  static std::chrono::nanoseconds wall_offset() {
    ::timespec wall{}, boot{};
    ::clock_gettime(CLOCK_REALTIME, &wall);
    ::clock_gettime(CLOCK_BOOTTIME, &boot);
    return std::chrono::seconds(wall.tv_sec - boot.tv_sec) +
           std::chrono::nanoseconds(wall.tv_nsec - boot.tv_nsec);
  }

  void drop(Entry& entry) {
    if (!entry.file) return;
    entry.file.reset();
    --kept_;
  }

  bool is_alive(const model::ProcessId& id) const {
    const UniqueFd fd(
        ::openat(proc_.get(), PidPath(id.pid, "/stat").c_str(), O_RDONLY | O_CLOEXEC));
    model::RawProcess found;
    return fd && read_stat(fd.get(), found) && found.id == id;
  }

  const std::string root_;
  const StatUnits units_;
  UniqueFd proc_;
  std::vector<Entry> entries_;  // of the last listing, ascending by pid
  std::vector<Entry> next_;     // of the listing at hand
  std::vector<pid_t> pids_;
  std::vector<char> dirents_;
  std::size_t kept_ = 0;
  std::size_t allowed_ = 0;
  bool is_own_namespace_ = false;
  std::optional<KeptFile> loadavg_;
  std::optional<std::uint64_t> last_started_;  // the last pid given out before the last listing
  unsigned spared_ = 0;                        // listings since the directory was read
  std::optional<std::uint64_t> boot_time_;
  std::chrono::nanoseconds boot_offset_{};
};

}  // namespace

std::unique_ptr<ProcessProbe> make_process_probe(const SystemRoots& roots) {
  return std::make_unique<LinuxProcessProbe>(roots);
}

}  // namespace lull::platform
