// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "core/base/clock.h"

namespace lull::model {

// How busy the machine was at one moment; nullopt: nobody knows.
struct LoadSample {
  base::WallTime at{};
  std::optional<double> cpu_percent;       // of all cores, 0..100
  std::optional<double> pressure_percent;  // PSI some avg10 of memory, 0..100
  friend bool operator==(const LoadSample&, const LoadSample&) = default;
};

}  // namespace lull::model
