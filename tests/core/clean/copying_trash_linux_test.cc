// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <functional>
#include <iostream>
#include <thread>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/clean/copying_trash.h"
#include "tests/core/clean/clean_run.h"
#include "tests/core/clean/failing_calls.h"

// Files of a file system in memory go to the trash on a disk by a copy, and back: whatever is
// killed, fails, is full, or is done to them meanwhile, each is whole in one of both places.
namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

// What belongs to a file and has to come back with it.
struct Seen {
  std::string bytes, attribute;
  mode_t mode = 0;
  uid_t owner = 0;
  gid_t group = 0;
  std::int64_t mtime_ns = 0;
  bool operator==(const Seen&) const = default;
};

class Copying : public CleanRunWorld {
 protected:
  Copying() {
    which_ = WhichTrash::kReal;
    std::string memory = "/dev/shm/lull-test-XXXXXX";
    if (::mkdtemp(memory.data()) != nullptr) root_ = memory;  // else all is on one file system
    start_over();
  }
  ~Copying() override {
    if (root_.starts_with("/dev/shm/")) fs::remove_all(root_);
  }

  void start_over() {
    journal_.reset();
    fs::remove_all(home_);
    fs::remove_all(root_);
    fs::create_directories(root_ + "/deep");
    fs::create_directories(home_ + "/.local/state");
    for (const char* part : {"/files", "/info"}) fs::create_directories(trash_path_ + part);
    planned_.clear();
    file("a", std::string(1'300'000, 'a') + "end", 0640);
    file("deep/a", "small", 0600);
    file("empty", "", 0444);
    holey("holes");
    plan_ = plan_of({root_ + "/a", root_ + "/deep/a", root_ + "/empty", root_ + "/holes"});
    for (PlanItem& item : plan_.items) item.rule = kMovedByCopy;
    seen_.clear();
    for (const PlanItem& item : plan_.items) seen_.push_back(look(item.path));
  }
  void file(const std::string& name, const std::string& bytes, mode_t mode) const {
    const std::string path = root_ + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    ::setxattr(path.c_str(), "user.origin", name.c_str(), name.size(), 0);
    const timespec times[] = {{1'700'000'000, 1}, {1'600'000'000, 123'456'789}};
    EXPECT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
  }
  void holey(const std::string& name) const {
    const base::UniqueFd fd(::open((root_ + "/" + name).c_str(), O_CREAT | O_WRONLY, 0600));
    EXPECT_EQ(::pwrite(fd.get(), "x", 1, 2 << 20), 1);
  }
  static Seen look(const std::string& path) {
    Seen seen;
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return seen;
    std::ifstream file(path, std::ios::binary);
    seen.bytes.resize(S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0);
    file.read(seen.bytes.data(), static_cast<std::streamsize>(seen.bytes.size()));
    std::array<char, 64> value{};
    const ssize_t length = ::getxattr(path.c_str(), "user.origin", value.data(), value.size());
    seen.attribute.assign(value.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    seen.mode = status.st_mode;
    seen.owner = status.st_uid;
    seen.group = status.st_gid;
    seen.mtime_ns = scan::times_of(status).mtime_ns;
    return seen;
  }

  CleanOptions copying_options() {
    CleanOptions options = clean_options();
    options.width = 1;
    options.trash.open_for = [this](dev_t,
                                    const std::string&) -> base::Result<std::unique_ptr<Trash>> {
      auto disk = open_trash();
      if (!disk) return disk;
      return make_copying_trash(*std::move(disk), {stop_, on_step_, &buffers_});
    };
    return options;
  }
  CleanResult move_all() { return run(plan_, copying_options()); }
  // Why the first of them stays; empty if it was moved.
  std::string why_a_stays() {
    const CleanResult result = move_all();
    for (const auto* items : {&result.skipped, &result.failed})
      for (const CleanedItem& item : *items)
        if (item.path == root_ + "/a") return item.reason;
    return {};
  }

  // After a kill and settling, or a failure: each is whole in exactly one place; then all come
  // back.
  void check_all() {
    guards_.fault = {};
    on_step_ = {};
    settle();
    for (std::size_t i = 0; i < plan_.items.size(); ++i) {
      const std::string& path = plan_.items[i].path;
      const std::string there = file_in_trash(path);
      EXPECT_NE(exists(path), !there.empty()) << path;
      EXPECT_TRUE(look(exists(path) ? path : there) == seen_[i]) << path << " is another";
    }
    EXPECT_THAT(value_of(journal().open_intents()), IsEmpty());
    EXPECT_THAT(value_of(journal().unfinished_runs()), IsEmpty());
    check_all_come_back();
  }
  void check_all_come_back() {
    if (const auto last = value_of(journal().last_undoable_run())) {
      const UndoResult undone = take_back(*last);
      EXPECT_THAT(undone.conflicts, IsEmpty());
      EXPECT_THAT(undone.failed, IsEmpty());
    }
    for (std::size_t i = 0; i < plan_.items.size(); ++i)
      EXPECT_TRUE(look(plan_.items[i].path) == seen_[i]) << plan_.items[i].path;
    EXPECT_THAT(trashed(), IsEmpty());
    EXPECT_EQ(entries(), 5) << "nothing is left beside the three files, deep and deep/a";
  }
  std::ptrdiff_t entries() const {
    return std::distance(fs::recursive_directory_iterator(root_),
                         fs::recursive_directory_iterator());
  }
  bool dies(const std::function<void()>& act) {
    journal_.reset();
    return in_child([&] {
             act();
             return 0;
           }) == 100;
  }
  static void die() { ::kill(::getpid(), SIGKILL); }
  void undo_last() {
    if (const auto last = value_of(journal().last_undoable_run())) (void)take_back(*last);
  }

  Plan plan_;
  std::vector<Seen> seen_;
  std::function<bool()> stop_;
  std::function<void(CopyStep)> on_step_;
  base::BufferPool buffers_{kCopyPiece, 4};
};

TEST_F(Copying, MovesToTheDiskAndBackWithAllThatBelongsToAFile) {
  const CleanResult result = move_all();
  EXPECT_EQ(result.moved.size(), 4u);
  EXPECT_EQ(entries(), 1) << "only deep is left";
  EXPECT_EQ(buffers_.idle_buffers(), 2u) << "all four files went through the same";
  for (std::size_t i = 0; i < plan_.items.size(); ++i)
    EXPECT_TRUE(look(file_in_trash(plan_.items[i].path)) == seen_[i]) << plan_.items[i].path;
  struct stat status {};
  ASSERT_EQ(::stat(file_in_trash(root_ + "/holes").c_str(), &status), 0);
  EXPECT_LT(scan::blocks_of(status), 1u << 19) << "a hole stays one";
  check_all();
}

// Runs `story` on a thread that is refused what changes owners, whoever it is; false where the
// machine allows no filter.
bool without_chown(const std::function<void()>& story) {
  bool allowed = false;
  std::thread thread([&] {
    std::array steps{
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fchown, 1, 0),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fchownat, 0, 1),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{static_cast<unsigned short>(steps.size()), steps.data()};
    allowed = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
              ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
    if (allowed) story();
  });
  thread.join();
  return allowed;
}

