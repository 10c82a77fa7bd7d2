// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/services/auto_clean_news.h"
#include "agent/settings.h"
#include "core/base/cancel.h"
#include "core/base/environment.h"
#include "core/base/result.h"
#include "core/model/pressure.h"
#include "core/platform/power_probe.h"
#include "core/stats/system_monitor.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/job_scheduler.h"

namespace lull::agent {

// What the desktop is told and asked from outside.
struct DesktopOptions {
  base::EnvironmentLookup environment;
  std::string socket;          // of the agent, for the popover
  std::function<void()> quit;  // a person wants the end of the agent; must not wait
};

// What is to be seen of the popover, in the words of its command line (ui/options.h).
struct PopoverWish {
  std::string page;   // overview|history|settings; empty: overview
  std::string start;  // optimize|clean|undo; empty: nothing
};

// The agent as a desktop sees it: a status item, notifications, and the popover that a click
// starts. Engine thread; destroyed on a fiber, before what it refers to.
class Desktop {
 public:
  struct Parts {
    scheduler::Engine& engine;
    scheduler::Executor& blocking;
    const Settings& settings;
    scheduler::JobScheduler& jobs;
    stats::SystemMonitor& monitor;
    platform::PowerProbe& power;
    std::function<std::optional<model::Pressure>()> pressure;
    // The item has looked at the machine: what others may have of that for nothing.
    std::function<void(std::optional<double> cpu_percent, const std::optional<model::Pressure>&)>
        looked;
    // Whether a run can be undone; may wait.
    std::function<bool()> undoable;
    // A click on a notice: gives back what a run has moved; turns cleaning by itself on. What came
    // of it is said by said(). Must not wait.
    std::function<void(std::int64_t run)> undo;
    std::function<void()> clean_by_itself;
    // Somebody shows notices now who did not before. Must not wait.
    std::function<void()> listening;
  };
  Desktop(Parts parts, DesktopOptions options);
  ~Desktop();

  // Shows the popover where the agent's session is; one that is open already goes to that page.
  // kUnavailable without a display. May wait.
  base::Status show_popover(const PopoverWish& wish);

  void settings_changed();
  void jobs_changed();
  void pressure_changed();
  // Relief can do no more: the largest app is named, if there is one. `bytes` is what it holds.
  void memory_is_short(const std::string& app, std::uint64_t bytes);
  // Cleaning by itself has something to say; false if nobody was told, as far as is known. Parks
  // until whoever shows notices has answered, or for as long as that is waited for; the object may
  // go meanwhile.
  bool cleaned(const AutoCleanNews& news, const base::CancelToken& cancel);
  // These rules are not cleaned by themselves any more.
  void rules_pause(const std::vector<std::string>& rules);
  // The answer to a click on a notice.
  void said(const std::string& title, const std::string& body);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::agent
