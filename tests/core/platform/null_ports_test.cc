// SPDX-License-Identifier: MIT
// The bodies for a system nobody has written any for: they build everywhere and claim nothing.
#include <gtest/gtest.h>

#include "core/platform/cpu_probe.h"
#include "core/platform/disk_probe.h"
#include "core/platform/java_programs.h"
#include "core/platform/memory_probe.h"
#include "core/platform/own_process.h"
#include "core/platform/own_use.h"
#include "core/platform/page_cache.h"
#include "core/platform/power_probe.h"
#include "core/platform/pressure_probe.h"
#include "core/platform/process_probe.h"
#include "core/platform/scope_probe.h"
#include "core/platform/scope_reclaim.h"
#include "core/platform/swap_probe.h"

namespace lull::platform {
namespace {

using base::ErrorCode;

TEST(NullPorts, SayThatWhatTheyCannotReadIsUnavailable) {
  const SystemRoots roots;
  EXPECT_EQ(make_memory_probe(roots)->sample().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(make_cpu_probe(roots)->read().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(make_disk_probe(roots)->list().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(make_pressure_probe(roots)->read().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(make_pressure_probe(roots)->open_trigger({}).error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(own_use().cpu || own_use().read_bytes);
  EXPECT_EQ(own_cost().error().code, ErrorCode::kUnavailable);
}

TEST(NullPorts, ListNoProcessAndKnowNone) {
  const auto probe = make_process_probe({});
  std::vector<model::RawProcess> rows(3);
  EXPECT_EQ(probe->list(rows).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(probe->proportional_bytes({1, 1}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(probe->started_at({1, 1}), std::nullopt);
  probe->shed();
}

TEST(NullPorts, KnowNoApps) {
  model::ScopeTree tree;
  tree.scopes.resize(2);
  EXPECT_EQ(make_scope_probe("/sys/fs/cgroup")->read(tree).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(tree.scopes.empty());
  EXPECT_EQ(make_scope_reclaim("/app.slice", {1000})->reclaim({"a.scope", 1, 4096, {}}).outcome,
            ReclaimOutcome::kNoLever);
  EXPECT_EQ(own_app_slice({}, 1000).error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(scope_has_terminal({}, "/app.slice", "a.scope"));
}

TEST(NullPorts, KnowNoCacheAndNoSwap) {
  EXPECT_EQ(look_at_cache(0, 1).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(look_at_cache_by_mincore(0, 1).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(drop_cache(0).error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(is_in_memory("/dev/shm"));
  EXPECT_EQ(make_swap_probe({})->read().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(make_io_pressure_probe({})->read().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(make_scope_pressure_probe("/")->read().error().code, ErrorCode::kUnavailable);
}

TEST(NullPorts, AskNoJavaProgram) {
  EXPECT_EQ(find_java_programs({}, 1000).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(ask_to_collect({}, 1000, [] { return false; }).error().code, ErrorCode::kUnavailable);
}

TEST(NullPorts, DoNotKnowPowerAndHeat) {
  EXPECT_EQ(make_power_probe({})->read().source, model::PowerSource::kUnknown);
  EXPECT_EQ(make_thermal_probe({})->read().level, model::ThermalLevel::kUnknown);
}

TEST(NullPorts, MayBeAskedToGiveBack) {
  trim_heap();
  release_program_pages();
}

}  // namespace
}  // namespace lull::platform