// lull.service takes away all that is privileged, chown among it.
TEST_F(Copying, NeedsNoChownForWhatIsOfTheUsersOwnGroup) {
  (void)journal();
  CleanResult result;
  if (!without_chown([&] { result = move_all(); })) GTEST_SKIP() << "no filters here";
  EXPECT_EQ(result.moved.size(), 4u);
  UndoResult undone;
  without_chown([&] { undone = take_back(result.run); });
  EXPECT_TRUE(undone.failed.empty());
  check_all();
}

TEST_F(Copying, DirectoriesThatAreGoneAreMadeAgain) {
  move_all();
  fs::remove_all(root_ + "/deep");
  check_all();
}

TEST_F(Copying, WhatIsThereAgainIsKeptAndSoIsTheOldOne) {
  const CleanResult result = move_all();
  std::ofstream(root_ + "/deep/a") << "another";
  const UndoResult undone = take_back(result.run);
  EXPECT_EQ(undone.conflicts.size(), 1u);
  EXPECT_EQ(look(root_ + "/deep/a").bytes, "another");
  EXPECT_EQ(look(file_in_trash(root_ + "/deep/a")).bytes, "small");
}

TEST_F(Copying, KilledAtEveryStepLosesNothing) {
  int kills = 0;
  for (const CopyStep step : {CopyStep::kCopied, CopyStep::kSetAside, CopyStep::kRemoved})
    for (int nth = 1; nth <= 4; ++nth, ++kills) {
      start_over();
      EXPECT_TRUE(dies([&] {
        int passed = 0;
        on_step_ = [&](CopyStep now) {
          if (now == step && ++passed == nth) die();
        };
        move_all();
      }));
      SCOPED_TRACE(testing::Message() << "step " << static_cast<int>(step) << ", time " << nth);
      check_all();
    }
  for (const FaultPoint point :
       {FaultPoint::kIntentsWritten, FaultPoint::kReserved, FaultPoint::kTaken,
        FaultPoint::kMovesDone, FaultPoint::kOutcomesWritten}) {
    start_over();
    EXPECT_TRUE(dies([&] {
      guards_.fault = [&](FaultPoint now) {
        if (now == point) die();
      };
      move_all();
    }));
    ++kills;
    SCOPED_TRACE(testing::Message() << "point " << static_cast<int>(point));
    check_all();
  }
  std::cout << "killed " << kills << " times\n";
}

