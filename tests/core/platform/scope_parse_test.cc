// SPDX-License-Identifier: MIT
#include "core/platform/scope_parse.h"

#include <gtest/gtest.h>

#include "tests/core/platform/fixture.h"
#include "tests/support/scope_files.h"

namespace lull::platform {
namespace {

using model::ScopeReading;

TEST(ScopeMemory, TakesWhatItKnowsInAnyOrder) {
  ScopeReading scope;
  ASSERT_TRUE(
      parse_scope_memory("pgsteal 8\nworkingset_refault_file 6\ninactive_file 4\nfile 2\n"
                         "anon 1\nnew_thing 77\ninactive_anon 3\npgscan 7\n"
                         "workingset_refault_anon 5\npswpin 9\n",
                         scope));
  EXPECT_EQ(scope.anonymous_bytes, 1u);
  EXPECT_EQ(scope.file_bytes, 2u);
  EXPECT_EQ(scope.inactive_anonymous_bytes, 3u);
  EXPECT_EQ(scope.inactive_file_bytes, 4u);
  EXPECT_EQ(scope.refaults_anonymous, 5u);
  EXPECT_EQ(scope.refaults_file, 6u);
  EXPECT_EQ(scope.pages_scanned, 7u);
  EXPECT_EQ(scope.pages_reclaimed, 8u);
  EXPECT_EQ(scope.pages_swapped_in, 9u);
}

TEST(ScopeMemory, TakesAWholeFileOfTheKernel) {
  ScopeReading scope;
  support::ScopeFigures figures;
  figures.refault_anon = 17;
  figures.pgscan = 4242;
  ASSERT_TRUE(parse_scope_memory(support::scope_memory_stat(figures), scope));
  EXPECT_EQ(scope.anonymous_bytes, figures.anon);
  EXPECT_EQ(scope.inactive_file_bytes, figures.inactive_file);
  EXPECT_EQ(scope.refaults_anonymous, 17u);
  EXPECT_EQ(scope.pages_scanned, 4242u);
  EXPECT_EQ(scope.pages_swapped_in, std::nullopt);
}

TEST(ScopeMemory, IsNothingWithoutWhatEveryKernelWrites) {
  for (const char* text : {"", "anon 1\n", "anon 1\nfile 2\ninactive_anon 3\n", "anon\nfile 2\n",
                           "anon 1\nfile x\ninactive_anon 3\ninactive_file 4\n",
                           "anon 99999999999999999999\nfile 2\ninactive_anon 3\ninactive_file 4\n",
                           "anon -1\nfile 2\ninactive_anon 3\ninactive_file 4\n"}) {
    ScopeReading scope;
    EXPECT_FALSE(parse_scope_memory(text, scope)) << text;
  }
}

TEST(ScopeEvents, AddsHitsOfBothLimits) {
  ScopeReading scope;
  ASSERT_TRUE(parse_scope_events("low 1\nhigh 20\nmax 300\noom 4000\noom_kill 5\n", scope));
  EXPECT_EQ(scope.limit_hits, 320u);
  EXPECT_EQ(scope.oom_kills, 5u);
  EXPECT_FALSE(parse_scope_events("low 1\nhigh 2\n", scope));
  EXPECT_FALSE(parse_scope_events("oom_kill many\n", scope));
}

TEST(ScopeCpu, IsUserAndSystemTogether) {
  EXPECT_EQ(parse_scope_cpu("usage_usec 123\nuser_usec 100\nsystem_usec 23\n"), 123u);
  EXPECT_EQ(parse_scope_cpu("user_usec 100\n"), std::nullopt);
  EXPECT_EQ(parse_scope_cpu("usage_usec x\n"), std::nullopt);
  EXPECT_EQ(parse_scope_cpu(""), std::nullopt);
}

TEST(ScopeReaders, AreSafeOnEveryCutOfAFile) {
  const std::string text = support::scope_memory_stat({});
  for (std::size_t length = 0; length <= text.size(); ++length) {
    ScopeReading scope;
    const bool whole = parse_scope_memory(std::string_view(text).substr(0, length), scope);
    EXPECT_TRUE(whole || length < text.size());
    EXPECT_FALSE(whole && length < text.find("inactive_file ")) << length;
  }
}

TEST(UnitKind, IsToldByTheEndOfTheName) {
  EXPECT_EQ(unit_kind("app-firefox-1.scope"), UnitKind::kUnit);
  EXPECT_EQ(unit_kind("pipewire.service"), UnitKind::kUnit);
  EXPECT_EQ(unit_kind("app-gnome.slice"), UnitKind::kSlice);
  EXPECT_EQ(unit_kind("init.scope.d"), UnitKind::kOther);
  EXPECT_EQ(unit_kind("dbus.socket"), UnitKind::kOther);
  EXPECT_EQ(unit_kind(""), UnitKind::kOther);
}

CgroupPlace place_of(const std::string& own) {
  const auto place = find_memory_cgroup("0::" + own + "\n",
                                        "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  return place.value_or(CgroupPlace{});
}
constexpr const char* kSlice =
    "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice";

TEST(AppSlice, IsFoundFromWithinAndFromBeside) {
  const std::string user = "/user.slice/user-1000.slice";
  const auto service = find_app_slice(
      place_of(user + "/user@1000.service/app.slice/app-x.slice/lull.service"), 1000);
  ASSERT_TRUE(service);
  EXPECT_EQ(service->directory, kSlice);
  EXPECT_EQ(service->own_unit, "app-x.slice/lull.service");
  const auto session = find_app_slice(place_of(user + "/session-2.scope"), 1000);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->directory, kSlice);
  EXPECT_EQ(session->own_unit, "");
  const auto other =
      find_app_slice(place_of(user + "/user@1000.service/session.slice/shell.service"), 1000);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->directory, kSlice);
  EXPECT_EQ(other->own_unit, "");
}

TEST(AppSlice, IsNotThatOfSomebodyElseNorOfTheSystem) {
  const auto own = place_of("/user.slice/user-1000.slice/user@1000.service/app.slice/a.scope");
  EXPECT_FALSE(find_app_slice(own, 100));
  EXPECT_FALSE(find_app_slice(own, 10000));
  EXPECT_FALSE(find_app_slice(own, 0));
  EXPECT_FALSE(find_app_slice(place_of("/system.slice/lull.service"), 1000));
  EXPECT_FALSE(find_app_slice(place_of("/"), 1000));
  EXPECT_FALSE(find_app_slice(CgroupPlace{}, 1000));
  CgroupPlace old = own;
  old.version = CgroupVersion::kV1;
  EXPECT_FALSE(find_app_slice(old, 1000));
}

}  // namespace
}  // namespace lull::platform
