// SPDX-License-Identifier: MIT
#include "core/base/progress_meter.h"

#include <algorithm>

namespace lull::base {
namespace {

constexpr double kAlmost = 0.99;  // more is said only when it is over
constexpr auto kBetweenMarks = std::chrono::milliseconds(100);

}  // namespace

ProgressMeter::ProgressMeter(SteadyTime started) { marks_.push_back({started}); }

ProgressView ProgressMeter::update(const ProgressSnapshot& snapshot, SteadyTime now) {
  view_.stage = snapshot.stage;
  view_.done_items = std::max(view_.done_items, snapshot.done_items);
  view_.done_bytes = std::max(view_.done_bytes, snapshot.done_bytes);
  const auto at_least = [](std::uint64_t total, std::uint64_t done) {
    return total == 0 ? 0 : std::max(total, done);
  };
  view_.total_items = at_least(snapshot.total_items, view_.done_items);
  view_.total_bytes = at_least(snapshot.total_bytes, view_.done_bytes);
  remember(now);
  set_rates(now);
  set_share(snapshot);
  return view_;
}

void ProgressMeter::remember(SteadyTime now) {
  if (now - marks_.back().when >= kBetweenMarks)
    marks_.push_back({now, view_.done_items, view_.done_bytes});
  while (marks_.size() > 1 && now - marks_[1].when >= kWindow) marks_.pop_front();
}

void ProgressMeter::set_rates(SteadyTime now) {
  const Mark& since = marks_.front();
  const double seconds = to_seconds(now - since.when);
  if (seconds <= 0) return;
  view_.items_per_second = static_cast<double>(view_.done_items - since.items) / seconds;
  view_.bytes_per_second = static_cast<double>(view_.done_bytes - since.bytes) / seconds;
}

// By items where their number is known: a walk takes its time for names, not for bytes.
void ProgressMeter::set_share(const ProgressSnapshot& snapshot) {
  view_.left.reset();
  const bool by_items = snapshot.total_items > 0;
  const std::uint64_t total = by_items ? snapshot.total_items : snapshot.total_bytes;
  if (total == 0) return;
  const std::uint64_t done = by_items ? view_.done_items : view_.done_bytes;
  const double rate = by_items ? view_.items_per_second : view_.bytes_per_second;
  const double share = static_cast<double>(done) / static_cast<double>(total);
  view_.share = std::max(view_.share.value_or(0), std::min(share, kAlmost));
  if (done < total && rate > 0)
    view_.left = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(static_cast<double>(total - done) / rate));
}

}  // namespace lull::base
