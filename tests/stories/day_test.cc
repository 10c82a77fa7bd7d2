// SPDX-License-Identifier: MIT
#include <random>

#include <gtest/gtest.h>

#include "scheduler/task_group.h"
#include "tests/scheduler/job_world.h"

// Twenty-four hours of a realistic schedule with conditions that come and go at random, twice:
// the traces must be equal to the last nanosecond.
namespace lull::testing {
namespace {

using base::CancelReason;
using base::CancelToken;
using base::Duration;
using scheduler::JobContext;
using scheduler::JobResult;
using scheduler::JobSpec;
using scheduler::Outcome;
using scheduler::Trigger;

class Day {
 public:
  explicit Day(std::uint64_t seed) : world_({.jitter_seed = seed}), random_(seed) {
    for (const char* code : {"user-active", "cpu-busy", "on-battery", "pressure"})
      world_.condition(code);
    add(periodic("scan", 6h, {"cpu-busy", "on-battery", "pressure"}), 10min, 4min);
    add(periodic("purge", 24h, {"on-battery"}), 1h, 20s);
    add(periodic("history", 1h), 10min, 100ms);
    add(periodic("metrics", 5min), 1min, 10ms);
    add(idle("refresh-cache", 1min), 30s, 20s);
    add(idle("warm-report", 30min), 5min, 8s);
    add(idle("compact-journal", 12h), 1h, 15s);
    add(on_pressure("relief", {"on-battery"}), 0s, 5s);
    add(on_request("size"), 0s, 2s);
    add(on_request("clean"), 0s, 30s);
    world_.jobs.on_run_ended([this](const JobSpec& spec, const JobResult& result, base::WallTime,
                                    Duration elapsed, bool automatic) {
      note(spec.name + " " + std::string(outcome_name(result.outcome)) + " " + result.message +
           " " + std::to_string(elapsed.count()) + (automatic ? " automatic" : " asked"));
    });
  }

  std::vector<std::string> live() {
    world_.run([&] {
      scheduler::TaskGroup life(world_.engine);
      life.spawn("user", [&](const CancelToken&) { user(); });
      life.spawn("machine", [&](const CancelToken&) { machine(); });
      world_.sleep(24h);
      life.join();
    });
    return trace_;
  }

  JobWorld& world() { return world_; }

 private:
  static JobSpec idle(std::string name, Duration interval) {
    JobSpec spec =
        periodic(std::move(name), interval, {"user-active", "cpu-busy", "on-battery", "pressure"});
    spec.trigger = Trigger::kIdle;
    return spec;
  }
  void add(JobSpec spec, Duration tolerance, Duration takes) {
    spec.tolerance = tolerance;
    world_.job(std::move(spec), takes, [this](const JobContext& context) -> JobResult {
      if (context.cancel.cancelled()) return {Outcome::kCancelled, {}, "item"};
      if (random_() % 50 == 0) return {Outcome::kFailed, "no space left", {}};
      return {};
    });
  }
  void note(const std::string& text) {
    trace_.push_back(std::to_string(world_.now().count()) + " " + text);
  }
  Duration between(Duration shortest, Duration longest) {
    return shortest + (longest - shortest) / 1000 * static_cast<int>(random_() % 1001);
  }

  // Comes and goes; now and then looks at something.
  void user() {
    for (bool here = true; world_.now() < 24h; here = !here) {
      note(here ? "user is here" : "user is away");
      world_.set("user-active", !here, random_() % 2 == 0);
      if (here && random_() % 3 == 0) {
        auto ticket = world_.jobs.request(random_() % 2 == 0 ? "size" : "scan");
        base::CancelSource impatient;
        note("answer " + std::string(outcome_name(ticket->wait(impatient.token()).outcome)));
      }
      world_.sleep(between(1min, 50min));
    }
  }
  // Gets busy, loses mains, runs short of memory.
  void machine() {
    while (world_.now() < 24h) {
      const char* codes[] = {"cpu-busy", "on-battery", "pressure"};
      const std::string code = codes[random_() % 3];
      const bool met = random_() % 3 != 0;
      world_.set(code, met, random_() % 2 == 0);
      if (code == "pressure" && !met) {
        world_.jobs.cancel_background(CancelReason::kConstraintLost);
        world_.jobs.raise(Trigger::kPressure);
      }
      world_.sleep(between(5s, 10min));
    }
  }

  JobWorld world_;
  std::mt19937_64 random_;
  std::vector<std::string> trace_;
};

TEST(Day, LivedTwiceIsTheSameDay) {
  Day once(2026);
  const auto first = once.live();
  Day again(2026);
  EXPECT_EQ(first, again.live());
  Day other(2027);
  EXPECT_NE(first, other.live());
  EXPECT_GT(first.size(), 400U);
}

TEST(Day, DoesItsWorkAndLeavesTheUserInPeace) {
  Day day(7);
  day.live();
  JobWorld& world = day.world();
  for (const char* name : {"scan", "purge", "history", "metrics", "refresh-cache", "warm-report",
                           "compact-journal", "relief", "size"})
    EXPECT_GE(world[name].started.size(), 1U) << name;
  EXPECT_GE(world["metrics"].started.size(), 24U * 60U / 6U - 24U);
  EXPECT_LE(world["metrics"].started.size(), 24U * 60U / 5U + 1U);
  EXPECT_LE(world.most_running, 3);
  std::size_t cut_short = 0;
  for (const auto reason : world["refresh-cache"].reasons)
    if (reason == CancelReason::kConstraintLost) ++cut_short;
  EXPECT_GE(cut_short, 1U) << "the user came back at least once in the middle";
}

}  // namespace
}  // namespace lull::testing
