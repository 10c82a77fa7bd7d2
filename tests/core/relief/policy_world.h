// SPDX-License-Identifier: MIT
#pragma once
#include <cmath>
#include <string>
#include <utility>

#include "core/relief/policy.h"

namespace lull::relief {

// A machine that is short of memory, with one app that has been idle for an hour; every test bends
// what it is about.
class World {
 public:
  World() {
    sample.level = model::PressureLevel::kWarning;
    sample.memory.total_bytes = 8 * base::kGiB;
    available(6);
    sample.memory.swap_total_bytes = 4 * base::kGiB;
    sample.swap = SwapKind::kSolidState;
    sample.levers.reclaim = true;
    sample.stall.emplace();
    sample.io_stall.emplace();
    add("app-old-1.scope", 1, std::chrono::hours(1));
  }
  ScopeUse& add(const std::string& unit, std::uint64_t id, base::Duration idle) {
    ScopeUse use;
    use.reading.unit = unit;
    use.reading.cgroup_id = id;
    use.reading.state = model::ScopeState::kRead;
    use.reading.current_bytes = base::kGiB;
    use.reading.inactive_anonymous_bytes = 600 * base::kMiB;
    use.reading.inactive_file_bytes = 200 * base::kMiB;
    use.reading.refaults_anonymous = 1000;
    use.reading.cpu_us = 1;
    use.idle_for = idle;
    sample.scopes.push_back(use);
    return sample.scopes.back();
  }
  ScopeUse& scope(std::size_t at = 0) { return sample.scopes[at]; }
  void available(double percent) {
    sample.memory.available_bytes = static_cast<std::uint64_t>(
        std::ceil(percent / 100 * static_cast<double>(sample.memory.total_bytes)));
  }
  void swap_used(double percent) {
    sample.memory.swap_used_bytes = static_cast<std::uint64_t>(
        percent / 100 * static_cast<double>(sample.memory.swap_total_bytes));
  }
  void level(std::optional<model::PressureLevel> now_level) { sample.level = now_level; }
  // The first two rungs that need no other set-up are behind us.
  void past_shed() { state.shed_at = now; }
  // Nor is it time for a question.
  void past_question() {
    past_shed();
    state.asked_at = now;
  }
  void past_file() {
    past_shed();
    for (ScopeUse& use : sample.scopes) use.reading.inactive_file_bytes = 0;
  }
  // Nobody there, and low on memory for long.
  void alone() {
    level(model::PressureLevel::kNormal);
    sample.machine_idle = true;
    available(15);
    state.low_since = now - kLowFor;
  }

  void pass(base::Duration by) { now += by; }
  // One step, on a sample of this moment.
  ReliefAction step() {
    sample.taken_at = now;
    for (auto* stall : {&sample.stall, &sample.io_stall})
      if (*stall) (*stall)->taken_at = now;
    ReliefAction action = relief::step(state, sample, now, settings);
    sample.result.reset();
    sample.requested = false;
    return action;
  }
  // The last action ends now, as the kernel says; the machine may then settle.
  void done(platform::ReclaimOutcome outcome = platform::ReclaimOutcome::kReclaimed,
            base::Duration settle = kSettle) {
    sample.result = ReliefResult{now, outcome};
    pass(settle);
  }
  // What was asked for is gone from the app and available.
  void freed(std::uint64_t bytes, std::size_t at = 0) {
    reclaimed(bytes, at);
    sample.memory.available_bytes += bytes;
  }

  // Gone from the app, wherever it went.
  void reclaimed(std::uint64_t bytes, std::size_t at = 0) {
    scope(at).reading.current_bytes -= bytes;
    scope(at).reading.pages_reclaimed += bytes / 4096;
  }

  base::SteadyTime now{std::chrono::hours(100)};
  ReliefSettings settings;
  ReliefState state;
  ReliefSample sample;
};

}  // namespace lull::relief
