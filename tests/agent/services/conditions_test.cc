// SPDX-License-Identifier: MIT
#include "agent/services/conditions.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <map>

#include <gtest/gtest.h>

#include "core/base/result.h"

namespace lull::agent {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class HandClock final : public base::Clock {
 public:
  base::SteadyTime now() const override { return time; }
  base::WallTime wall_now() const override { return wall; }
  base::SteadyTime time{seconds(1000)};
  base::WallTime wall = *base::parse_rfc3339("2026-01-05T12:00:00Z");
};
class FixedCpu final : public platform::CpuProbe {
 public:
  base::Result<Reading> read() override { return Reading{{busy, total}, 1, 0}; }
  std::uint64_t busy = 0, total = 0;
};
class FixedPower final : public platform::PowerProbe {
 public:
  model::PowerState read() override {
    ++reads;
    return state;
  }
  model::PowerState state{model::PowerSource::kMains, std::nullopt};
  int reads = 0;
};
class FixedThermal final : public platform::ThermalProbe {
 public:
  model::ThermalState read() override { return state; }
  model::ThermalState state;
};
class FixedUser final : public platform::UserIdleProbe {
 public:
  model::UserIdle read() override { return state; }
  model::UserIdle state;
};

class ConditionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    for (auto& condition :
         make_conditions({settings_, clock_, load_, power_, thermal_, [this] { return pressure_; },
                          &user_, [this] { return inhibitors_; }, [this] { return stale_; },
                          nullptr, [this] { return power_changes_; }}))
      conditions_[condition.code] = condition.evaluate;
  }
  scheduler::ConditionState ask(const std::string& code) { return conditions_.at(code)(); }

  Settings settings_;
  HandClock clock_;
  FixedCpu cpu_;
  OthersCpuLoad load_{cpu_, clock_, [] { return base::Duration{}; }};
  FixedPower power_;
  FixedThermal thermal_;
  FixedUser user_;
  std::optional<model::Pressure> pressure_;
  model::IdleInhibitors inhibitors_;
  std::size_t stale_ = 0;
  std::uint64_t power_changes_ = 0;
  std::map<std::string, std::function<scheduler::ConditionState()>> conditions_;
};

TEST_F(ConditionsTest, AreThoseOfTheTable) {
  std::vector<std::string> codes;
  for (const auto& [code, evaluate] : conditions_) codes.push_back(code);
  EXPECT_EQ(codes,
            (std::vector<std::string>{"cpu-busy", "inhibited", "no-usual-hour", "nothing-stale",
                                      "on-battery", "pressure", "quiet-hours", "refresh-off",
                                      "relief-off", "thermal", "user-active"}));
}

TEST_F(ConditionsTest, AUserOfUnknownIdlenessHoldsNothingBack) {
  EXPECT_TRUE(ask("user-active").met);
  EXPECT_EQ(ask("user-active").value, "unknown");
  user_.state.asking = true;
  EXPECT_EQ(ask("user-active").value, "asking");
  EXPECT_FALSE(ask("user-active").met) << "an answer is about to come";
}

TEST_F(ConditionsTest, AUserIsAwayOnceIdleForLongEnough) {
  user_.state.idle_for = seconds(0);
  EXPECT_FALSE(ask("user-active").met);
  EXPECT_EQ(ask("user-active").value, "active");
  user_.state.idle_for = seconds(119);
  EXPECT_FALSE(ask("user-active").met);
  user_.state.idle_for = seconds(120);
  EXPECT_TRUE(ask("user-active").met);
  EXPECT_EQ(ask("user-active").needed, "no input for 2 min");
}

TEST_F(ConditionsTest, ALoadThatIsNotKnownYetIsNotIdle) {
  cpu_.total = 1000;
  EXPECT_FALSE(ask("cpu-busy").met);
  EXPECT_EQ(ask("cpu-busy").value, "measuring");
  clock_.time += seconds(10);
  cpu_.total += 1000;
  cpu_.busy += 290;
  EXPECT_TRUE(ask("cpu-busy").met);
  clock_.time += seconds(10);
  cpu_.total += 1000;
  cpu_.busy += 300;
  EXPECT_FALSE(ask("cpu-busy").met);
  EXPECT_EQ(ask("cpu-busy").value, "30 %");
  EXPECT_EQ(ask("cpu-busy").needed, "under 30 %");
}

TEST_F(ConditionsTest, BatteryHoldsBackUnlessItIsAllowed) {
  power_.state = {model::PowerSource::kBattery, 81.6};
  EXPECT_FALSE(ask("on-battery").met);
  EXPECT_EQ(ask("on-battery").value, "battery at 82 %");
  settings_.automation.on_battery = true;
  EXPECT_TRUE(ask("on-battery").met);
}

TEST_F(ConditionsTest, UnknownPowerHoldsNothingBack) {
  power_.state = {};
  EXPECT_TRUE(ask("on-battery").met);
}

