// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdlib>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scheduler/task_group.h"
#include "tests/support/tidy_home.h"

// A week of a person's life, and weeks nobody would wish for: what is cleaned by itself, when, and
// why the rest of the time nothing was.
namespace lull::testing {
namespace {

namespace fs = std::filesystem;
using agent::AutoClean;
using scheduler::Outcome;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A home whose person has a timetable. `to()` goes on until that minute of the week.
class Week : public ::testing::Test {
 protected:
  void to(int day, int hour, int minute = 0) {
    const auto when =
        home_.start() + std::chrono::hours(24 * day + hour - 8) + std::chrono::minutes(minute);
    home_.sleep(when - home_.engine.time.wall_now());
  }
  // What holds the job back now: "user-active, on-battery"; "due" if nothing does, "waiting" if it
  // is not due.
  std::string held(TidyHome::Life& life, const std::string& job = AutoClean::kJob) {
    for (const auto& view : life.jobs.jobs()) {
      if (view.spec->name != job) continue;
      if (view.state == scheduler::JobView::State::kWaiting) return "waiting";
      std::string codes;
      for (const auto& code : view.blocked_by) codes += (codes.empty() ? "" : ", ") + code;
      return codes.empty() ? "due" : codes;
    }
    return "no such job";
  }
  // "Mon 12:32 done: …" of each run of the job.
  std::vector<std::string> runs_of(const std::string& job) {
    std::vector<std::string> lines;
    for (const auto& run : home_.runs)
      if (run.job == job && run.automatic)
        lines.push_back(home_.clock_text(run.started) + " " +
                        std::string(scheduler::outcome_name(run.result.outcome)));
    return lines;
  }
  // The minute is the scheduler's to choose.
  static std::string to_the_hour(const std::string& line) {
    return line.substr(0, 6) + line.substr(9);
  }
  std::vector<std::string> hours_of(const std::string& job) {
    std::vector<std::string> lines = runs_of(job);
    std::transform(lines.begin(), lines.end(), lines.begin(), to_the_hour);
    return lines;
  }

