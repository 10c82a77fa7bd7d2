// SPDX-License-Identifier: MIT
// Processes, recorded and real ones.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sched.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/bytes.h"
#include "core/base/unique_fd.h"
#include "core/platform/process_probe.h"
#include "tests/core/platform/fixture.h"
#include "tests/support/temp_dir.h"

namespace lull::platform {
namespace {

using base::UniqueFd;
using model::ProcessId;
using model::RawProcess;
using support::TempDir;
using testing::ElementsAre;
using testing::HasSubstr;

std::optional<RawProcess> find(const std::vector<RawProcess>& rows, pid_t pid) {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const RawProcess& row) { return row.id.pid == pid; });
  return found == rows.end() ? std::nullopt : std::optional(*found);
}
std::vector<pid_t> pids(const std::vector<RawProcess>& rows) {
  std::vector<pid_t> list;
  for (const RawProcess& row : rows) list.push_back(row.id.pid);
  return list;
}
std::vector<RawProcess> listed(ProcessProbe& probe) {
  std::vector<RawProcess> rows;
  const auto status = probe.list(rows);
  EXPECT_TRUE(status) << status.error().to_string();
  return rows;
}
std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    ++count;
  return count;
}

// A child that sleeps until it is told to end; killed and reaped with its owner.
class Child {
 public:
  explicit Child(const char* name = "sleeper", std::optional<pid_t> pid = {}) {
    std::array<int, 2> ready{};
    EXPECT_EQ(::pipe2(ready.data(), O_CLOEXEC), 0);
    pid_ = pid ? fork_as(*pid) : ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::prctl(PR_SET_NAME, name);
      [[maybe_unused]] const ssize_t told = ::write(ready[1], "x", 1);
      for (;;) ::pause();
    }
    ::close(ready[1]);
    char byte = 0;
    EXPECT_TRUE(pid_ <= 0 || ::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
  }
  ~Child() { end(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  pid_t pid() const { return pid_; }

 private:
  // A process with a pid of our choice; needs CAP_CHECKPOINT_RESTORE.
  static pid_t fork_as(pid_t pid) {
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    arguments.set_tid = reinterpret_cast<std::uintptr_t>(&pid);
    arguments.set_tid_size = 1;
    return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
  }
  pid_t pid_ = -1;
};

TEST(RecordedProcesses, AreListedByPidWithTheirOddNames) {
  const auto probe = make_process_probe(golden_roots("processes"));
  const auto rows = listed(*probe);
  EXPECT_THAT(pids(rows), ElementsAre(1, 2, 33, 412, 1000, 1001, 1002, 1003));
  EXPECT_EQ(find(rows, 412)->name, "Web Content) S 1 (x");
  EXPECT_EQ(find(rows, 1002)->name, "gone");
  EXPECT_EQ(find(rows, 2)->resident_bytes, 0u);
}

TEST(RecordedProcesses, StartAtBootPlusTheirTicks) {
  const auto probe = make_process_probe(golden_roots("processes"));
  const auto rows = listed(*probe);
  const auto ticks = ::sysconf(_SC_CLK_TCK);
  EXPECT_EQ(probe->started_at(find(rows, 412)->id),
            base::WallTime(std::chrono::seconds(1767600000 + 90000 / ticks)));
}

TEST(RecordedProcesses, HaveAProportionalSizeOnlyIfTheyAreTheOnesMeant) {
  const auto probe = make_process_probe(golden_roots("processes"));
  EXPECT_EQ(probe->proportional_bytes({412, 90000}).value_or(0), 201500 * base::kKiB);
  EXPECT_EQ(probe->proportional_bytes({412, 90001}).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(probe->proportional_bytes({77, 1}).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(probe->proportional_bytes({1, 2}).error().code, base::ErrorCode::kUnavailable);
}

TEST(RecordedProcesses, ThatCannotBeUnderstoodAreLeftOut) {
  const TempDir root;
  root.write("proc/1/stat", golden_text("processes/proc/1/stat"));
  root.write("proc/2/stat", "2 (half");
  root.write("proc/3/stat", "");
  std::filesystem::create_directories(root / "proc/4/stat");
  std::filesystem::create_directories(root / "proc/5");
  root.write("proc/6x/stat", golden_text("processes/proc/33/stat"));
  root.write("proc/99999999999999999999/stat", golden_text("processes/proc/33/stat"));
  root.write("proc/7", "not a directory");
  std::filesystem::create_symlink("nowhere", root / "proc/8");
  const auto probe = make_process_probe({root / "proc", root / "sys"});
  EXPECT_THAT(pids(listed(*probe)), ElementsAre(1));
  EXPECT_EQ(probe->started_at({1, 1}), std::nullopt);
}

TEST(RecordedProcesses, WithoutAProcFileSystemAreAnErrorThatNamesIt) {
  const TempDir root;
  std::vector<RawProcess> rows(2);
  const auto status = make_process_probe({root / "proc", root / "sys"})->list(rows);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, base::ErrorCode::kNotFound);
  EXPECT_THAT(status.error().to_string(), HasSubstr(root / "proc"));
}

TEST(RecordedProcesses, ThatVanishAreGoneAndThoseThatComeAreThere) {
  const TempDir root;
  const auto write = [&](int pid) {
    std::string text = golden_text("processes/proc/1/stat");
    text.replace(0, 1, std::to_string(pid));
    root.write("proc/" + std::to_string(pid) + "/stat", text);
  };
  for (const int pid : {3, 5, 7, 9}) write(pid);
  const auto probe = make_process_probe({root / "proc", root / "sys"});
  EXPECT_THAT(pids(listed(*probe)), ElementsAre(3, 5, 7, 9));
  std::filesystem::remove_all(root / "proc/3");
  std::filesystem::remove_all(root / "proc/7");
  for (const int pid : {1, 6, 10}) write(pid);
  EXPECT_THAT(pids(listed(*probe)), ElementsAre(1, 5, 6, 9, 10));
  for (const int pid : {1, 5, 6, 9, 10})
    std::filesystem::remove_all(root / ("proc/" + std::to_string(pid)));
  EXPECT_THAT(pids(listed(*probe)), ElementsAre());
}

TEST(RealProcesses, HoldThisOne) {
  const auto probe = make_process_probe({});
  const auto rows = listed(*probe);
  const auto self = find(rows, ::getpid());
  ASSERT_TRUE(self);
  EXPECT_EQ(self->uid, ::geteuid());
  EXPECT_GT(self->resident_bytes, base::kMiB);
  EXPECT_GE(self->threads, 1u);
  EXPECT_TRUE(std::string("lull_core_platform_tests").starts_with(self->name)) << self->name;
  EXPECT_GT(probe->proportional_bytes(self->id).value_or(0), base::kMiB);
}

TEST(RealProcesses, MayHaveNamesThatLookLikeTheRestOfTheLine) {
  Child child("a) R 1 (b c");
  const auto probe = make_process_probe({});
  for (int round = 0; round < 2; ++round)
    EXPECT_EQ(find(listed(*probe), child.pid()).value_or(RawProcess{}).name, "a) R 1 (b c");
}

TEST(RealProcesses, VanishBetweenListings) {
  Child child;
  const auto probe = make_process_probe({});
  const auto id = find(listed(*probe), child.pid()).value_or(RawProcess{}).id;
  ASSERT_EQ(id.pid, child.pid());
  child.end();
  EXPECT_FALSE(find(listed(*probe), id.pid));
  EXPECT_EQ(probe->proportional_bytes(id).error().code, base::ErrorCode::kNotFound);
}

TEST(RealProcesses, StartBetweenListings) {
  const auto probe = make_process_probe({});
  for (int round = 0; round < 25; ++round) {
    listed(*probe);
    listed(*probe);
    Child child;
    EXPECT_TRUE(find(listed(*probe), child.pid())) << round;
    EXPECT_TRUE(find(listed(*probe), child.pid())) << round;
  }
}

TEST(RealProcesses, WithAPidUsedAgainAreOthers) {
  const auto probe = make_process_probe({});
  Child first("first");
  std::optional<RawProcess> before;
  for (int round = 0; round < 4; ++round) before = find(listed(*probe), first.pid());
  ASSERT_TRUE(before);
  first.end();
  // Start times have the granularity of ticks: try until the clock has gone on.
  for (int attempt = 0; attempt < 100'000; ++attempt) {
    Child second("second", before->id.pid);
    if (second.pid() < 0) GTEST_SKIP() << "pids cannot be chosen here";
    const auto after = find(listed(*probe), before->id.pid);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->name, "second");
    if (after->id.start_ticks == before->id.start_ticks) continue;
    EXPECT_NE(after->id, before->id);
    EXPECT_EQ(probe->proportional_bytes(before->id).error().code, base::ErrorCode::kNotFound);
    EXPECT_TRUE(probe->proportional_bytes(after->id));
    return;
  }
  FAIL() << "the clock stands still";
}

// A child that does `at_once`, says so, and then `when_told`.
class Worker {
 public:
  Worker(const std::function<void()>& at_once, const std::function<void()>& when_told) {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()), 0);
    pid_ = ::fork();
    if (pid_ != 0) {
      wait();
      return;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    at_once();
    char byte = 'x';
    for (; ::write(ends_[1], &byte, 1) == 1 && ::read(ends_[1], &byte, 1) == 1;) when_told();
    ::_exit(0);
  }
  ~Worker() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    for (const int end : ends_) ::close(end);
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  void tell() {
    EXPECT_EQ(::write(ends_[0], "x", 1), 1);
    wait();
  }
  pid_t pid() const { return pid_; }

 private:
  void wait() {
    char byte = 0;
    EXPECT_EQ(::read(ends_[0], &byte, 1), 1);
  }
  std::array<int, 2> ends_{};
  pid_t pid_ = -1;
};

TEST(RealProcesses, ThatSleptAndRunAgainAreReadAnew) {
  Worker worker([] { ::prctl(PR_SET_NAME, "asleep"); },
                [] {
                  ::prctl(PR_SET_NAME, "awake");
                  std::thread([] { ::pause(); }).detach();
                });
  const auto probe = make_process_probe({});
  for (int round = 0; round < 4; ++round) {
    const auto row = find(listed(*probe), worker.pid());
    ASSERT_TRUE(row) << round;
    EXPECT_EQ(row->name, "asleep") << round;
    EXPECT_EQ(row->threads, 1u) << round;
  }
  worker.tell();
  for (unsigned threads = 2; threads < 4; ++threads, worker.tell()) {
    const auto row = find(listed(*probe), worker.pid());
    ASSERT_TRUE(row);
    EXPECT_EQ(row->name, "awake");
    EXPECT_EQ(row->threads, threads);
  }
}

// What is mapped of a file that somebody else makes shorter is taken out of memory.
TEST(RealProcesses, ThatSleepAreAsSmallAsOthersMadeThem) {
  constexpr std::size_t kBytes = 8 * base::kMiB;
  const UniqueFd file(::memfd_create("mapped", MFD_CLOEXEC));
  ASSERT_EQ(::ftruncate(file.get(), kBytes), 0);
  Worker worker(
      [&] {
        void* bytes = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
        if (bytes == MAP_FAILED) ::_exit(1);
        std::memset(bytes, 1, kBytes);
      },
      [] {});
  const auto probe = make_process_probe({});
  std::optional<RawProcess> before;
  for (int round = 0; round < 4; ++round) before = find(listed(*probe), worker.pid());
  ASSERT_TRUE(before);
  EXPECT_GE(before->resident_bytes, kBytes);
  ASSERT_EQ(::ftruncate(file.get(), 0), 0);
  const auto after = find(listed(*probe), worker.pid());
  ASSERT_TRUE(after);
  EXPECT_EQ(after->cpu_time_ns, before->cpu_time_ns);
  EXPECT_LE(after->resident_bytes, before->resident_bytes - kBytes * 7 / 8);
}

TEST(RealProcesses, BelongToTheirEffectiveUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  std::array<int, 2> done{};
  ASSERT_EQ(::pipe2(done.data(), O_CLOEXEC), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    // Changing the user also makes the process one that may not be dumped: its files are root's.
    if (::setresuid(1234, 1234, 1234) != 0) ::_exit(1);
    [[maybe_unused]] const ssize_t told = ::write(done[1], "x", 1);
    for (;;) ::pause();
  }
  ::close(done[1]);
  char byte = 0;
  EXPECT_EQ(::read(done[0], &byte, 1), 1);
  EXPECT_EQ(find(listed(*make_process_probe({})), pid).value_or(RawProcess{}).uid, 1234u);
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  ::close(done[0]);
}

TEST(RealProcesses, ThatChangeTheirUserAreFoundOut) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  std::array<int, 2> go{};
  std::array<int, 2> done{};
  ASSERT_EQ(::pipe2(go.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(done.data(), O_CLOEXEC), 0);
  const pid_t pid = ::fork();
  char byte = 0;
  if (pid == 0) {
    if (::read(go[0], &byte, 1) != 1 || ::setresuid(1234, 1234, 1234) != 0) ::_exit(1);
    [[maybe_unused]] const ssize_t told = ::write(done[1], "x", 1);
    for (;;) ::pause();
  }
  const auto probe = make_process_probe({});
  EXPECT_EQ(find(listed(*probe), pid).value_or(RawProcess{}).uid, 0u);
  ASSERT_EQ(::write(go[1], "x", 1), 1);
  ASSERT_EQ(::read(done[0], &byte, 1), 1);
  listed(*probe);
  EXPECT_EQ(find(listed(*probe), pid).value_or(RawProcess{}).uid, 1234u);
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  for (const int fd : {go[0], go[1], done[0], done[1]}) ::close(fd);
}

class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t limit) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const ::rlimit lower{std::min(limit, before_.rlim_max), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &lower);
  }
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  ::rlimit before_{};
};

