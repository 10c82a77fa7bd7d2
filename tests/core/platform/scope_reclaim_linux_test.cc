// SPDX-License-Identifier: MIT
// Who may be asked for memory, and what the kernel may answer. Every refusal is also a look at the
// file that must not have been written.
#include <cerrno>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/platform/scope_reclaim.h"
#include "tests/support/scope_files.h"
#include "tests/support/temp_dir.h"

namespace lull::platform {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Root has no apps: then the tree is somebody's.
const unsigned kUser = ::geteuid() == 0 ? 65534 : ::geteuid();

class Reclaim : public testing::Test {
 protected:
  Reclaim() {
    add("a.scope");
    own(root_ / manager());
    own(slice());
    rules_.user_id = kUser;
    rules_.only_cgroup2 = false;
  }
  static std::string manager(unsigned user = kUser) {
    return "user@" + std::to_string(user) + ".service";
  }
  std::string slice() const { return root_ / (manager() + "/app.slice"); }
  std::string lever(const std::string& unit) const {
    return slice() + "/" + unit + "/memory.reclaim";
  }
  void add(const std::string& unit) {
    const std::string way = manager() + "/app.slice/" + unit;
    support::write_scope(root_, way);
    root_.write(way + "/cgroup.procs", "");
    own(slice() + "/" + unit);
    own(lever(unit));
  }
  static void own(const std::string& path, unsigned user = kUser) {
    if (::geteuid() != 0) return;
    ASSERT_EQ(::lchown(path.c_str(), user, user), 0);
  }
  static std::uint64_t id_of(const std::string& path) {
    struct ::stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 1;
  }
  ReclaimRequest request(const std::string& unit = "a.scope") const {
    return {unit, id_of(slice() + "/" + unit), 16 << 20, std::nullopt};
  }
  ReclaimAnswer ask(const ReclaimRequest& request) const {
    return make_scope_reclaim(slice(), rules_)->reclaim(request);
  }
  // The answer is a refusal, and nothing was written to the only lever there is.
  void expect_refused(const ReclaimRequest& request, const std::string& reason) const {
    const ReclaimAnswer answer = ask(request);
    EXPECT_EQ(answer.outcome, ReclaimOutcome::kRefused) << request.unit;
    EXPECT_THAT(answer.reason, HasSubstr(reason)) << request.unit;
    EXPECT_EQ(written(), "") << request.unit;
  }
  std::string written(const std::string& unit = "a.scope") const {
    return root_.read(manager() + "/app.slice/" + unit + "/memory.reclaim");
  }
  support::TempDir root_;
  ReclaimRules rules_;
};

TEST_F(Reclaim, WritesTheAmountAndWhatToTake) {
  EXPECT_EQ(ask(request()).outcome, ReclaimOutcome::kReclaimed);
  EXPECT_EQ(written(), "16777216");
  add("s.slice/b.service");
  auto second = request("s.slice/b.service");
  second.swappiness = 0;
  const ReclaimAnswer answer = ask(second);
  EXPECT_EQ(answer.outcome, ReclaimOutcome::kReclaimed) << answer.reason;
  EXPECT_EQ(written("s.slice/b.service"), "16777216 swappiness=0");
}

TEST_F(Reclaim, RefusesWaysThatLeadElsewhere) {
  for (const char* unit :
       {"", ".", "..", "/", "../app.slice/a.scope", "../../a.scope", "/a.scope", "a.scope/",
        "a.scope/..", "s.slice/../a.scope", "s.slice//a.scope", "./a.scope", "a.scope/b.scope",
        "a.slice", "memory", "user@1000.service/app.slice", "a.scope\n/../b.scope"}) {
    SCOPED_TRACE(unit);
    auto wrong = request();
    wrong.unit = unit;
    expect_refused(wrong, "");
  }
  auto zero = request();
  zero.unit = std::string("a.scope\0.scope", 14);
  expect_refused(zero, "zero byte");
  zero.unit = std::string(2000, 'a') + ".scope";
  expect_refused(zero, "too long");
  zero.unit = std::string(300, 'a') + ".scope";
  expect_refused(zero, "too long");
}

TEST_F(Reclaim, RefusesAmountsThatAreNone) {
  auto wrong = request();
  wrong.bytes = 0;
  expect_refused(wrong, "nothing");
  wrong.bytes = kLargestReclaim + 1;
  expect_refused(wrong, "more");
  wrong = request();
  wrong.swappiness = 201;
  expect_refused(wrong, "swappiness");
  wrong = request();
  wrong.cgroup_id = 0;
  expect_refused(wrong, "which app");
}

TEST_F(Reclaim, RefusesALinkInPlaceOfAnythingOnTheWay) {
  add("real.scope");
  fs::create_directory_symlink(slice() + "/real.scope", slice() + "/link.scope");
  expect_refused({"link.scope", id_of(slice() + "/real.scope"), 1 << 20, {}}, "link");
  add("real.slice/b.scope");
  fs::create_directory_symlink("real.slice", slice() + "/link.slice");
  expect_refused({"link.slice/b.scope", id_of(slice() + "/real.slice/b.scope"), 1 << 20, {}},
                 "link");
  fs::remove(lever("real.scope"));
  fs::create_symlink(lever("a.scope"), lever("real.scope"));
  expect_refused(request("real.scope"), "link");
  const support::TempDir elsewhere;
  fs::create_directory_symlink(root_.path(), elsewhere / "root");
  const auto answer = make_scope_reclaim(elsewhere / ("root/" + manager() + "/app.slice"), rules_)
                          ->reclaim(request());
  EXPECT_EQ(answer.outcome, ReclaimOutcome::kRefused);
  EXPECT_EQ(written(), "");
}

TEST_F(Reclaim, RefusesALeverThatIsNoPlainFileOfItsOwn) {
  add("b.scope");
  fs::remove(lever("b.scope"));
  fs::create_hard_link(lever("a.scope"), lever("b.scope"));
  expect_refused(request("b.scope"), "plain file");
  fs::remove(lever("b.scope"));
  fs::create_directory(lever("b.scope"));
  EXPECT_NE(ask(request("b.scope")).outcome, ReclaimOutcome::kReclaimed);
  fs::remove(lever("b.scope"));
  ASSERT_EQ(::mkfifo(lever("b.scope").c_str(), 0600), 0);
  own(lever("b.scope"));
  EXPECT_NE(ask(request("b.scope")).outcome, ReclaimOutcome::kReclaimed);  // and waits for nobody
  root_.write(manager() + "/app.slice/file.scope", "");
  expect_refused({"file.scope", 7, 1 << 20, {}}, "no directory");
}

TEST_F(Reclaim, RefusesAnythingThatIsNoControlGroup) {
  rules_.only_cgroup2 = true;
  expect_refused(request(), "control group");
}

TEST_F(Reclaim, RefusesEverythingForRootAndAnythingOutsideTheUsersManager) {
  rules_.user_id = 0;
  expect_refused(request(), "root");
  rules_.user_id = kUser;
  for (const std::string& place :
       {std::string("/sys/fs/cgroup"), std::string("/"), std::string(), root_.path(),
        root_ / (manager(kUser + 1) + "/app.slice"), "relative/" + manager() + "/app.slice",
        slice() + "/../app.slice", root_ / ("x" + manager() + "/app.slice")}) {
    const auto answer = make_scope_reclaim(place, rules_)->reclaim(request());
    EXPECT_EQ(answer.outcome, ReclaimOutcome::kRefused) << place;
    EXPECT_EQ(written(), "") << place;
  }
}

TEST_F(Reclaim, RefusesWhatBelongsToSomebodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to give things away";
  for (const std::string& path : {slice(), slice() + "/a.scope", lever("a.scope")}) {
    own(path, 65533);
    expect_refused(request(), "somebody else");
    own(path);
  }
  EXPECT_EQ(ask(request()).outcome, ReclaimOutcome::kReclaimed);
}

TEST_F(Reclaim, KnowsThatAUnitEndedOrThatAnotherHasItsName) {
  const auto before = request();
  fs::rename(slice() + "/a.scope", slice() + "/moved.scope");
  EXPECT_EQ(ask(before).outcome, ReclaimOutcome::kGone);
  EXPECT_EQ(ask(before).os_error, ENOENT);
  add("a.scope");
  const auto answer = ask(before);
  EXPECT_EQ(answer.outcome, ReclaimOutcome::kGone);
  EXPECT_THAT(answer.reason, HasSubstr("another app"));
  EXPECT_EQ(written(), "");
}

TEST_F(Reclaim, SaysThatTheKernelHasNoSuchLever) {
  fs::remove(lever("a.scope"));
  EXPECT_EQ(ask(request()).outcome, ReclaimOutcome::kNoLever);
  fs::remove(slice() + "/a.scope/cgroup.procs");
  EXPECT_EQ(ask(request()).outcome, ReclaimOutcome::kGone);
}

TEST_F(Reclaim, IsDeniedByThePermissionsOfTheFile) {
  fs::permissions(lever("a.scope"), fs::perms::owner_read);
  fs::permissions(root_.path(), fs::perms::all);
  // Permissions mean nothing to root, so a child asks that is nobody in particular.
  EXPECT_EXIT(
      {
        if (::geteuid() == 0 && ::setresuid(kUser, kUser, kUser) != 0) ::_exit(99);
        ::_exit(ask(request()).outcome == ReclaimOutcome::kDenied ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
  EXPECT_EQ(written(), "");
}

TEST_F(Reclaim, TellsTheAnswersOfTheKernelApart) {
  struct Case {
    int os_error;
    ReclaimOutcome outcome;
  };
  static int answer = 0;
  rules_.write = [](int, const void*, std::size_t size) -> ssize_t {
    errno = answer;
    return answer == 0 ? static_cast<ssize_t>(size) : -1;
  };
  for (const Case& c :
       {Case{0, ReclaimOutcome::kReclaimed}, Case{EAGAIN, ReclaimOutcome::kShort},
        Case{EINVAL, ReclaimOutcome::kNotAccepted}, Case{EACCES, ReclaimOutcome::kDenied},
        Case{EPERM, ReclaimOutcome::kDenied}, Case{ENOENT, ReclaimOutcome::kGone},
        Case{ENODEV, ReclaimOutcome::kGone}, Case{EINTR, ReclaimOutcome::kInterrupted},
        Case{ENOMEM, ReclaimOutcome::kFailed}, Case{EIO, ReclaimOutcome::kFailed}}) {
    answer = c.os_error;
    const ReclaimAnswer got = ask(request());
    EXPECT_EQ(got.outcome, c.outcome) << c.os_error;
    EXPECT_EQ(got.os_error, c.os_error);
    EXPECT_EQ(got.reason.empty(), c.os_error == 0) << c.os_error;
  }
  rules_.write = [](int, const void*, std::size_t) -> ssize_t { return 3; };
  EXPECT_EQ(ask(request()).outcome, ReclaimOutcome::kFailed);
}

// The real kernel's file system, where there is one: it passes for a control group, and its root is
// out of reach all the same.
TEST_F(Reclaim, TheRootOfTheMachineIsOutOfReach) {
  rules_.only_cgroup2 = true;
  for (const char* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"})
    for (const char* unit : {"", ".", "init.scope", "system.slice/cron.service"}) {
      const auto answer = make_scope_reclaim(root, rules_)->reclaim({unit, 1, 4096, std::nullopt});
      EXPECT_EQ(answer.outcome, ReclaimOutcome::kRefused) << root << "/" << unit;
    }
}

}  // namespace
}  // namespace lull::platform