  TidyHome home_;
};

TEST_F(Week, OfWorkLunchesATrainAPresentationAndNights) {
  home_.settings.automation.quiet_hours = agent::QuietHours{22h, 24h};
  home_.thumbnail("monday.png");
  home_.live(
      [&](TidyHome::Life& life) {
        // Monday: at work from eight; the first lunch is the first time that nobody is there.
        home_.user.comes();
        to(0, 9);
        EXPECT_EQ(held(life), "user-active");
        EXPECT_THAT(runs_of("clean-idle"), IsEmpty());
        to(0, 12);
        home_.user.goes();
        to(0, 13);
        home_.user.comes();
        EXPECT_THAT(hours_of("clean-idle"), ElementsAre("Mon 12 done"));
        EXPECT_THAT(life.history("rehearsal"), SizeIs(1));
        EXPECT_THAT(home_.trashed(), IsEmpty());
        EXPECT_THAT(home_.news, SizeIs(1));
        // The person clicks "Turn on".
        home_.settings.automation.clean = "on";
        life.jobs.conditions_changed();
        to(0, 18);
        home_.user.goes();
        to(0, 19);
        EXPECT_EQ(held(life), "waiting") << "once a day";

        // Tuesday: a film is being watched at lunch, nobody touches anything.
        to(1, 8);
        home_.user.comes();
        to(1, 12);
        home_.user.goes();
        home_.inhibitors = {"mpv (playing)"};
        to(1, 13, 30);
        EXPECT_EQ(held(life), "inhibited");
        EXPECT_EQ(life.why("inhibited"), "mpv (playing)");
        home_.inhibitors.clear();
        home_.user.comes();
        // Somebody leaves a build running over the afternoon break; then it is done.
        to(1, 15);
        home_.user.goes();
        home_.cpu.set_percent(90);
        to(1, 15, 40);
        EXPECT_EQ(held(life), "cpu-busy");
        home_.cpu.set_percent(2);
        to(1, 16);
        EXPECT_THAT(hours_of("clean-idle"), ElementsAre("Mon 12 done", "Tue 15 done"));
        EXPECT_THAT(home_.trashed(), Contains("monday.png"));
        ASSERT_THAT(life.history("automatic"), SizeIs(1));
        EXPECT_THAT(home_.news, SizeIs(2));
        home_.user.comes();

        // Wednesday: on a train, on battery, asleep for an hour of it; mains again in the evening,
        // just before the quiet hours.
        home_.thumbnail("wednesday.png");
        to(2, 8);
        home_.power.state = {model::PowerSource::kBattery, 70};
        to(2, 9);
        home_.user.goes();
        to(2, 16, 10);
        home_.engine.time.jump_wall(1h);  // suspended
        to(2, 18);
        EXPECT_EQ(held(life), "on-battery");
        EXPECT_EQ(life.why("on-battery"), "battery at 70 %");
        home_.user.comes();
        to(2, 21, 58);
        home_.power.state = {model::PowerSource::kMains, std::nullopt};
        home_.user.goes();
        to(2, 23);
        EXPECT_EQ(held(life), "quiet-hours");
        // Thursday: ten past midnight nobody is there, and the quiet hours are over.
        to(3, 1);
        EXPECT_THAT(hours_of("clean-idle"),
                    ElementsAre("Mon 12 done", "Tue 15 done", "Thu 00 done"));
        EXPECT_THAT(home_.trashed(), Contains("wednesday.png"));
        // The person wants that one back, and it is not taken again.
        to(3, 9);
        home_.user.comes();
        ASSERT_TRUE(life.take_back());
        EXPECT_THAT(home_.trashed(), Contains("monday.png"));

        // Friday: memory is short at lunch.
        to(4, 12);
        home_.user.goes();
        model::Pressure short_of_memory;
        short_of_memory.level = model::PressureLevel::kWarning;
        home_.pressure = short_of_memory;
        to(4, 13);
        EXPECT_EQ(held(life), "pressure");
        home_.pressure.reset();
        home_.thermal.state.level = model::ThermalLevel::kHot;
        to(4, 14);
        EXPECT_EQ(held(life), "thermal");
        home_.thermal.state = {};
        // Paused for the weekend's work.
        life.jobs.pause(std::nullopt);
        to(5, 12);
        EXPECT_EQ(held(life), "paused");
        to(6, 20);
        life.jobs.resume();
        to(6, 21, 30);
      },
      true);
  EXPECT_THAT(hours_of("clean-idle"),
              ElementsAre("Mon 12 done", "Tue 15 done", "Thu 00 done", "Sun 20 done"));
  EXPECT_TRUE(fs::exists(home_.temp / "home/.cache/thumbnails/normal/wednesday.png"))
      << "it was given back once";
  EXPECT_THAT(home_.runs.back().result.message, ::testing::Not(IsEmpty()));
  EXPECT_THAT(hours_of("history"), SizeIs(::testing::Ge(4U)));
  for (const auto& run : home_.runs) EXPECT_NE(run.result.outcome, Outcome::kFailed) << run.job;
}

TEST_F(Week, GoesOnInItsOwnTimeZone) {
  home_.settings.automation.quiet_hours = agent::QuietHours{22h, 7h};
  home_.live(
      [&](TidyHome::Life& life) {
        to(0, 8, 30);
        EXPECT_THAT(runs_of("clean-idle"), SizeIs(1));
        // Tuesday, 9:00 in London is 22:00 in Auckland's summer: the person has flown there.
        home_.user.comes();
        to(1, 9);
        ::setenv("TZ", "NZST-13", 1);  // (nobody calls tzset() for the agent)
        home_.user.goes();
        to(1, 17, 30);
        EXPECT_EQ(held(life), "quiet-hours") << "half past six in the morning there";
        to(1, 18, 30);
        EXPECT_THAT(runs_of("clean-idle"), SizeIs(2));
      },
      true);
  ::setenv("TZ", "UTC", 1);
  ::tzset();
}

TEST_F(Week, SurvivesRestartsWithoutRunningTwiceADay) {
  for (int life = 0; life < 8; ++life) home_.live([&](TidyHome::Life&) { home_.sleep(1h); }, true);
  EXPECT_THAT(runs_of("clean-idle"), SizeIs(1));
  home_.live([&](TidyHome::Life&) { home_.sleep(20h); }, true);
  EXPECT_THAT(runs_of("clean-idle"), SizeIs(2));
}

TEST_F(Week, GivesTheSpaceAtOnceWhenTheVolumeFillsUp) {
  home_.settings.automation.clean = "off";
  home_.thumbnail("old.png");
  home_.live([&](TidyHome::Life& life) {
    scheduler::TaskGroup watch(home_.engine.engine);
    watch.spawn("full volumes", [&](const base::CancelToken& cancel) {
      life.purge.watch_volumes(life.jobs, cancel);
    });
    const auto offered = life.clean.offer(life.jobs, {"thumbnails"}, false, {});
    ASSERT_TRUE(offered) << offered.error().to_string();
    ASSERT_TRUE(life.clean.clean(life.jobs, offered->id, false, {}));
    to(0, 20);
    EXPECT_THAT(home_.trashed(), Contains("old.png")) << "a week is not over";
    EXPECT_THAT(life.history("automatic"), IsEmpty());

    home_.user.comes();  // who fills it up, on battery even
    home_.power.state.source = model::PowerSource::kBattery;
    home_.trash_nearly_full = true;
    to(0, 20, 11);
    EXPECT_THAT(home_.trashed(), IsEmpty());
    const auto purges = life.history("automatic");
    ASSERT_THAT(purges, SizeIs(1)) << "and once";
    EXPECT_EQ(purges[0].kind, "purge");
    EXPECT_EQ(purges[0].outcome, "done");
    to(1, 8);
    EXPECT_EQ(std::count_if(home_.runs.begin(), home_.runs.end(),
                            [](const auto& run) { return run.job == "purge"; }),
              1)
        << "nothing of ours is there any more";
    watch.cancel(base::CancelReason::kShutdown);
    watch.join();
  });
}

// Where nothing can be removed it does not try every few minutes.
TEST_F(Week, RestsWhereAFullVolumeGivesNothingBack) {
  home_.settings.automation.clean = "off";
  home_.thumbnail("old.png");
  home_.live([&](TidyHome::Life& life) {
    const auto offered = life.clean.offer(life.jobs, {"thumbnails"}, false, {});
    ASSERT_TRUE(offered && life.clean.clean(life.jobs, offered->id, false, {}));
    for (const auto& info : fs::directory_iterator(home_.temp / "home/.local/share/Trash/info"))
      fs::resize_file(info, 0);
    home_.trash_nearly_full = true;
    scheduler::TaskGroup watch(home_.engine.engine);
    watch.spawn("full volumes", [&](const base::CancelToken& cancel) {
      life.purge.watch_volumes(life.jobs, cancel);
    });
    to(0, 12);
    const auto purges = std::count_if(home_.runs.begin(), home_.runs.end(),
                                      [](const auto& run) { return run.job == "purge"; });
    EXPECT_GE(purges, 2);
    EXPECT_LE(purges, 5) << "four hours";
    EXPECT_THAT(home_.trashed(), Contains("old.png"));
    watch.cancel(base::CancelReason::kShutdown);
    watch.join();
  });
}

TEST_F(Week, ComesEveryHourWhileTheVolumeIsNearlyFull) {
  home_.nearly_full = true;
  home_.live([&](TidyHome::Life&) { home_.sleep(5h + 30min); }, true);
  EXPECT_THAT(runs_of("clean-idle"),
              SizeIs(::testing::AllOf(::testing::Ge(4U), ::testing::Le(6U))));
}

// ---- whatever happens ---------------------------------------------------------------------------

// Random people, machines, restarts, undos and changes of mind. What must hold does.
class AnyWeek : public ::testing::TestWithParam<unsigned> {
 protected:
  std::uint64_t one_of(std::uint64_t count) { return random_() % count; }

