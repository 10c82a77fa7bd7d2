// SPDX-License-Identifier: MIT
#include "core/relief/policy_amounts.h"

#include <algorithm>

#include "core/relief/policy_memory.h"

namespace lull::relief {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kEnough = 512 * base::kMiB;
constexpr std::uint64_t kZramJudged = 16 * base::kMiB;  // less says nothing about the ratio

std::uint64_t share(std::uint64_t bytes, double percent) {
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * std::min(percent, 100.0) / 100);
}

std::uint64_t at_least_enough(std::uint64_t bytes, std::uint64_t total) {
  return std::max(bytes, std::min(kEnough, total / 2));
}

double used_percent(const model::MemorySample& memory) {
  if (memory.total_bytes == 0) return 100;
  return 100 * static_cast<double>(memory.used_bytes()) / static_cast<double>(memory.total_bytes);
}

std::uint64_t swap_free(const model::MemorySample& memory) {
  return memory.swap_total_bytes - std::min(memory.swap_used_bytes, memory.swap_total_bytes);
}

std::uint64_t worth_it(std::uint64_t bytes) {
  bytes -= bytes % kPage;
  return bytes >= kLeastReclaim ? std::min(bytes, platform::kLargestReclaim) : 0;
}

bool zram_is_worth_it(const model::MemorySample& memory) {
  if (!memory.zram || memory.zram->original_bytes < kZramJudged) return true;
  return static_cast<double>(memory.zram->original_bytes) >=
         kLeastZramRatio * static_cast<double>(memory.zram->compressed_bytes);
}

}  // namespace

std::uint64_t target_bytes(const model::MemorySample& memory, const ReliefSettings& settings) {
  return at_least_enough(share(memory.total_bytes, settings.target_available_percent),
                         memory.total_bytes);
}

std::uint64_t anticipated_bytes(const model::MemorySample& memory, const ReliefSettings& settings) {
  return at_least_enough(share(memory.total_bytes, 2 * settings.target_available_percent),
                         memory.total_bytes);
}

std::uint64_t chunk_bytes(const model::MemorySample& memory, const ReliefSettings& settings) {
  const double used = used_percent(memory);
  if (!settings.adaptive_memory) return settings.max_memory_chunk;
  if (used > 90) return settings.max_memory_chunk / 4;
  return used > 75 ? settings.max_memory_chunk / 2 : settings.max_memory_chunk;
}

bool swap_may_take(const ReliefSample& sample) {
  const model::MemorySample& memory = sample.memory;
  if (sample.swap == SwapKind::kNone || sample.swap == SwapKind::kRotational) return false;
  if (memory.swap_total_bytes == 0 ||
      memory.swap_used_bytes >= share(memory.swap_total_bytes, kSwapFullPercent))
    return false;
  if (sample.swap == SwapKind::kZram) return zram_is_worth_it(memory);
  return sample.on_mains || sample.battery_percent.value_or(100) >= kLeastBatteryPercent;
}

bool is_eligible(const ScopeUse& scope, const ReliefState& state, base::SteadyTime now) {
  const model::ScopeReading& reading = scope.reading;
  if (scope.kept || reading.state != model::ScopeState::kRead || scope.idle_for < kIdleFor ||
      reading.current_bytes < kLeastScope || reading.stalled_avg60_percent.value_or(0) > 0)
    return false;
  if (is_alone(state, reading.unit, now)) return false;
  const ReliefState::Taken* taken = find_taken(state, reading.cgroup_id);
  if (taken == nullptr) return true;
  const bool by_this_run = state.run && taken->at >= state.run->began_at;
  const bool lately = now - taken->at < kReclaimGap && !by_this_run;
  return !taken->denied && !lately && !(taken->alone_until && now < *taken->alone_until);
}

std::uint64_t file_amount(const ScopeUse& scope, std::uint64_t chunk) {
  return worth_it(std::min(chunk, scope.reading.inactive_file_bytes));
}

std::uint64_t anonymous_amount(const ScopeUse& scope, std::uint64_t chunk,
                               const ReliefSample& sample, std::uint64_t target,
                               std::uint64_t hour_left) {
  const model::ScopeReading& reading = scope.reading;
  const std::uint64_t available = sample.memory.available_bytes;
  const std::uint64_t wanted = target > available ? target - available : 0;
  // Not what the kernel calls inactive: pages only grow old there when something looks at them, and
  // with the multi-generational LRU those of an app that never met reclaim are all young.
  const std::uint64_t anonymous =
      std::max(reading.anonymous_bytes, reading.inactive_anonymous_bytes);
  const std::uint64_t cold = (anonymous + reading.inactive_file_bytes) / 2;
  return worth_it(std::min({chunk, wanted, cold, swap_free(sample.memory) / 4, hour_left}));
}

}  // namespace lull::relief
