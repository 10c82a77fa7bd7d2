// SPDX-License-Identifier: MIT
#include <ostream>
#include <string_view>

#include "tests/stories/household.h"

// What holds which of the shipped jobs back, told as what a person would see: a day under each
// hindrance, and which jobs ran all the same. A constraint that one job has too much or too little
// changes a row.
namespace lull::testing {
namespace {

using Names = std::set<std::string>;

const Names kAll = {"scan", "refresh-cache", "relief", "history", "purge"};

struct Hindrance {
  const char* name;
  void (*begins)(Household&);
  Names still_run;
};
void PrintTo(const Hindrance& hindrance, std::ostream* out) { *out << hindrance.name; }

const Hindrance kHindrances[] = {
    {"Nothing", [](Household&) {}, kAll},
    {"SomebodyIsThere",
     [](Household& house) { house.machine.idle_for = [] { return base::Duration(1s); }; },
     {"relief", "history", "purge"}},
    {"OthersWork", [](Household& house) { house.machine.busy_percent = 80; }, {"relief"}},
    {"OnBattery",
     [](Household& house) {
       house.machine.fake.power = {model::PowerSource::kBattery, 60.0};
     },
     {"relief"}},
    {"MemoryIsShort", [](Household& house) { house.machine.run_short(); }, {"relief"}},
    {"TheMachineIsHot",
     [](Household& house) {
       house.machine.fake.thermal = {model::ThermalLevel::kHot, 95.0};
     },
     {"relief", "history"}},
    {"QuietHoursAllDay",
     [](Household& house) {
       house.settings.automation.quiet_hours = agent::QuietHours{0min, 24h};
     },
     {"relief", "history", "purge"}},
    {"AFilmRuns",
     [](Household& house) { house.machine.idle_inhibitors = {"player"}; },
     {"relief", "history", "purge"}},
    {"RefreshIsOff",
     [](Household& house) { house.settings.performance.enable_background_refresh = false; },
     {"scan", "relief", "history", "purge"}},
    {"ReliefIsOff",
     [](Household& house) { house.settings.automation.relief = false; },
     {"scan", "refresh-cache", "history", "purge"}},
};

class HindranceStory : public ::testing::TestWithParam<Hindrance> {};
INSTANTIATE_TEST_SUITE_P(, HindranceStory, ::testing::ValuesIn(kHindrances),
                         [](const auto& instance) { return instance.param.name; });

TEST_P(HindranceStory, HoldsBackWhatItShallAndNothingElse) {
  Household house;
  Names ran;
  house.live(kAll, [&] {
    ASSERT_TRUE(house.size(house.temp / "home"));
    house.sleep(1h);
    house.runs.clear();
    GetParam().begins(house);
    house.jobs->conditions_changed();
    // Memory runs short for a moment, whatever else there is.
    house.machine.run_short();
    house.sleep(2s);
    if (std::string_view(GetParam().name) != "MemoryIsShort") house.machine.recover();
    house.sleep(26h);
    for (const EndedRun& run : house.runs)
      if (run.automatic) ran.insert(run.job);
  });
  EXPECT_EQ(ran, GetParam().still_run);
}

}  // namespace
}  // namespace lull::testing