TEST_F(ConditionsTest, ManyQuestionsInARowReadThePowerOnce) {
  for (int i = 0; i < 20; ++i) {
    (void)ask("on-battery");
    clock_.time += milliseconds(90);
  }
  EXPECT_EQ(power_.reads, 1);
  clock_.time += seconds(2);
  (void)ask("on-battery");
  EXPECT_EQ(power_.reads, 2);
}

TEST_F(ConditionsTest, AMainsThatIsHeardToBeLostIsReadAtOnce) {
  EXPECT_TRUE(ask("on-battery").met);
  power_.state = {model::PowerSource::kBattery, 81.6};
  clock_.time += milliseconds(100);
  EXPECT_TRUE(ask("on-battery").met) << "it has just been read";
  ++power_changes_;
  EXPECT_FALSE(ask("on-battery").met);
  (void)ask("on-battery");
  EXPECT_EQ(power_.reads, 2) << "and once for each change";
}

TEST_F(ConditionsTest, PressureAboveNormalHoldsBackAndUnknownDoesNot) {
  EXPECT_TRUE(ask("pressure").met);
  EXPECT_EQ(ask("pressure").value, "unknown");
  pressure_.emplace();
  EXPECT_TRUE(ask("pressure").met);
  pressure_->level = model::PressureLevel::kWarning;
  EXPECT_FALSE(ask("pressure").met);
  EXPECT_EQ(ask("pressure").value, "warning");
}

TEST_F(ConditionsTest, HeatHoldsBack) {
  EXPECT_TRUE(ask("thermal").met);
  thermal_.state = {model::ThermalLevel::kHot, 91.2};
  clock_.time += seconds(3);
  EXPECT_FALSE(ask("thermal").met);
  EXPECT_EQ(ask("thermal").value, "hot, 91 °C");
}

TEST_F(ConditionsTest, QuietHoursMayWrapMidnight) {
  EXPECT_TRUE(ask("quiet-hours").met);
  settings_.automation.quiet_hours = QuietHours{hours(22), hours(7)};
  EXPECT_TRUE(ask("quiet-hours").met);
  EXPECT_EQ(ask("quiet-hours").needed, "outside 22:00–07:00");
  clock_.wall = *base::parse_rfc3339("2026-01-05T23:30:00Z");
  EXPECT_FALSE(ask("quiet-hours").met);
  clock_.wall = *base::parse_rfc3339("2026-01-05T06:59:00Z");
  EXPECT_FALSE(ask("quiet-hours").met);
  clock_.wall = *base::parse_rfc3339("2026-01-05T07:00:00Z");
  EXPECT_TRUE(ask("quiet-hours").met);
}

TEST_F(ConditionsTest, AnIdleInhibitorIsNamed) {
  EXPECT_TRUE(ask("inhibited").met);
  inhibitors_.names = {"mpv", "impress"};
  EXPECT_FALSE(ask("inhibited").met);
  EXPECT_EQ(ask("inhibited").value, "mpv, impress");
}

TEST_F(ConditionsTest, ADesktopThatDoesNotSayWhoInhibitsIsUnknownAndHoldsNothingBack) {
  EXPECT_EQ(ask("inhibited").value, "none");
  inhibitors_.silent = {"org.example.Desktop"};
  EXPECT_TRUE(ask("inhibited").met);
  EXPECT_EQ(ask("inhibited").value, "unknown: org.example.Desktop does not answer");
  inhibitors_.names = {"mpv"};
  EXPECT_FALSE(ask("inhibited").met);
  EXPECT_EQ(ask("inhibited").value, "mpv; unknown: org.example.Desktop does not answer");
}

TEST_F(ConditionsTest, WithoutAnOldSizeThereIsNothingToRefresh) {
  EXPECT_FALSE(ask("nothing-stale").met);
  stale_ = 2;
  EXPECT_TRUE(ask("nothing-stale").met);
  EXPECT_EQ(ask("nothing-stale").value, "2 old sizes");
}

TEST_F(ConditionsTest, SwitchesFollowTheSettings) {
  EXPECT_TRUE(ask("refresh-off").met);
  EXPECT_TRUE(ask("relief-off").met);
  settings_.performance.enable_background_refresh = false;
  settings_.automation.relief = false;
  EXPECT_FALSE(ask("refresh-off").met);
  EXPECT_FALSE(ask("relief-off").met);
}

TEST_F(ConditionsTest, SourcesThatAreNotThereAreUnknown) {
  for (auto& condition : make_conditions(
           {settings_, clock_, load_, power_, thermal_, nullptr, nullptr, nullptr, nullptr}))
    EXPECT_EQ(condition.evaluate().met, condition.code != "cpu-busy" &&
                                            condition.code != "nothing-stale" &&
                                            condition.code != "no-usual-hour")
        << condition.code;
}

}  // namespace
}  // namespace lull::agent
