// SPDX-License-Identifier: MIT
#include "agent/services/run_costs.h"

namespace lull::agent {

RunCosts::RunCosts(const base::Clock& clock, JournalService& journal)
    : clock_(clock), journal_(journal) {
  for (const auto& stored : journal.run_costs())
    costs_[stored.work] = {stored.items, stored.bytes, stored.elapsed};
}

std::optional<RunCosts::Cost> RunCosts::last(const std::string& work) const {
  const auto found = costs_.find(work);
  if (found == costs_.end()) return std::nullopt;
  return found->second;
}

void RunCosts::expect(const std::string& work, base::Progress& progress) const {
  if (const auto cost = last(work)) progress.expect(cost->items, cost->bytes);
}

void RunCosts::learn(const std::string& work, const base::ProgressSnapshot& done,
                     base::Duration elapsed) {
  if (elapsed < kShort || done.done_items == 0) return;
  // As many as the journal keeps; which one is lost matters little.
  if (costs_.size() >= clean::Journal::kMostRunCosts && !costs_.contains(work))
    costs_.erase(costs_.begin());
  costs_[work] = {done.done_items, done.done_bytes, elapsed};
  journal_.save_run_cost({work, done.done_items, done.done_bytes, elapsed, clock_.wall_now()});
}

}  // namespace lull::agent
