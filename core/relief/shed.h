// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/model/memory.h"
#include "core/platform/own_process.h"

// The first act under pressure is our own: caches and pools shrink, the heap is trimmed. Here is
// how its effect is judged; the acts themselves belong to whoever owns the caches.
namespace lull::relief {

enum class Outcome : std::uint8_t { kFreed, kNoEffect, kUnproven };
constexpr std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kFreed:
      return "freed";
    case Outcome::kNoEffect:
      return "no-effect";
    case Outcome::kUnproven:
      return "unproven";
  }
  return "unproven";
}

// Bytes are what may be claimed: 0 unless freed.
struct Verdict {
  Outcome outcome = Outcome::kUnproven;
  std::uint64_t bytes = 0;
  std::int64_t available_change_bytes = 0;  // of the machine, whoever caused it; never claimed
  std::string reason;                       // one line for people
};

// What is measured before and after, of one moment.
struct ShedSample {
  base::SteadyTime taken_at{};
  platform::OwnCost own;
  model::MemorySample memory;
};

// Less than this comes and goes by itself.
inline constexpr std::uint64_t kNoiseBytes = 64 * 1024;

// Judges by our own process alone: what others freed or took meanwhile is not ours.
//  - freed: our anonymous memory and our swap together fell by at least kNoiseBytes, so that pages
//    that only went to swap do not count.
//  - freed by resident memory where anonymous memory is unknown: resident memory includes shared
//  pages
//    and pages that were swapped out, so the claim is cut to what the machine's available memory
//    rose by and what swap did not take.
//  - no-effect: it did not.
//  - unproven: samples that are not of before `acted_from` and after `acted_until`, or are of
//    different kinds, or the machine contradicts the resident memory.
Verdict judge_shed(const ShedSample& before, const ShedSample& after, base::SteadyTime acted_from,
                   base::SteadyTime acted_until);

// At most one shedding per 60 s: caches thrown away again at once only cost. Pure state, no clock,
// no threads. Use: if (shed.begin(sample, now)) { act; shed.finish(sample(), now); }
class Shed {
 public:
  static constexpr auto kGap = std::chrono::seconds(60);
  // A sample from before the act must not be older than this.
  static constexpr auto kFresh = std::chrono::seconds(1);

  // Whether begin() would say yes.
  bool due(base::SteadyTime now) const;
  // True: act now. False: the last one is less than kGap ago (or still runs), leave everything as
  // it is. nullopt for what could not be measured; the act is worth doing all the same.
  bool begin(std::optional<ShedSample> before, base::SteadyTime now);
  // The act is over at `now`, and `after` was taken since. Without a begin(): unproven.
  Verdict finish(const std::optional<ShedSample>& after, base::SteadyTime acted_until);

 private:
  std::optional<base::SteadyTime> last_;
  std::optional<ShedSample> before_;
  base::SteadyTime acted_from_{};
  bool running_ = false;
};

}  // namespace lull::relief
