// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/services/auto_clean_news.h"
#include "agent/services/clean_house.h"
#include "agent/services/clean_service.h"
#include "agent/services/scan_service.h"
#include "agent/settings.h"
#include "core/clean/auto_policy.h"
#include "core/model/auto_clean.h"
#include "core/platform/own_use.h"
#include "scheduler/condition.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/job.h"

namespace lull::agent {

// Cleaning by itself: the idle job `clean-idle`. Takes what rules of the tier "safe" find, as far
// as clean::decide() lets it: rehearsed first, moved to the trash once automation.clean is "on",
// never what was given back. Engine thread.
class AutoClean {
 public:
  static constexpr const char* kJob = "clean-idle";
  // Once a day; where a volume that holds what may go is nearly full (clean::is_nearly_full()) more
  // often.
  static constexpr auto kInterval = std::chrono::hours(24);
  static constexpr auto kIntervalWhenFull = std::chrono::hours(1);
  // What a run writes down item by item; the sums are of everything, and it says how many more
  // there were.
  static constexpr std::size_t kMostNotes = 2000;

  struct Parts {
    scheduler::Engine& engine;
    scheduler::ComputePool& compute;
    CleanHouse& house;
    CleanService& clean;
    ScanService& scans;
    const Settings& settings;
    std::function<bool()> on_battery;
    std::function<bool(const std::string& path)> is_nearly_full;  // blocks
  };
  explicit AutoClean(Parts parts);

  scheduler::JobSpec job();                              // references this service
  std::vector<scheduler::Condition> conditions() const;  // likewise

  // How often the job is to run from now on; called when that changes.
  void on_interval(std::function<void(base::Duration)> observer) {
    interval_observer_ = std::move(observer);
  }

  // What the conditions show is read again, since others write it too (an undo, another process).
  // Returns the rules that pause now and did not before. Parks.
  std::vector<std::string> look_again();
  // Whether a volume that may be cleaned is nearly full is asked again. Parks.
  void look_at_volumes();
  bool nearly_full() const { return nearly_full_; }  // as of the last look
  // A rule that pauses goes on; kNotFound for one that does not. Parks.
  base::Status resume(const std::string& rule);

 private:
  struct Work;
  scheduler::JobResult run(scheduler::JobContext& context);
  scheduler::JobResult act(scheduler::JobContext& context, clean::AutoMode mode);
  std::vector<std::string> categories() const;
  std::map<std::string, clean::RuleFact> facts(const scan::LoadedRules& rules) const;
  base::Status rehearse(Work& work);
  base::Status move(Work& work, const scheduler::JobContext& context);
  void finish(const Work& work);
  void save_usage(const Work& work, std::int64_t run);
  base::Status write(const std::function<base::Status(clean::AutoJournal&)>& act);

  const Parts parts_;
  std::function<void(base::Duration)> interval_observer_;
  // Of the last look.
  bool looked_ = false;
  std::size_t rehearsed_rules_ = 0, kept_items_ = 0;
  std::vector<std::string> paused_;
  std::vector<std::string> places_;  // roots of the last plan
  bool nearly_full_ = false;
};

}  // namespace lull::agent
