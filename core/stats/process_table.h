// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/model/process.h"

namespace lull::stats {

enum class SortBy : std::uint8_t { kMemory, kCpu };

// The last listing of processes and what each used since the one before. A process is the same one
// only if pid and start time agree, so a pid used again starts without a percentage. Two flat
// arrays whose capacity stays: no allocation while the number of processes does not grow. One
// thread at a time.
class ProcessTable {
 public:
  // A listing older than this is no base for a percentage: the mean over a long absence would look
  // like the present.
  static constexpr auto kStaleBase = std::chrono::minutes(3);

  // Where the next listing goes: hand it to ProcessProbe::list(), then call commit() or abandon().
  std::vector<model::RawProcess>& begin_listing();
  // The listing begun is complete, ascending by pid, and was taken at `now`. The one before it is
  // the base of the percentages.
  void commit(base::SteadyTime now);
  // The listing begun failed: the table is as before begin_listing().
  void abandon();

  std::size_t size() const { return current_.size(); }
  // Whether any percentage is known: two listings were made, less than kStaleBase apart.
  bool has_percentages() const { return has_percentages_; }
  // At most `limit` rows, the largest first; equals by pid. Rows without a percentage come last
  // when sorted by it. `user` and `started_at` are not filled in.
  std::vector<model::ProcessInfo> top(std::size_t limit, SortBy sort) const;
  // The row of one process, if it is in the listing.
  std::optional<model::ProcessInfo> find(const model::ProcessId& id) const;
  // Frees everything, the base of the percentages too.
  void shed();

 private:
  void compare(base::Duration elapsed);
  model::ProcessInfo row(std::size_t index) const;

  std::vector<model::RawProcess> current_;
  std::vector<model::RawProcess> next_;  // the listing begun; else what was current before
  std::vector<float> percent_;           // beside current_; negative: unknown
  std::optional<base::SteadyTime> taken_at_;
  bool has_percentages_ = false;
};

}  // namespace lull::stats