constexpr rlim_t kReserve = 64;  // never used for what is kept

TEST(RealProcesses, AreKeptOpenOnlyWithinAThirdOfTheDescriptorsBeyondAReserve) {
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 40; ++i) children.push_back(std::make_unique<Child>());
  const DescriptorLimit limit(kReserve + 60);
  const std::size_t before = open_descriptors();
  const auto probe = make_process_probe({});
  for (int round = 0; round < 3; ++round) {
    const auto rows = listed(*probe);
    for (const auto& child : children) EXPECT_TRUE(find(rows, child->pid()));
    EXPECT_LE(open_descriptors(), before + 20 + 2);  // and /proc itself, and loadavg
    EXPECT_GE(open_descriptors(), before + 20);
  }
}

TEST(RealProcesses, AreAllListedButNotKeptOpenWhereAllDescriptorsAreReserved) {
  Child child;
  const DescriptorLimit limit(kReserve);
  const std::size_t before = open_descriptors();
  const auto probe = make_process_probe({});
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(find(listed(*probe), child.pid()));
    EXPECT_LE(open_descriptors(), before + 2);  // /proc itself, and loadavg
  }
}

TEST(RealProcesses, AreAllListedEvenIfThereIsHardlyADescriptorLeft) {
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 20; ++i) children.push_back(std::make_unique<Child>());
  const DescriptorLimit limit(kReserve + 60);
  const auto probe = make_process_probe({});
  listed(*probe);
  // Somebody takes all the rest.
  std::vector<UniqueFd> hoard;
  for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) hoard.emplace_back(fd);
  const Child* late = nullptr;
  hoard.resize(hoard.size() - 2);
  children.push_back(std::make_unique<Child>("late"));
  late = children.back().get();
  for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) hoard.emplace_back(fd);
  const auto rows = listed(*probe);
  EXPECT_TRUE(find(rows, late->pid()));
  for (const auto& child : children) EXPECT_TRUE(find(rows, child->pid()));
}

TEST(RealProcesses, AreClosedOnShedAndWhenTheyEnd) {
  const std::size_t before = open_descriptors();
  const auto probe = make_process_probe({});
  Child child;
  const auto rows = listed(*probe);
  const std::size_t kept = open_descriptors();
  EXPECT_GE(kept, before + 2);
  probe->shed();
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_TRUE(find(listed(*probe), child.pid()));
}

TEST(RealProcesses, StartedBeforeNowAndAfterTheMachine) {
  const auto probe = make_process_probe({});
  Child child;
  const auto rows = listed(*probe);
  const auto started = probe->started_at(find(rows, child.pid()).value_or(RawProcess{}).id);
  ASSERT_TRUE(started);
  const auto now = base::system_clock().wall_now();
  // The boot time is told in whole seconds.
  EXPECT_LE(*started, now + std::chrono::seconds(2));
  EXPECT_GE(*started, now - std::chrono::minutes(1));
}

}  // namespace
}  // namespace lull::platform
