// SPDX-License-Identifier: MIT
#include "core/stats/process_table.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace lull::stats {
namespace {

constexpr float kUnknown = -1;

}  // namespace

std::vector<model::RawProcess>& ProcessTable::begin_listing() { return next_; }

void ProcessTable::abandon() { next_.clear(); }

void ProcessTable::commit(base::SteadyTime now) {
  percent_.assign(next_.size(), kUnknown);
  has_percentages_ = false;
  if (taken_at_ && now > *taken_at_ && now - *taken_at_ < kStaleBase)
    compare(base::Duration(now - *taken_at_));
  current_.swap(next_);
  taken_at_ = now;
}

// Both listings ascend by pid.
void ProcessTable::compare(base::Duration elapsed) {
  const auto elapsed_ns = static_cast<double>(elapsed.count());
  auto before = current_.begin();
  for (std::size_t i = 0; i < next_.size(); ++i) {
    const model::RawProcess& process = next_[i];
    while (before != current_.end() && before->id.pid < process.id.pid) ++before;
    if (before == current_.end() || before->id != process.id) continue;
    // The kernel's split into user and system time may step back a little.
    const std::uint64_t used =
        process.cpu_time_ns - std::min(process.cpu_time_ns, before->cpu_time_ns);
    percent_[i] = static_cast<float>(100 * static_cast<double>(used) / elapsed_ns);
    has_percentages_ = true;
  }
}

model::ProcessInfo ProcessTable::row(std::size_t index) const {
  const model::RawProcess& process = current_[index];
  model::ProcessInfo info;
  info.id = process.id;
  info.name = process.name;
  info.memory_bytes = process.resident_bytes;
  if (percent_[index] >= 0) info.cpu_percent = percent_[index];
  info.threads = process.threads;
  info.uid = process.uid;
  return info;
}

std::vector<model::ProcessInfo> ProcessTable::top(std::size_t limit, SortBy sort) const {
  std::vector<std::uint32_t> order(current_.size());
  std::iota(order.begin(), order.end(), 0u);
  const auto larger = [&](std::uint32_t a, std::uint32_t b) {
    if (sort == SortBy::kCpu && percent_[a] != percent_[b]) return percent_[a] > percent_[b];
    if (sort == SortBy::kMemory && current_[a].resident_bytes != current_[b].resident_bytes)
      return current_[a].resident_bytes > current_[b].resident_bytes;
    return a < b;
  };
  const std::size_t rows = std::min(limit, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(rows), order.end(),
                    larger);
  std::vector<model::ProcessInfo> result;
  result.reserve(rows);
  for (std::size_t i = 0; i < rows; ++i) result.push_back(row(order[i]));
  return result;
}

std::optional<model::ProcessInfo> ProcessTable::find(const model::ProcessId& id) const {
  const auto found = std::lower_bound(
      current_.begin(), current_.end(), id.pid,
      [](const model::RawProcess& process, pid_t pid) { return process.id.pid < pid; });
  if (found == current_.end() || found->id != id) return std::nullopt;
  return row(static_cast<std::size_t>(found - current_.begin()));
}

void ProcessTable::shed() { *this = ProcessTable(); }

}  // namespace lull::stats
