// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/progress.h"

namespace lull::base {

// What a person wants to know of an operation that is under way. Nothing in it ever goes back, but
// for the rates and the time left, which follow the work.
struct ProgressView {
  std::string_view stage;
  std::uint64_t done_items = 0, total_items = 0;  // total 0: unknown; never less than done
  std::uint64_t done_bytes = 0, total_bytes = 0;
  double items_per_second = 0, bytes_per_second = 0;  // of the last seconds
  std::optional<double> share;                        // of the whole, below 1 until it is over
  std::optional<Duration> left;
};

// Turns snapshots, taken whenever it suits, into a view. What is expected comes from the last run
// of the same operation (Progress::expect()). If this run turns out larger, the share waits just
// below 1 instead of going back, and the time left is unknown. One thread.
class ProgressMeter {
 public:
  // Rates are those of the last kWindow, so that a pause or a burst is soon forgotten.
  static constexpr Duration kWindow = std::chrono::seconds(5);

  explicit ProgressMeter(SteadyTime started);
  ProgressView update(const ProgressSnapshot& snapshot, SteadyTime now);

 private:
  struct Mark {
    SteadyTime when;
    std::uint64_t items = 0, bytes = 0;
  };
  void remember(SteadyTime now);
  void set_rates(SteadyTime now);
  void set_share(const ProgressSnapshot& snapshot);

  std::deque<Mark> marks_;  // the first is as old as the window, or the start
  ProgressView view_;
};

}  // namespace lull::base
