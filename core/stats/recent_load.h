// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/model/load_sample.h"

namespace lull::stats {

// The last ten minutes of the load, as far as somebody looked at it: reads nothing and wakes
// nobody, but keeps what was read anyway. What nobody looked at is missing, and nothing is put in
// its place. 2.4 KiB, whatever happens; one thread.
class RecentLoad {
 public:
  static constexpr std::chrono::seconds kWindow{600};
  // A sample that follows sooner is left out; the status item looks every five seconds.
  static constexpr std::chrono::seconds kSpacing{4};
  static constexpr std::size_t kMost = kWindow / kSpacing + 1;

  // Percentages are kept to a hundredth. One from before the last starts anew: the clock was set.
  void add(const model::LoadSample& sample);
  // Of the window before `now`, the oldest first.
  std::vector<model::LoadSample> until(base::WallTime now) const;

 private:
  static constexpr std::uint16_t kUnknown = 0xffff;
  struct Kept {
    base::WallTime at{};
    std::uint16_t cpu = kUnknown, pressure = kUnknown;  // hundredths of a percent
  };
  static std::uint16_t packed(std::optional<double> percent);
  static std::optional<double> unpacked(std::uint16_t hundredths);

  std::array<Kept, kMost> kept_;
  std::size_t next_ = 0, count_ = 0;
};

}  // namespace lull::stats
