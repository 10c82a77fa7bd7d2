// SPDX-License-Identifier: MIT
#include "core/relief/shed.h"

#include <algorithm>
#include <utility>

#include "core/base/bytes.h"

namespace lull::relief {
namespace {

std::int64_t change(std::uint64_t before, std::uint64_t after) {
  return static_cast<std::int64_t>(after - before);
}

std::uint64_t fall(std::uint64_t before, std::uint64_t after) {
  return before > after ? before - after : 0;
}

Verdict unproven(std::string reason, std::int64_t available_change = 0) {
  return {Outcome::kUnproven, 0, available_change, std::move(reason)};
}

Verdict of_anonymous(const ShedSample& before, const ShedSample& after, std::int64_t available) {
  const std::uint64_t freed =
      fall(*before.own.anonymous_bytes + before.own.swapped_bytes.value_or(0),
           *after.own.anonymous_bytes + after.own.swapped_bytes.value_or(0));
  if (freed < kNoiseBytes) return {Outcome::kNoEffect, 0, available, "our own memory did not fall"};
  return {Outcome::kFreed, freed, available, "our own memory fell by " + base::format_bytes(freed)};
}

Verdict of_resident(const ShedSample& before, const ShedSample& after, std::int64_t available) {
  const std::uint64_t fell = fall(before.own.resident_bytes, after.own.resident_bytes);
  if (fell < kNoiseBytes)
    return {Outcome::kNoEffect, 0, available, "our resident memory did not fall"};
  const std::uint64_t swapped = fall(after.memory.swap_used_bytes, before.memory.swap_used_bytes);
  const std::uint64_t rose = available > 0 ? static_cast<std::uint64_t>(available) : 0;
  const std::uint64_t claim = std::min(fall(fell, swapped), rose);
  if (claim < kNoiseBytes)
    return unproven("our resident memory fell by " + base::format_bytes(fell) +
                        ", but the machine has no more available",
                    available);
  return {Outcome::kFreed, claim, available,
          "our resident memory fell by " + base::format_bytes(fell)};
}

}  // namespace

Verdict judge_shed(const ShedSample& before, const ShedSample& after, base::SteadyTime acted_from,
                   base::SteadyTime acted_until) {
  const std::int64_t available =
      change(before.memory.available_bytes, after.memory.available_bytes);
  if (before.taken_at > acted_from || after.taken_at < acted_until)
    return unproven("the measurements are not from before and after");
  if (before.own.anonymous_bytes && after.own.anonymous_bytes &&
      before.own.swapped_bytes.has_value() == after.own.swapped_bytes.has_value())
    return of_anonymous(before, after, available);
  if (before.own.anonymous_bytes.has_value() != after.own.anonymous_bytes.has_value())
    return unproven("the measurements cannot be compared", available);
  return of_resident(before, after, available);
}

bool Shed::due(base::SteadyTime now) const { return !running_ && (!last_ || now - *last_ >= kGap); }

bool Shed::begin(std::optional<ShedSample> before, base::SteadyTime now) {
  if (!due(now)) return false;
  running_ = true;
  last_ = now;
  acted_from_ = now;
  before_ = before;
  if (before_ && now - before_->taken_at > kFresh) before_.reset();
  return true;
}

Verdict Shed::finish(const std::optional<ShedSample>& after, base::SteadyTime acted_until) {
  if (!std::exchange(running_, false)) return unproven("nothing was begun");
  last_ = acted_until;
  const std::optional<ShedSample> before = std::exchange(before_, std::nullopt);
  if (!before || !after) return unproven("there is no fresh measurement of before and after");
  return judge_shed(*before, *after, acted_from_, acted_until);
}

}  // namespace lull::relief
