// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "scheduler/engine.h"
#include "scheduler/job.h"
#include "scheduler/job_scheduler.h"
#include "tests/support/virtual_engine.h"

// A job scheduler in virtual time with conditions to flip and jobs whose bodies take a given time
// and write down what happened to them.
namespace lull::testing {

using namespace std::chrono_literals;

// Keeps the last state of each job and how often it was told.
class RecordingStore final : public scheduler::JobStateStore {
 public:
  std::vector<scheduler::JobState> load() override { return planted; }
  void save(const scheduler::JobState& state) override {
    states[state.name] = state;
    ++saves;
  }
  std::optional<scheduler::SavedPause> load_pause() override { return pause; }
  void save_pause(const std::optional<scheduler::SavedPause>& wanted) override { pause = wanted; }
  std::vector<scheduler::JobState> planted;
  std::optional<scheduler::SavedPause> pause;
  std::map<std::string, scheduler::JobState> states;
  int saves = 0;
};

// What the runs of one job saw; times since the world began.
struct JobLog {
  std::vector<base::Duration> started;
  std::vector<base::Duration> ended;
  std::vector<bool> automatic;
  std::vector<std::string> checkpoints;
  std::vector<base::CancelReason> reasons;  // kNone: not cancelled
  int running = 0;
};

class JobWorld {
 public:
  explicit JobWorld(scheduler::JobScheduler::Options options = {})
      : engine(time), jobs(engine, store, options), began_(time.now()) {}

  // A condition that is `met[code]`.
  void condition(const std::string& code, bool is_met = true) {
    met[code] = is_met;
    jobs.add_condition(
        {code, [this, code] {
           ++asked;
           return scheduler::ConditionState{met[code], met[code] ? "good" : "bad", "good"};
         }});
  }

  // A job whose body sleeps `takes`, or until it is cancelled, and then gives what `ending` says.
  using Ending = std::function<scheduler::JobResult(const scheduler::JobContext&)>;
  void job(scheduler::JobSpec spec, base::Duration takes, const Ending& ending = {}) {
    const std::string name = spec.name;
    spec.body = [this, name, takes, ending](scheduler::JobContext& context) {
      return body(name, takes, ending, context);
    };
    jobs.add_job(std::move(spec));
  }

  // Starts the scheduler, runs `story` on the engine and shuts down.
  void run(const std::function<void()>& story) {
    engine.run([&] {
      jobs.start();
      story();
      left_running = jobs.shut_down(24h);
    });
  }

  base::Duration now() const { return time.now() - began_; }
  void sleep(base::Duration duration) { engine.sleep_for(duration); }
  void sleep_to(base::Duration since_begin) { engine.sleep_until(began_ + since_begin); }
  void set(const std::string& code, bool is_met, bool tell = true) {
    met[code] = is_met;
    if (tell) jobs.conditions_changed();
  }
  scheduler::JobView view(std::string_view name) const {
    for (auto& view : jobs.jobs())
      if (view.spec->name == name) return view;
    return {};
  }
  JobLog& operator[](const std::string& name) { return logs[name]; }

  VirtualTime time;
  scheduler::Engine engine;
  RecordingStore store;
  std::map<std::string, bool> met;
  std::map<std::string, JobLog> logs;
  int asked = 0;  // questions to conditions
  scheduler::JobScheduler jobs;
  std::vector<std::string> left_running;
  int running = 0, most_running = 0;

 private:
  scheduler::JobResult body(const std::string& name, base::Duration takes, const Ending& ending,
                            scheduler::JobContext& context) {
    JobLog& log = logs[name];
    log.started.push_back(now());
    log.automatic.push_back(context.automatic);
    log.checkpoints.push_back(context.checkpoint);
    ++log.running;
    most_running = std::max(most_running, ++running);
    engine.sleep_for(takes, {}, context.cancel);
    --running;
    --log.running;
    log.ended.push_back(now());
    log.reasons.push_back(context.cancel.reason());
    if (ending) return ending(context);
    if (context.cancel.cancelled()) return {scheduler::Outcome::kCancelled, {}, "half-way"};
    return {};
  }

  const base::SteadyTime began_;
};

// Designated initialisers in one line for the common kinds of job.
inline scheduler::JobSpec periodic(std::string name, base::Duration interval,
                                   std::vector<std::string> constraints = {}) {
  scheduler::JobSpec spec;
  spec.name = std::move(name);
  spec.trigger = scheduler::Trigger::kPeriodic;
  spec.interval = interval;
  spec.constraints = std::move(constraints);
  return spec;
}
inline scheduler::JobSpec on_request(
    std::string name, scheduler::Priority priority = scheduler::Priority::kBackground) {
  scheduler::JobSpec spec;
  spec.name = std::move(name);
  spec.priority = priority;
  return spec;
}
inline scheduler::JobSpec on_pressure(std::string name, std::vector<std::string> constraints = {}) {
  scheduler::JobSpec spec;
  spec.name = std::move(name);
  spec.trigger = scheduler::Trigger::kPressure;
  spec.constraints = std::move(constraints);
  return spec;
}

}  // namespace lull::testing