// Between the steps, and in the midst of copying.
TEST_F(Copying, KilledAtAnyInstantOfAMoveOrAnUndoLosesNothing) {
  for (int round = 0; round < 20; ++round) {
    start_over();
    const bool is_undo = round % 2 == 1;
    if (is_undo) move_all();
    journal_.reset();
    const pid_t child = ::fork();
    if (child == 0) {
      is_undo ? undo_last() : (void)move_all();
      ::_exit(0);
    }
    for (volatile int spin = 0; spin < round * 1'200'000;) spin = spin + 1;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    SCOPED_TRACE(testing::Message() << "round " << round);
    if (is_undo) {
      settle();
      check_all_come_back();
    } else {
      check_all();
    }
    if (HasFailure()) return;
  }
}

TEST_F(Copying, EveryCallThatFailsLosesNothing) {
  for (FailingCall failing{0, EIO, false};; ++failing.nth) {
    failing.os_error = failing.nth % 2 == 0 ? EIO : ENOSPC;
    start_over();
    (void)journal();
    const auto calls = with_failing_call(
        failing, [&] { (void)clean(plan_, journal(), clock_, copying_options()); });
    if (!calls) GTEST_SKIP() << "the machine does not allow this";
    SCOPED_TRACE(testing::Message() << "call " << failing.nth << ", errno " << failing.os_error);
    // An info that could not be removed is told, and about nothing.
    for (const auto& entry : fs::directory_iterator(trash_path_ + "/info"))
      if (!exists(trash_path_ + "/files/" + entry.path().stem().string())) fs::remove(entry.path());
    check_all();
    if (HasFailure() || failing.nth > *calls) break;
  }
}

