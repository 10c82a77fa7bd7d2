// SPDX-License-Identifier: MIT
// The promises of the ports, kept by the fakes and by this machine.
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "tests/contract/memory_probe_contract.h"
#include "tests/contract/pressure_probe_contract.h"
#include "tests/contract/process_probe_contract.h"
#include "tests/contract/system_probe_contract.h"
#include "tests/contract/user_idle_contract.h"
#include "tests/support/fake_platform.h"
#include "tests/support/manual_clock.h"

namespace lull::contract {
namespace {

support::FakePlatform& fake() {
  static const support::ManualClock clock;
  static support::FakePlatform platform(clock);
  return platform;
}

template <class Case>
std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Of, MemoryProbeContract,
    testing::Values(MemoryProbeCase{"Fake", &fake().clock, [] { return fake().memory_probe(); }},
                    MemoryProbeCase{"Machine", &base::system_clock(),
                                    [] { return platform::make_memory_probe({}); }}),
    name_of<MemoryProbeCase>);

INSTANTIATE_TEST_SUITE_P(
    Of, ProcessProbeContract,
    testing::Values(ProcessProbeCase{"Fake", 300, [] { return fake().process_probe(); }},
                    ProcessProbeCase{"Machine", ::getpid(),
                                     [] { return platform::make_process_probe({}); }}),
    name_of<ProcessProbeCase>);

INSTANTIATE_TEST_SUITE_P(
    Of, PressureProbeContract,
    testing::Values(PressureProbeCase{"Fake", [] { return fake().pressure_probe(); }},
                    PressureProbeCase{"Machine", [] { return platform::make_pressure_probe({}); }}),
    name_of<PressureProbeCase>);

INSTANTIATE_TEST_SUITE_P(Of, SystemProbeContract,
                         testing::Values(SystemProbeCase{"Fake", [] { return fake().cpu_probe(); },
                                                         [] { return fake().disk_probe(); },
                                                         [] { return fake().power_probe(); },
                                                         [] { return fake().thermal_probe(); }},
                                         SystemProbeCase{
                                             "Machine", [] { return platform::make_cpu_probe({}); },
                                             [] { return platform::make_disk_probe({}); },
                                             [] { return platform::make_power_probe({}); },
                                             [] { return platform::make_thermal_probe({}); }}),
                         name_of<SystemProbeCase>);

// What only the fake can do on demand.
TEST(FakePlatform, RecordsWhatWasAskedFor) {
  const support::ManualClock clock;
  support::FakePlatform platform(clock);
  ASSERT_TRUE(platform.memory_probe()->sample());
  ASSERT_TRUE(platform.pressure_probe()->open_trigger({}));
  EXPECT_EQ(platform.calls, (std::vector<std::string>{
                                "memory.sample", "pressure.open_trigger some 100000 2000000"}));
  EXPECT_EQ(platform.count("pressure."), 1u);
}

TEST(FakePlatform, FiresAndBreaksItsTriggersAsTheKernelDoes) {
  const support::ManualClock clock;
  support::FakePlatform platform(clock);
  const auto trigger = platform.pressure_probe()->open_trigger({});
  ASSERT_TRUE(trigger);
  ::pollfd poll{trigger->get(), POLLPRI, 0};
  EXPECT_EQ(::poll(&poll, 1, 0), 0);
  platform.fire_triggers();
  EXPECT_EQ(::poll(&poll, 1, 0), 1);
  EXPECT_EQ(poll.revents, POLLPRI);
  platform.break_triggers();
  EXPECT_EQ(::poll(&poll, 1, 0), 1);
  EXPECT_TRUE(poll.revents & POLLERR);
}

TEST(FakePlatform, KeepsTheContractOfUserIdleProbes) {
  const support::ManualClock clock;
  support::FakePlatform platform(clock);
  const auto probe = platform.user_idle_probe();
  for (const std::optional<base::Duration> idle :
       {std::optional<base::Duration>(), {base::Duration::zero()}, {std::chrono::hours(3)}}) {
    platform.user_idle.idle_for = idle;
    expect_user_idle_contract(*probe, [&] { return clock.now().time_since_epoch(); });
    EXPECT_EQ(probe->read().idle_for, idle);
  }
}

TEST(FakePlatform, AnswersWithTheErrorsItIsGiven) {
  const support::ManualClock clock;
  support::FakePlatform platform(clock);
  const auto denied = base::fail(base::ErrorCode::kPermissionDenied, "no");
  platform.triggers = denied;
  platform.memory = denied;
  platform.processes = denied;
  EXPECT_EQ(platform.pressure_probe()->open_trigger({}).error().code,
            base::ErrorCode::kPermissionDenied);
  EXPECT_EQ(platform.memory_probe()->sample().error().code, base::ErrorCode::kPermissionDenied);
  std::vector<model::RawProcess> rows;
  EXPECT_FALSE(platform.process_probe()->list(rows));
}

}  // namespace
}  // namespace lull::contract
