// SPDX-License-Identifier: MIT
// Scripted trees of cgroups: what a user's apps look like, and what becomes of them meanwhile.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/platform/scope_probe.h"
#include "tests/core/platform/fixture.h"
#include "tests/support/manual_clock.h"
#include "tests/support/scope_files.h"
#include "tests/support/temp_dir.h"

namespace lull::platform {
namespace {

using model::ScopeReading;
using model::ScopeState;
using support::ScopeFigures;
using support::write_scope;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class ScopeProbeTest : public testing::Test {
 protected:
  const model::ScopeTree& read() {
    const auto status = probe_->read(tree_);
    EXPECT_TRUE(status) << status.error().to_string();
    return tree_;
  }
  std::vector<std::string> units() {
    std::vector<std::string> names;
    for (const ScopeReading& scope : read().scopes) names.push_back(scope.unit);
    return names;
  }
  const ScopeReading& find(const std::string& unit) {
    static const ScopeReading none;
    const auto found = std::find_if(tree_.scopes.begin(), tree_.scopes.end(),
                                    [&](const ScopeReading& scope) { return scope.unit == unit; });
    EXPECT_NE(found, tree_.scopes.end()) << unit;
    return found == tree_.scopes.end() ? none : *found;
  }
  support::TempDir root_;
  support::ManualClock clock_;
  std::unique_ptr<ScopeProbe> probe_ = make_scope_probe(root_.path(), clock_);
  model::ScopeTree tree_;
};

TEST_F(ScopeProbeTest, ReadsEveryFigureOfAnApp) {
  ScopeFigures figures;
  figures.refault_anon = 11;
  figures.refault_file = 12;
  figures.pgscan = 13;
  figures.pgsteal = 14;
  figures.high = 15;
  figures.max = 16;
  figures.oom_kill = 17;
  figures.stalled_avg60 = "1.25";
  write_scope(root_, "app-x-1.scope", figures);
  ASSERT_EQ(read().scopes.size(), 1u);
  const ScopeReading& scope = tree_.scopes[0];
  EXPECT_EQ(tree_.taken_at, clock_.now());
  EXPECT_EQ(scope.state, ScopeState::kRead);
  EXPECT_EQ(scope.unit, "app-x-1.scope");
  struct ::stat status {};
  ASSERT_EQ(::stat((root_ / "app-x-1.scope").c_str(), &status), 0);
  EXPECT_EQ(scope.cgroup_id, status.st_ino);
  EXPECT_EQ(scope.current_bytes, figures.current);
  EXPECT_EQ(scope.swap_bytes, figures.swap);
  EXPECT_EQ(scope.anonymous_bytes, figures.anon);
  EXPECT_EQ(scope.file_bytes, figures.file);
  EXPECT_EQ(scope.refaults_anonymous, 11u);
  EXPECT_EQ(scope.refaults_file, 12u);
  EXPECT_EQ(scope.pages_scanned, 13u);
  EXPECT_EQ(scope.pages_reclaimed, 14u);
  EXPECT_EQ(scope.limit_hits, 31u);
  EXPECT_EQ(scope.oom_kills, 17u);
  EXPECT_EQ(scope.cpu_us, figures.cpu_us);
  EXPECT_EQ(scope.stalled_avg60_percent, 1.25);
}

TEST_F(ScopeProbeTest, GoesThroughSlicesAndStopsAtUnits) {
  write_scope(root_, "a.scope");
  write_scope(root_, "b.service");
  write_scope(root_, "b.service/inner.scope");
  write_scope(root_, "app-gnome.slice/app-gnome-c.slice/c.service");
  root_.write("dbus.socket/memory.current", "1\n");
  root_.write("memory.current", "1\n");
  std::filesystem::create_directories(root_ / "empty.slice");
  EXPECT_THAT(units(), UnorderedElementsAre("a.scope", "b.service",
                                            "app-gnome.slice/app-gnome-c.slice/c.service"));
}

TEST_F(ScopeProbeTest, AScopeThatEndedIsAnEntryAndTheOthersAreRead) {
  write_scope(root_, "ends.scope");
  write_scope(root_, "stays.scope");
  read();
  std::filesystem::remove_all(root_ / "ends.scope");
  EXPECT_THAT(units(), UnorderedElementsAre("stays.scope"));
  // It ends while it is read: the directory is still listed, its files are not there any more.
  std::filesystem::create_directories(root_ / "ending.scope");
  EXPECT_THAT(units(), UnorderedElementsAre("stays.scope", "ending.scope"));
  EXPECT_EQ(find("ending.scope").state, ScopeState::kNoController);
  EXPECT_EQ(find("stays.scope").state, ScopeState::kRead);
}

TEST_F(ScopeProbeTest, AppsThatComeAndGoMeanwhileHarmNoReading) {
  write_scope(root_, "stays.scope");
  std::atomic<bool> done = false;
  std::thread churn([&] {
    while (!done) {
      write_scope(root_, "short.slice/short.scope");
      std::filesystem::remove_all(root_ / "short.slice");
    }
  });
  for (int i = 0; i < 500; ++i) {
    for (const ScopeReading& scope : read().scopes)
      EXPECT_TRUE(scope.unit == "stays.scope" || scope.unit == "short.slice/short.scope");
    EXPECT_EQ(find("stays.scope").state, ScopeState::kRead);
  }
  done = true;
  churn.join();
}

TEST_F(ScopeProbeTest, NothingOfAnEarlierReadingIsLeftInARowUsedAgain) {
  write_scope(root_, "a.scope");
  read();
  std::filesystem::remove_all(root_ / "a.scope");
  root_.write("b.scope/cpu.stat", "usage_usec 5\n");
  read();
  ASSERT_EQ(tree_.scopes.size(), 1u);
  EXPECT_EQ(tree_.scopes[0].unit, "b.scope");
  EXPECT_EQ(tree_.scopes[0].state, ScopeState::kNoController);
  EXPECT_EQ(tree_.scopes[0].current_bytes, 0u);
  EXPECT_EQ(tree_.scopes[0].cpu_us, std::nullopt);
  EXPECT_EQ(tree_.scopes[0].swap_bytes, std::nullopt);
}

TEST_F(ScopeProbeTest, FilesThatOnlySomeKernelsHaveMayBeMissing) {
  write_scope(root_, "a.scope");
  for (const char* file : {"memory.swap.current", "cpu.stat", "memory.pressure"})
    std::filesystem::remove(root_ / ("a.scope/" + std::string(file)));
  read();
  const ScopeReading& scope = find("a.scope");
  EXPECT_EQ(scope.state, ScopeState::kRead);
  EXPECT_EQ(scope.swap_bytes, std::nullopt);
  EXPECT_EQ(scope.cpu_us, std::nullopt);
  EXPECT_EQ(scope.stalled_avg60_percent, std::nullopt);
}

TEST_F(ScopeProbeTest, TextThatMakesNoSenseIsNoFigure) {
  for (const char* file : {"memory.current", "memory.stat", "memory.events"}) {
    write_scope(root_, "a.scope");
    root_.write("a.scope/" + std::string(file), "max\n");
    read();
    EXPECT_EQ(find("a.scope").state, ScopeState::kUnreadable) << file;
    EXPECT_EQ(find("a.scope").os_error, 0) << file;
  }
  write_scope(root_, "a.scope");
  root_.write("a.scope/memory.stat", std::string(100'000, 'x'));
  read();
  EXPECT_EQ(find("a.scope").state, ScopeState::kUnreadable);
  EXPECT_EQ(find("a.scope").os_error, EFBIG);
}

TEST_F(ScopeProbeTest, FollowsNoLinkAndWaitsForNoPipe) {
  const support::TempDir outside;
  write_scope(outside, "real.scope");
  std::filesystem::create_symlink(outside / "real.scope", root_ / "link.scope");
  std::filesystem::create_symlink(outside.path(), root_ / "link.slice");
  write_scope(root_, "a.scope");
  std::filesystem::remove(root_ / "a.scope/memory.stat");
  std::filesystem::create_symlink(outside / "real.scope/memory.stat",
                                  root_ / "a.scope/memory.stat");
  write_scope(root_, "b.scope");
  std::filesystem::remove(root_ / "b.scope/memory.current");
  ASSERT_EQ(::mkfifo((root_ / "b.scope/memory.current").c_str(), 0600), 0);
  EXPECT_THAT(units(), UnorderedElementsAre("a.scope", "b.scope"));
  EXPECT_EQ(find("a.scope").state, ScopeState::kUnreadable);
  EXPECT_EQ(find("a.scope").os_error, ELOOP);
  EXPECT_EQ(find("b.scope").state, ScopeState::kUnreadable);
}

TEST_F(ScopeProbeTest, CountsWhatIsTooMuch) {
  for (std::size_t i = 0; i < kMostScopes + 3; ++i)
    std::filesystem::create_directory(root_ / (std::to_string(i) + ".scope"));
  EXPECT_EQ(read().scopes.size(), kMostScopes);
  EXPECT_EQ(tree_.omitted, 3u);
}

TEST_F(ScopeProbeTest, EndsInADeepNestOfSlices) {
  std::string way = root_.path();
  for (int depth = 0; depth < 40; ++depth) way += "/s.slice";
  std::filesystem::create_directories(way + "/a.scope");
  EXPECT_TRUE(read().scopes.empty());
}

TEST_F(ScopeProbeTest, NamesASliceThatIsNotThere) {
  const auto status = make_scope_probe(root_ / "app.slice")->read(tree_);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, base::ErrorCode::kNotFound);
  EXPECT_THAT(status.error().to_string(), HasSubstr("app.slice"));
  EXPECT_TRUE(tree_.scopes.empty());
}

TEST(AppWay, OfAProcessIsBelowTheSliceOrNothing) {
  const SystemRoots roots = golden_roots("slice-v2");
  const auto slice = own_app_slice(roots, 1000);
  ASSERT_TRUE(slice);
  EXPECT_EQ(app_way_of(roots, 1'999'999, slice->directory), std::nullopt) << "it has ended";
  const support::TempDir root;
  root.write("self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  root.write("7/cgroup", "0::/user.slice/a.slice/app.slice/app-x-7.scope/deep\n");
  root.write("8/cgroup", "0::/user.slice/a.slice/session.slice/x.service\n");
  const SystemRoots made{root.path(), root.path()};
  const std::string apps = "/sys/fs/cgroup/user.slice/a.slice/app.slice";
  EXPECT_EQ(app_way_of(made, 7, apps), "app-x-7.scope/deep");
  EXPECT_EQ(app_way_of(made, 8, apps), std::nullopt);
  EXPECT_EQ(app_way_of(made, 7, apps + "x"), std::nullopt);
}

TEST(OwnAppSlice, IsFoundInARecordedSessionOrSaysWhyNot) {
  const auto found = own_app_slice(golden_roots("slice-v2"), 1000);
  ASSERT_TRUE(found) << found.error().to_string();
  EXPECT_THAT(found->directory, testing::EndsWith("/user@1000.service/app.slice"));
  EXPECT_EQ(found->own_unit, "app-term.scope");
  const auto container = own_app_slice(golden_roots("container-v2"), 1000);
  ASSERT_FALSE(container);
  EXPECT_EQ(container.error().code, base::ErrorCode::kUnavailable);
  EXPECT_THAT(container.error().to_string(), HasSubstr("session of systemd"));
  const auto old = own_app_slice(golden_roots("container-v1"), 1000);
  ASSERT_FALSE(old);
  EXPECT_THAT(old.error().to_string(), HasSubstr("version 1"));
  const support::TempDir nothing;
  EXPECT_FALSE(own_app_slice({nothing / "proc", nothing / "sys"}, 1000));
}

class ScopeTerminalTest : public testing::Test {
 protected:
  void process(int pid, int terminal) {
    root_.write("proc/" + std::to_string(pid) + "/stat",
                std::to_string(pid) + " (sh) S 1 1 1 " + std::to_string(terminal) + " -1 0 0 0");
  }
  bool has_terminal(const std::string& unit = "app-x-1.scope") {
    SystemRoots roots;
    roots.proc = root_ / "proc";
    return scope_has_terminal(roots, root_ / "slice", unit);
  }
  support::TempDir root_;
};

TEST_F(ScopeTerminalTest, OneProcessIsEnough) {
  root_.write("slice/app-x-1.scope/cgroup.procs", "10\n11\n");
  process(10, 0), process(11, 0);
  EXPECT_FALSE(has_terminal());
  process(11, 34816);
  EXPECT_TRUE(has_terminal());
}

TEST_F(ScopeTerminalTest, GroupsBelowBelongToIt) {
  root_.write("slice/app-x-1.scope/cgroup.procs", "");
  root_.write("slice/app-x-1.scope/payload/cgroup.procs", "");
  root_.write("slice/app-x-1.scope/payload/one/cgroup.procs", "12\n");
  process(12, 34817);
  EXPECT_TRUE(has_terminal());
}

TEST_F(ScopeTerminalTest, WhatHasEndedHasNone) {
  EXPECT_FALSE(has_terminal("app-gone-1.scope"));
  root_.write("slice/app-x-1.scope/cgroup.procs", "10\n");
  EXPECT_FALSE(has_terminal()) << "the process has ended";
}

TEST_F(ScopeTerminalTest, TooManyToLookAtCountAsOne) {
  std::string many;
  for (std::size_t at = 0; at <= kMostScopeProcesses; ++at) many += "10\n";
  process(10, 0);
  root_.write("slice/app-x-1.scope/cgroup.procs", many);
  EXPECT_TRUE(has_terminal());
}

}  // namespace
}  // namespace lull::platform