TEST_F(Copying, ADiskThatTakesNoMoreLeavesEverythingWhereItWas) {
  struct rlimit_guard {
    rlimit before{};
    rlimit_guard() {
      ::getrlimit(RLIMIT_FSIZE, &before);
      const rlimit small{1 << 20, before.rlim_max};
      ::signal(SIGXFSZ, SIG_IGN);
      ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~rlimit_guard() { ::setrlimit(RLIMIT_FSIZE, &before); }
  };
  {
    const rlimit_guard short_of_room;
    EXPECT_NE(why_a_stays(), "");
  }
  EXPECT_TRUE(look(root_ + "/a") == seen_[0]);
  check_all();
}

TEST_F(Copying, WhatIsInUseStays) {
  {
    const base::UniqueFd reader(::open((root_ + "/a").c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_NE(why_a_stays(), "");
  }
  start_over();
  const base::UniqueFd opened(::open((root_ + "/a").c_str(), O_RDONLY | O_CLOEXEC));
  void* mapped = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, opened.get(), 0);
  EXPECT_NE(why_a_stays(), "");
  ::munmap(mapped, 4096);
  EXPECT_TRUE(look(root_ + "/a") == seen_[0]);
}

TEST_F(Copying, SocketsQueuesLinksAndSecondNamesStay) {
  fs::remove(root_ + "/a");
  ASSERT_EQ(::mkfifo((root_ + "/a").c_str(), 0600), 0);
  EXPECT_NE(why_a_stays(), "");
  for (const bool planned_as_it_is : {false, true}) {
    start_over();
    fs::remove(root_ + "/a");
    if (planned_as_it_is)
      ASSERT_EQ(::mkfifo((root_ + "/a").c_str(), 0600), 0);
    else
      fs::create_symlink("/etc/passwd", root_ + "/a");
    plan_ = plan_of({root_ + "/a"});
    plan_.items[0].rule = kMovedByCopy;
    EXPECT_NE(why_a_stays(), "");
    EXPECT_TRUE(exists(root_ + "/a"));
  }
  start_over();
  fs::create_hard_link(root_ + "/a", root_ + "/second");
  EXPECT_NE(why_a_stays(), "");
}

TEST_F(Copying, WhoeverOpensItMeanwhileKeepsIt) {
  for (const CopyStep step : {CopyStep::kCopied, CopyStep::kSetAside}) {
    start_over();
    pid_t child = 0;
    on_step_ = [&](CopyStep now) {
      if (now != step || child != 0) return;
      // Asked not to wait, the kernel says no, and that the lease is to end.
      std::string path = root_ + "/a";
      if (step == CopyStep::kSetAside)
        for (const auto& entry : fs::directory_iterator(root_))
          if (entry.path().filename().string().starts_with(".")) path = entry.path().string();
      child = ::fork();
      if (child == 0) ::_exit(::open(path.c_str(), O_RDWR | O_NONBLOCK) < 0 ? 0 : 1);
      ::waitpid(child, nullptr, 0);
    };
    EXPECT_THAT(why_a_stays(), HasSubstr("opened"));
    EXPECT_TRUE(look(root_ + "/a") == seen_[0]);
    check_all();
  }
}

TEST_F(Copying, WhatIsPutUnderTheNameMeanwhileStays) {
  on_step_ = [&](CopyStep now) {
    if (now != CopyStep::kCopied || exists(root_ + "/old")) return;
    fs::rename(root_ + "/a", root_ + "/old");
    std::ofstream(root_ + "/a") << "another";
  };
  EXPECT_NE(why_a_stays(), "");
  EXPECT_EQ(look(root_ + "/a").bytes, "another");
  EXPECT_TRUE(look(root_ + "/old") == seen_[0]);
  EXPECT_EQ(file_in_trash(root_ + "/a"), "");
}

TEST_F(Copying, WhatChangesMeanwhileStays) {
  on_step_ = [&](CopyStep now) {
    if (now == CopyStep::kCopied) ::chmod((root_ + "/a").c_str(), 0604);
  };
  EXPECT_THAT(why_a_stays(), HasSubstr("changed"));
  EXPECT_EQ(look(root_ + "/a").mode & 0777, 0604u);
  EXPECT_EQ(file_in_trash(root_ + "/a"), "");
}

TEST_F(Copying, StoppedInTheMidstNothingIsHalf) {
  int asked = 0;
  stop_ = [&] { return ++asked == 3; };
  EXPECT_THAT(why_a_stays(), HasSubstr("stopped"));
  stop_ = {};
  check_all();
}

}  // namespace
}  // namespace lull::clean
