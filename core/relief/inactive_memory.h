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

// A kernel that overshoots takes up to this many times what is asked: of 64 MiB asked of 6.1, 200
// of a scope went to swap.
inline constexpr std::uint64_t kMostOvershoot = 3;

// One run, from its first sample to its last. An app's own figures tell what went from it, the
// machine's what came of that. What an app is charged for falls for other reasons, too: a film's
// cache that is dropped beside it, memory it gives back itself. So only what the kernel's reclaim
// counts as taken (pgsteal of its memory.stat), and no more than was asked, is what it gave.
class ReclaimLedger {
 public:
  explicit ReclaimLedger(std::uint64_t page_bytes = 4096) : page_bytes_(page_bytes) {}
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
    std::uint64_t reclaimed_before = 0, reclaimed_after = 0;  // pages, likewise
    std::uint64_t may_give = 0;  // what was asked; on a kernel that overshoots, what it may take
  };
  const std::vector<Taken>& taken() const { return taken_; }
  bool empty() const { return taken_.empty(); }
  std::uint64_t given_bytes() const;  // by all apps that were asked
  // Of `gave`, what none of them has wanted back since `then`, a copy of this ledger from before.
  std::uint64_t still_given(const ReclaimLedger& then, std::uint64_t gave) const;
  std::uint64_t swapped_out_bytes() const { return swapped_last_ - swapped_first_; }
  std::int64_t available_change() const;
  std::int64_t free_change() const;
  const std::optional<model::MemorySample>& last() const { return last_; }

 private:
  std::uint64_t given_by(const Taken& taken) const;

  std::uint64_t page_bytes_;
  std::optional<model::MemorySample> first_, last_;  // first: when the first app was asked
  std::uint64_t swapped_first_ = 0, swapped_last_ = 0, predicted_ = 0;
  std::vector<Taken> taken_;
  std::vector<ScopeUse> scopes_;  // of the last sample
  bool overshoots_ = false;
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
