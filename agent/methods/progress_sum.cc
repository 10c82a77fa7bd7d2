// SPDX-License-Identifier: MIT
#include "agent/methods/progress_sum.h"

#include <algorithm>

namespace lull::agent {
namespace {

using base::Duration;
using base::ProgressSnapshot;
using model::CallProgress;

// The first kind that is still under way; when all have ended, the last one.
Counts at_hand_of(const std::vector<RunProgress>& runs) {
  std::optional<Counts> first;
  Counts last = Counts::kSteps;
  for (const RunProgress& run : runs) {
    last = std::max(last, run.counts);
    if (!run.ended) first = std::min(first.value_or(run.counts), run.counts);
  }
  return first.value_or(last);
}

// What a run has come to is all there was; one that went past its expectation knows no end.
std::uint64_t total_of(std::uint64_t done, std::uint64_t expected, bool ended) {
  if (ended) return done;
  return done > expected ? 0 : expected;
}

// Adds `more` unless one of both is unknown.
struct Total {
  std::uint64_t sum = 0;
  bool known = true;
  void add(std::uint64_t more, bool ended) {
    known = known && (more > 0 || ended);
    sum += more;
  }
  std::uint64_t value() const { return known ? sum : 0; }
};

struct Kind {
  ProgressSnapshot figures;
  std::optional<base::SteadyTime> began;  // the first of them
};

Kind sum_of(const std::vector<RunProgress>& runs, Counts counts) {
  Kind kind;
  Total items, bytes;
  for (const RunProgress& run : runs) {
    if (run.counts != counts) continue;
    if (!run.ended || kind.figures.stage.empty()) kind.figures.stage = run.now.stage;
    kind.figures.done_items += run.now.done_items;
    kind.figures.done_bytes += run.now.done_bytes;
    items.add(total_of(run.now.done_items, run.now.total_items, run.ended), run.ended);
    bytes.add(total_of(run.now.done_bytes, run.now.total_bytes, run.ended), run.ended);
    if (run.began) kind.began = std::min(kind.began.value_or(*run.began), *run.began);
  }
  kind.figures.total_items = items.value();
  kind.figures.total_bytes = bytes.value();
  return kind;
}

// Bytes tell more about the rest of the way than items do.
std::optional<double> share_of(const ProgressSnapshot& figures) {
  const auto share = [](std::uint64_t done, std::uint64_t total) {
    return static_cast<double>(done) / static_cast<double>(total);
  };
  if (figures.total_bytes > 0) return share(figures.done_bytes, figures.total_bytes);
  if (figures.total_items > 0) return share(figures.done_items, figures.total_items);
  return std::nullopt;
}

// At the rate so far.
std::optional<Duration> left_of(std::optional<double> share, Duration elapsed) {
  if (!share || *share < ProgressSum::kLeastShare || *share >= 1) return std::nullopt;
  if (elapsed < ProgressSum::kFirstGuess) return std::nullopt;
  return std::chrono::duration_cast<Duration>(elapsed * ((1 - *share) / *share));
}

}  // namespace

void ProgressSum::tell_alone(CallProgress& progress) const {
  progress.share = share_of(progress.figures);
  progress.left = left_of(progress.share, progress.elapsed);
}

// With several kinds the way is measured in time: the last kind tells its own end, before that
// there is only what such a call took the last time.
void ProgressSum::tell_in_all(CallProgress& progress, Counts at_hand, base::SteadyTime now) const {
  const Duration so_far = now - begun_;
  if (at_hand == forecast_.last)
    progress.left = left_of(share_of(progress.figures), progress.elapsed);
  if (!progress.left && forecast_.took && so_far < *forecast_.took)
    progress.left = *forecast_.took - so_far;
  if (progress.left)
    progress.share = base::to_seconds(so_far) / base::to_seconds(so_far + *progress.left);
}

CallProgress ProgressSum::of(const std::vector<RunProgress>& runs, base::SteadyTime now) {
  const Counts at_hand = at_hand_of(runs);
  const Kind kind = sum_of(runs, at_hand);
  CallProgress progress;
  progress.figures = kind.figures;
  if (kind.began) progress.elapsed = now - *kind.began;
  if (forecast_.several)
    tell_in_all(progress, at_hand, now);
  else
    tell_alone(progress);
  if (progress.share) told_ = *(progress.share = std::max(told_, *progress.share));
  return progress;
}

}  // namespace lull::agent
