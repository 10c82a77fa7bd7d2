// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/relief/operation.h"
#include "core/relief/policy.h"

// `inactive-memory`: what idle apps do not use is taken from them, as the policy says. Here is what
// a run of it gave, by measurements of its own, and why it did nothing. Pure.
namespace lull::relief {

// One run, from its first sample to its last. An app's own figure tells what went from it, the
// machine's what came of that.
class ReclaimLedger {
 public:
  // Every sample of the run, in order.
  void note(const ReliefSample& sample);
  // An app is asked now, as the last sample has it.
  void ask(const ReliefAction& action);
  // What all of that should give, if the kernel and the apps do as they are asked.
  std::uint64_t predicted_bytes() const { return predicted_; }

  struct Taken {
    std::string unit;
    std::uint64_t cgroup_id = 0;
    std::uint64_t before = 0, after = 0;  // charged to it: when it was first asked, and at last
  };
  const std::vector<Taken>& taken() const { return taken_; }
  bool empty() const { return taken_.empty(); }
  std::uint64_t fallen_bytes() const;  // of all apps that were asked
  std::uint64_t swapped_out_bytes() const { return swapped_last_ - swapped_first_; }
  std::int64_t available_change() const;
  std::int64_t free_change() const;
  const std::optional<model::MemorySample>& first() const { return first_; }
  const std::optional<model::MemorySample>& last() const { return last_; }

 private:
  std::optional<model::MemorySample> first_, last_;
  std::uint64_t swapped_first_ = 0, swapped_last_ = 0, predicted_ = 0;
  std::vector<Taken> taken_;
  std::vector<ScopeUse> scopes_;  // of the last sample
};

// Why nothing more may be done with these apps: "none of 12 apps has been idle for ten minutes".
// `unavailable`: why no app can be asked at all; empty if some can.
std::string no_lever_words(const ReliefSample& sample, const ReliefState& state,
                           base::SteadyTime now, const std::string& unavailable);

struct ReclaimEnd {
  ReliefReason reason = ReliefReason::kNoLever;
  ReliefSettings settings;
  std::string no_lever;     // no_lever_words() of its last sample
  bool can_reclaim = true;  // false: this system has no such lever
  std::string largest;      // largest_apps_text() of it: what a person could close
};
OperationVerdict inactive_memory_verdict(const ReclaimLedger& ledger, const ReclaimEnd& end);

}  // namespace lull::relief