  void something_happens(TidyHome::Life& life) {
    switch (one_of(12)) {
      case 0:
        return home_.user.comes();
      case 1:
      case 2:
        return home_.user.goes();
      case 3:
        home_.power.state.source =
            one_of(2) == 0 ? model::PowerSource::kBattery : model::PowerSource::kMains;
        return;
      case 4:
        return home_.cpu.set_percent(one_of(2) == 0 ? 95 : 1);
      case 5:
        home_.inhibitors.clear();
        if (one_of(3) == 0) home_.inhibitors = {"a film"};
        return;
      case 6: {
        const char* modes[] = {"off", "rehearse", "on", "on"};
        home_.settings.automation.clean = modes[one_of(4)];
        return life.jobs.conditions_changed();
      }
      case 7:
        if (one_of(2) == 0)
          life.jobs.pause(std::nullopt);
        else
          life.jobs.resume();
        return;
      case 8:
        if (const auto report = life.take_back()) note_what_was_given_back(life);
        return;
      case 9:
        return home_.engine.time.jump_wall(std::chrono::hours(one_of(3)));  // suspended
      case 10:
        home_.nearly_full = one_of(4) == 0;
        return;
      default:
        home_.thumbnail(std::to_string(++files_) + ".png", 100);
    }
  }

  void note_what_was_given_back(TidyHome::Life& life) {
    const auto state = life.journal->auto_state();
    for (const auto& item : state->undone) given_back_.insert(item.path);
  }

