// SPDX-License-Identifier: MIT
// Relief as the agent does it, on the real kernel, by a clock that can be put forward: that an app
// has been idle for ten minutes is proven by two readings of its control group, and a test does not
// wait for that. Everything else takes the time it takes.
//   optimize          all seven operations; prints "ID OUTCOME BYTES REASON"
//   make-room         the idle job of that name, once memory has been little for five minutes;
//                     prints what it says
//   touched PID       takes from idle apps to a far target; after the first write PID gets SIGUSR1;
//                     prints "rounds_after_touch N" and the reason of the end
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include <unistd.h>

#include "agent/services/optimize_service.h"
#include "agent/services/relief_service.h"
#include "scheduler/job_scheduler.h"

namespace lull {
namespace {

using namespace std::chrono_literals;

class ForwardTime final : public scheduler::EngineTime {
 public:
  base::SteadyTime now() const override { return real_.now() + forward_; }
  base::WallTime wall_now() const override {
    return real_.wall_now() + std::chrono::duration_cast<base::WallTime::duration>(forward_);
  }
  bool advance_to(base::SteadyTime due) override { return now() >= due; }
  void put_forward(base::Duration by) { forward_ += by; }

 private:
  scheduler::EngineTime& real_ = scheduler::real_time();
  base::Duration forward_{};
};

// The real lever; a person comes back to the app after the first write.
class WatchedLever final : public platform::ScopeReclaim {
 public:
  WatchedLever(std::unique_ptr<platform::ScopeReclaim> real, pid_t person)
      : real_(std::move(real)), person_(person) {}
  platform::ReclaimAnswer reclaim(const platform::ReclaimRequest& request) override {
    const base::SteadyTime now = base::system_clock().now();
    // Writes of one round are a tenth of a second apart, rounds two seconds and more.
    if (touched && now - last_ > 1s) ++rounds_after_touch;
    auto answer = real_->reclaim(request);
    last_ = base::system_clock().now();
    if (!touched && person_ > 0) ::kill(person_, SIGUSR1);
    touched = true;
    return answer;
  }
  bool touched = false;
  int rounds_after_touch = 0;

 private:
  std::unique_ptr<platform::ScopeReclaim> real_;
  const pid_t person_;
  base::SteadyTime last_{};
};

class Trial {
 public:
  Trial(scheduler::Engine& engine, ForwardTime& time, scheduler::Executor& blocking, pid_t person)
      : engine_(engine),
        time_(time),
        blocking_(blocking),
        journal_(agent::JournalService::open(engine_, blocking_, "")),
        monitor_(stats::make_probes({}, time_), time_),
        power_(platform::make_power_probe({})),
        senses_(engine_, blocking_, settings_,
                {monitor_, *power_, [] { return model::PressureLevel::kNormal; },
                 [] { return std::nullopt; }, [] { return std::nullopt; }},
                facilities(person)),
        relief_(engine_, blocking_, monitor_, *journal_, senses_,
                {.stop_background = [] {}, .shed = [] {}}) {}

  int optimize() {
    get_to_know();
    agent::OptimizeService service({engine_, blocking_, monitor_, *journal_, relief_,
                                    *senses_.facilities().swap, *base::find_user_directories(),
                                    [](const auto&) -> base::Status {
                                      return base::fail(base::ErrorCode::kUnavailable, "none");
                                    },
                                    [] { return std::nullopt; }, settings_});
    scheduler::JobScheduler jobs(engine_, *journal_, {.automatic = false});
    jobs.add_job(service.job());
    jobs.start();
    const auto report = service.optimize(jobs, false, {});
    if (report)
      for (const auto& operation : report->operations)
        std::printf("%s %s %llu %s\n", operation.id.c_str(),
                    std::string(model::relief_outcome_name(operation.outcome)).c_str(),
                    static_cast<unsigned long long>(operation.bytes), operation.reason.c_str());
    jobs.shut_down(1s);
    return report ? 0 : 1;
  }

  // The job as it is, each minute until there is room or nothing is left to give; when it is due is
  // its conditions' business, and told here.
  int make_room() {
    is_room_needed();
    get_to_know();
    for (int minute = 0; minute < kMostMinutes && is_room_needed(); ++minute) {
      if (minute > 0) engine_.sleep_for(1min);
      std::printf("minute %d: %s\n", minute, run_job("make-room").c_str());
    }
    std::printf("room_needed_after %d\n", is_room_needed() ? 1 : 0);
    return 0;
  }

  int touched() {
    settings_.relief.target_available_percent = 90;
    get_to_know();
    const auto verdict = relief_.inactive_memory(false, {}, {"relief", time_.wall_now()});
    std::printf("rounds_after_touch %d\nend %s\n",
                lever_ && lever_->touched ? lever_->rounds_after_touch : -1,
                verdict.reason.c_str());
    return 0;
  }

 private:
  static constexpr int kMostMinutes = 12;

  agent::ReliefFacilities facilities(pid_t person) {
    auto found = agent::find_relief_facilities({}, ::geteuid(), time_);
    if (!found.reclaim) return found;
    auto watched = std::make_unique<WatchedLever>(std::move(found.reclaim), person);
    lever_ = watched.get();
    found.reclaim = std::move(watched);
    return found;
  }
  std::string run_job(const std::string& name) {
    const scheduler::JobParameters parameters;
    const std::string checkpoint;
    base::Progress progress;
    for (scheduler::JobSpec& spec : relief_.jobs()) {
      if (spec.name != name) continue;
      scheduler::JobContext context{{}, progress, parameters, checkpoint, true};
      return spec.body(context).message;
    }
    return "no such job";
  }
  bool is_room_needed() {
    for (const scheduler::Condition& condition : relief_.conditions())
      if (condition.code == "enough-available") return condition.evaluate().met;
    return false;
  }
  // What is busy must be so by a tenth of a percent of the time that is then said to have passed.
  void get_to_know() {
    senses_.look_at_apps();
    engine_.sleep_for(30s);
    time_.put_forward(10min);
  }

  scheduler::Engine& engine_;
  ForwardTime& time_;
  scheduler::Executor& blocking_;
  agent::Settings settings_;
  WatchedLever* lever_ = nullptr;
  std::unique_ptr<agent::JournalService> journal_;
  stats::SystemMonitor monitor_;
  std::unique_ptr<platform::PowerProbe> power_;
  agent::ReliefSenses senses_;
  agent::ReliefService relief_;
};

int run_trial(const std::string& what, pid_t person) {
  int code = 1;
  ForwardTime time;
  scheduler::BlockingPool blocking;
  scheduler::Engine engine(time);
  engine.run([&] {
    Trial trial(engine, time, blocking, person);
    code = what == "optimize"    ? trial.optimize()
           : what == "make-room" ? trial.make_room()
                                 : trial.touched();
  });
  return code;
}

}  // namespace
}  // namespace lull

int main(int count, char** words) {
  const std::string what = count > 1 ? words[1] : "";
  if (what != "optimize" && what != "make-room" && what != "touched") return 2;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const pid_t person = count > 2 ? std::atoi(words[2]) : 0;
  return lull::run_trial(what, person);
}
