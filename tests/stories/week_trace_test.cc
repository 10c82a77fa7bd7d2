// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "tests/stories/household.h"

// A week of a person's life with every job of the agent that runs by itself: which ran when, and at
// each turn of the week why the others did not, to the minute, as a golden trace.
// LULL_UPDATE_GOLDEN=1 writes it anew: read the difference before you keep it.
namespace lull::testing {
namespace {

class WeekTrace {
 public:
  WeekTrace() {
    // The same Monday morning, a number of weeks behind the real clock: what a test writes is old.
    constexpr auto kWeek = std::chrono::hours(24 * 7);
    const auto ahead = base::system_clock().wall_now() - house_.world.time.wall_now();
    house_.world.time.jump_wall((ahead / kWeek + 14) * base::Duration(kWeek));
    start_ = house_.world.time.wall_now();
    house_.machine.idle_for = [this] {
      return present_ ? base::Duration(0) : house_.world.time.now() - left_;
    };
    house_.settings.automation.clean = "on";
    house_.settings.automation.quiet_hours = agent::QuietHours{22h, 24h};
    house_.temp.write("home/work/file", std::string(5000, 'x'));
  }

  // Lines in the order of time.
  std::vector<std::string> live() {
    house_.live({"scan", "refresh-cache", "warm-up", "relief", "make-room", "history", "purge",
                 "clean-idle"},
                [this] { week(); });
    tell_runs();
    return lines_;
  }

 private:
  void week() {
    at(0, 8, 10, "comes to work", [this] { comes(); });
    at(0, 12, 0, "goes to lunch", [this] { goes(); });
    at(0, 13, 0, "comes back", [this] { comes(); });
    at(0, 18, 0, "goes home", [this] { goes(); });
    at(0, 23, 0, "(quiet hours)", [] {});
    at(1, 8, 10, "comes to work", [this] { comes(); });
    at(1, 12, 0, "leaves a film running", [this] {
      goes();
      house_.machine.idle_inhibitors = {"mpv (playing)"};
    });
    at(1, 13, 30, "the film ends, a build is begun", [this] {
      house_.machine.idle_inhibitors.clear();
      house_.machine.busy_percent = 90;
    });
    at(1, 15, 0, "the build is done", [this] { house_.machine.busy_percent = 3; });
    at(1, 17, 0, "comes back", [this] { comes(); });
    at(2, 8, 0, "a train: on battery", [this] {
      house_.machine.fake.power.source = model::PowerSource::kBattery;
      goes();
    });
    at(2, 10, 0, "closes the lid for an hour", [this] { house_.world.time.jump_wall(1h); });
    at(2, 17, 0, "plugs it in", [this] {
      house_.machine.fake.power.source = model::PowerSource::kMains;
      comes();
    });
    at(2, 19, 0, "goes home", [this] { goes(); });
    at(3, 9, 0, "memory is short", [this] {
      comes();
      house_.machine.run_short();
    });
    at(3, 9, 30, "and is not any more", [this] { house_.machine.recover(); });
    at(3, 12, 0, "goes for a long weekend", [this] { goes(); });
    at(4, 9, 0, "it is hot",
       [this] { house_.machine.fake.thermal.level = model::ThermalLevel::kHot; });
    at(4, 15, 0, "it is not any more; jobs are paused for the weekend", [this] {
      house_.machine.fake.thermal = {};
      house_.jobs->pause(std::nullopt);
    });
    at(6, 20, 0, "they may run again", [this] { house_.jobs->resume(); });
    at(7, 0, 0, "the week ends", [] {});
  }

  void comes() { present_ = true; }
  void goes() {
    if (present_) left_ = house_.world.time.now();
    present_ = false;
  }

  // A minute later everybody has noticed: then the jobs' reasons are written down.
  void at(int day, int hour, int minute, const std::string& what,
          const std::function<void()>& happens) {
    house_.sleep_to(start_ + 24h * day + std::chrono::hours(hour - 8) +
                    std::chrono::minutes(minute));
    tell_runs();
    lines_.push_back(clock(house_.world.time.wall_now()) + " " + what);
    happens();
    house_.jobs->conditions_changed();
    house_.sleep(1min);
    tell_runs();
    for (const auto& view : house_.jobs->jobs()) {
      if (view.spec->trigger == scheduler::Trigger::kRequest) continue;
      lines_.push_back("            " + view.spec->name + ": " + reason(view));
    }
  }

  std::string reason(const scheduler::JobView& view) const {
    std::string codes;
    for (const std::string& code : view.blocked_by) codes += (codes.empty() ? "" : ", ") + code;
    if (!codes.empty()) return "held by " + codes;
    if (view.next_at) return "next at " + clock(*view.next_at);
    return view.spec->trigger == scheduler::Trigger::kPressure ? "until memory is short" : "?";
  }

  // Runs of the same minute in the order of their words, since work is done by threads. Relief goes
  // on as long as memory is short, by what this process could give: it is told of once.
  void tell_runs() {
    std::vector<std::pair<base::Duration, std::string>> runs;
    for (; told_ < house_.runs.size(); ++told_) {
      const EndedRun& run = house_.runs[told_];
      const bool is_relief = run.job == "relief" || run.job == "make-room";
      if (is_relief && std::exchange(relieved_, true)) continue;
      const std::string outcome =
          is_relief ? "ran" : std::string(scheduler::outcome_name(run.result.outcome));
      runs.emplace_back(std::chrono::floor<std::chrono::minutes>(run.started - start_),
                        clock(run.started) + " * " + run.job + " " + outcome +
                            (run.automatic ? "" : " (asked for)"));
    }
    std::sort(runs.begin(), runs.end());
    for (auto& [at, line] : runs) lines_.push_back(std::move(line));
  }

  std::string clock(base::WallTime time) const {
    static constexpr const char* kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    const auto minutes = std::chrono::floor<std::chrono::minutes>(time - start_).count() + 8 * 60;
    const auto two = [](long number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::string(kDays[minutes / (24 * 60) % 7]) + " " + two(minutes / 60 % 24) + ":" +
           two(minutes % 60);
  }

  Household house_;
  base::WallTime start_{};
  base::SteadyTime left_{};
  bool present_ = true;
  std::size_t told_ = 0;
  bool relieved_ = false;
  std::vector<std::string> lines_;
};

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST(WeekTrace, SaysOfEveryJobWhenItRanAndWhyItDidNot) {
  const std::string text = text_of(WeekTrace().live());
  const std::string path = std::string(LULL_GOLDEN_DIR) + "/week.txt";
  if (std::getenv("LULL_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(LULL_GOLDEN_DIR);
    std::ofstream(path) << text;
  }
  std::ifstream file(path);
  const std::string golden(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(text, golden) << "LULL_UPDATE_GOLDEN=1 writes it anew";
}

TEST(WeekTrace, LivedTwiceIsTheSameWeek) {
  EXPECT_EQ(text_of(WeekTrace().live()), text_of(WeekTrace().live()));
}

}  // namespace
}  // namespace lull::testing
