// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

#include "tests/stories/household.h"

// Twenty-four hours of the real jobs and conditions, with a person who comes and goes and a machine
// that gets busy, loses mains and runs short of memory, by chance; twice, and the traces are equal.
namespace lull::testing {
namespace {

using std::chrono::days;

// What the machine was like at an instant.
struct Moment {
  base::WallTime at;
  bool present, busy, on_battery;
};

class HouseholdDay {
 public:
  explicit HouseholdDay(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < 12; ++i)
      house.temp.write("home/d" + std::to_string(i) + "/file", std::string(5000, 'x'));
    house.machine.idle_for = [this] {
      return present_ ? base::Duration(0) : house.world.time.now() - left_;
    };
  }

  // What happened, by the time of day; what happened at the same instant in the order of its words.
  std::vector<std::string> live() {
    house.live({"scan", "refresh-cache", "warm-up", "relief", "history", "purge"}, [&] {
      end_ = house.world.time.now() + 24h;
      scheduler::TaskGroup life(house.world.engine);
      life.spawn("person", [&](const base::CancelToken&) { person(); });
      life.spawn("machine", [&](const base::CancelToken&) { machine(); });
      life.join();
    });
    std::vector<std::string> trace;
    for (const EndedRun& run : house.runs) trace.push_back(line_of(run));
    std::sort(trace.begin(), trace.end());
    return trace;
  }

  // How the machine was when a run began; conditions may be a second old
  // (agent/services/conditions).
  Moment at_start(const EndedRun& run) const {
    Moment last = moments_.front();
    for (const Moment& moment : moments_)
      if (moment.at + 1s < run.started) last = moment;
    return last;
  }

  Household house;

 private:
  static std::string line_of(const EndedRun& run) {
    std::array<char, 64> times{};
    std::snprintf(times.data(), times.size(), "%lld %lld",
                  static_cast<long long>(run.started.time_since_epoch().count()),
                  static_cast<long long>(run.elapsed.count()));
    // What relief frees is this process's own memory, which is the machine's business.
    const std::string message = run.job == "relief" ? "" : run.result.message;
    return times.data() + (" " + run.job) + " " +
           std::string(scheduler::outcome_name(run.result.outcome)) + " " + message +
           (run.automatic ? " automatic" : " asked");
  }
  void note() {
    moments_.push_back({house.world.time.wall_now(), present_, house.machine.busy_percent > 30,
                        house.machine.fake.power.source == model::PowerSource::kBattery});
  }
  base::Duration between(base::Duration shortest, base::Duration longest) {
    return shortest + (longest - shortest) / 1000 * static_cast<int>(random_() % 1001);
  }
  bool goes_on() const { return house.world.time.now() < end_; }

  void person() {
    for (; goes_on(); present_ = !present_) {
      left_ = house.world.time.now();
      note();
      if (present_) {
        EXPECT_TRUE(house.size(house.temp / ("home/d" + std::to_string(random_() % 12))));
        house.habits->looked(agent::Habits::Look::kGlance);
      }
      house.sleep(between(1min, 50min));
    }
  }
  void machine() {
    while (goes_on()) {
      house.machine.busy_percent = random_() % 3 == 0 ? 85 : 4;
      house.machine.fake.power.source =
          random_() % 4 == 0 ? model::PowerSource::kBattery : model::PowerSource::kMains;
      note();
      const bool is_short = random_() % 12 == 0;
      if (is_short) house.machine.run_short();
      house.sleep(between(5s, 10min));
      if (is_short) house.machine.recover();
    }
  }

  std::mt19937_64 random_;
  base::SteadyTime end_{}, left_{};
  bool present_ = true;
  std::vector<Moment> moments_;
};

TEST(HouseholdDay, LivedTwiceIsTheSameDay) {
  HouseholdDay once(2026);
  const auto first = once.live();
  HouseholdDay again(2026);
  EXPECT_EQ(first, again.live());
  HouseholdDay other(2027);
  EXPECT_NE(first, other.live());
  EXPECT_GT(first.size(), 50u);
}

TEST(HouseholdDay, EveryJobDoesItsWorkAndNoneStartsWhenItShallNot) {
  HouseholdDay day(11);
  day.live();
  for (const char* job : {"scan", "refresh-cache", "relief", "history", "purge", "size"})
    EXPECT_FALSE(day.house.runs_of(job).empty()) << job;
  for (const EndedRun& run : day.house.runs) {
    if (!run.automatic || run.job == "relief") continue;
    const Moment then = day.at_start(run);
    EXPECT_FALSE(then.on_battery) << run.job;
    EXPECT_FALSE(then.present && run.job != "history" && run.job != "purge") << run.job;
  }
}

}  // namespace
}  // namespace lull::testing