  // Then everybody goes on holiday: shown one day, and moved the next.
  void holidays(TidyHome::Life& life) {
    home_.settings.automation.clean = "on";
    home_.user.goes();
    home_.power.state.source = model::PowerSource::kMains;
    home_.cpu.set_percent(1);
    home_.inhibitors.clear();
    life.jobs.resume();
    (void)life.auto_clean.resume("thumbnails");
    home_.thumbnail("last.png");
    home_.sleep(80h);
  }

  bool may_run() const {
    return home_.settings.automation.clean != "off" && home_.inhibitors.empty() &&
           home_.power.state.source != model::PowerSource::kBattery;
  }

  TidyHome home_;
  std::mt19937_64 random_{GetParam()};
  std::set<std::string> given_back_;
  int files_ = 0;
};

TEST_P(AnyWeek, KeepsThePromises) {
  std::size_t moving_runs = 0;
  for (int life = 0; life < 3; ++life)
    home_.live(
        [&](TidyHome::Life& agent) {
          std::size_t seen = home_.runs.size();
          for (int event = 0; event < 120; ++event) {
            something_happens(agent);
            home_.sleep(std::chrono::minutes(1 + one_of(90)));
            // Every automatic run began while what a run asks for was so: nothing else has changed
            // since the last event.
            for (; seen < home_.runs.size(); ++seen)
              if (home_.runs[seen].job == "clean-idle" && home_.runs[seen].automatic) {
                EXPECT_TRUE(may_run()) << home_.clock_text(home_.runs[seen].started);
              }
          }
          if (life == 2) holidays(agent);
          // Every start has an end.
          const auto history = agent.journal->history(0);
          for (const auto& entry : *history) EXPECT_NE(entry.outcome, "running");
          // What was given back is where it was, and was not moved by a later run.
          const auto state = *agent.journal->auto_state();
          for (const auto& entry : agent.history("automatic")) {
            ++moving_runs;
            EXPECT_TRUE(entry.kind == "clean" || entry.kind == "purge") << entry.kind;
            if (entry.kind != "clean") continue;
            const auto detail = agent.journal->run_detail(entry.run);
            for (const auto& item : detail->items)
              for (const auto& undone : state.undone)
                if (undone.path == item.path && item.state == "moved") {
                  EXPECT_LE(entry.run, undone.run) << item.path;
                }
          }
        },
        true);
  EXPECT_GE(moving_runs, 1U) << "something did move";
  for (const std::string& path : given_back_) EXPECT_TRUE(fs::exists(path)) << path;
  // Between two runs by itself lies an hour at least.
  std::optional<base::WallTime> last;
  for (const auto& run : home_.runs) {
    if (run.job != "clean-idle" || !run.automatic) continue;
    if (last) {
      EXPECT_GE(run.started - *last, 59min);
    }
    last = run.started;
  }
  EXPECT_TRUE(last) << "it did run";
  // What is in the trash can be given back, all of it, until it is purged.
  home_.live([&](TidyHome::Life& agent) {
    const auto history = agent.journal->history(0);
    for (const auto& entry : *history)
      if (entry.undoable) {
        EXPECT_TRUE(agent.take_back(entry.run)) << entry.run;
      }
  });
  EXPECT_THAT(home_.trashed(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyWeek, ::testing::Range(1U, 7U));

}  // namespace
}  // namespace lull::testing
