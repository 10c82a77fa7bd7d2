// SPDX-License-Identifier: MIT
#include "tests/stories/household.h"

// A person who looks every weekday at nine finds everything ready in the second week.
namespace lull::testing {
namespace {

using agent::Habits;
using std::chrono::days;
using std::chrono::weeks;

constexpr base::WallTime kFirstMonday = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5);

class WarmUpStory : public ::testing::Test {
 protected:
  // A week from Monday to Sunday, beginning at or after its Monday, eight o'clock.
  void live_a_week(int number) {
    for (int day = 0; day < 7; ++day) {
      const base::WallTime midnight = kFirstMonday + weeks(number) + days(day);
      house_.sleep_to(midnight + 9h);
      if (day < 5) look();
      house_.sleep_to(midnight + 24h + 8h);
    }
  }
  // Opens the window and looks how large a folder is.
  void look() {
    house_.habits->looked(Habits::Look::kGlance);
    house_.habits->looked(Habits::Look::kResult);
    EXPECT_TRUE(house_.size(house_.temp / "home"));
    reports_.push_back(house_.scans->last_report()
                           ? std::optional(house_.scans->last_report()->as_of)
                           : std::nullopt);
  }
  // When the warm-ups began, as days since the first Monday and the time of day.
  std::vector<std::pair<std::int64_t, base::Duration>> warm_ups() const {
    std::vector<std::pair<std::int64_t, base::Duration>> all;
    for (const auto& run : house_.runs_of("warm-up")) {
      const auto day = std::chrono::floor<days>(run.started - kFirstMonday);
      all.emplace_back(day.count(), run.started - kFirstMonday - day);
    }
    return all;
  }
  void expect_each_weekday_of_the_second_week() {
    const auto all = warm_ups();
    ASSERT_EQ(all.size(), 5u);
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(all[i].first, 7 + static_cast<std::int64_t>(i)) << "no Saturday, no Sunday";
      EXPECT_GE(all[i].second, 9h - Habits::kLead);
      EXPECT_LT(all[i].second, 9h);
    }
  }

  Household house_;
  std::vector<std::optional<base::WallTime>> reports_;  // as of when, at each look
};

TEST_F(WarmUpStory, AWeekOfOpeningsAtNineMakesTheSecondWeekReadyBeforeNine) {
  house_.live({"warm-up"}, [&] {
    live_a_week(0);
    EXPECT_TRUE(warm_ups().empty()) << "nothing is known yet";
    live_a_week(1);
  });
  expect_each_weekday_of_the_second_week();
  for (const auto& run : house_.runs_of("warm-up")) {
    EXPECT_EQ(run.result.outcome, scheduler::Outcome::kDone);
    EXPECT_TRUE(run.automatic);
    EXPECT_NE(run.result.message.find("1 paths measured"), std::string::npos) << run.result.message;
  }
  // What is seen at nine is a quarter of an hour old at most.
  ASSERT_EQ(reports_.size(), 10u);
  for (std::size_t look = 5; look < 10; ++look) {
    const base::WallTime nine = kFirstMonday + weeks(1) + days(look - 5) + 9h;
    ASSERT_TRUE(reports_[look]);
    EXPECT_LE(nine - *reports_[look], Habits::kLead);
  }
}

TEST_F(WarmUpStory, ARestartOverTheWeekendForgetsNothing) {
  house_.live({"warm-up"}, [&] { live_a_week(0); });
  house_.live({"warm-up"}, [&] { live_a_week(1); });
  expect_each_weekday_of_the_second_week();
}

TEST_F(WarmUpStory, WhoIsAlreadyThereIsLeftInPeace) {
  house_.live({"warm-up"}, [&] {
    live_a_week(0);
    bool at_work = true;
    house_.set("user-active", [&] { return !at_work; });
    house_.sleep_to(kFirstMonday + weeks(1) + 24h);
    EXPECT_TRUE(warm_ups().empty());
    // The next day they fetch a coffee at ten to nine.
    house_.sleep_to(kFirstMonday + weeks(1) + days(1) + 8h + 50min);
    at_work = false;
    house_.sleep(5min);
    at_work = true;
    house_.sleep(24h);
    house_.set("user-active", [] { return true; });
  });
  const auto all = warm_ups();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].first, 8);
  EXPECT_GE(all[0].second, 8h + 50min);
  EXPECT_LT(all[0].second, 8h + 55min);
}

TEST_F(WarmUpStory, AHabitThatEndedIsFollowedForOneMoreWeekAtMost) {
  house_.live({"warm-up"}, [&] {
    live_a_week(0);
    house_.sleep_to(kFirstMonday + weeks(5));
  });
  expect_each_weekday_of_the_second_week();
}

TEST_F(WarmUpStory, WithoutBackgroundRefreshNobodyTakesNotes) {
  house_.settings.performance.enable_background_refresh = false;
  house_.live({"warm-up"}, [&] {
    live_a_week(0);
    live_a_week(1);
  });
  EXPECT_TRUE(warm_ups().empty());
}

TEST_F(WarmUpStory, WaitingForTheHourCostsNoMoreThanWaitingForAnything) {
  house_.live({"warm-up"}, [&] {
    house_.sleep(1h);
    const auto before = house_.world.time.jumps();
    house_.sleep(24h);
    EXPECT_LE(house_.world.time.jumps() - before, 86400u / 30u + 2u);
  });
}

}  // namespace
}  // namespace lull::testing
