// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "core/base/bytes.h"

namespace lull::base {

// "0.31 s CPU, 3.0 MiB read, 12 KiB written, on battery": what work has cost; what is not known is
// not named. Pure.
inline std::string cost_text(double cpu_seconds, std::optional<std::uint64_t> read,
                             std::optional<std::uint64_t> written, bool on_battery) {
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%.2f s CPU", cpu_seconds);
  std::string text = seconds.data();
  if (read) text += ", " + format_bytes(*read) + " read";
  if (written) text += ", " + format_bytes(*written) + " written";
  return on_battery ? text + ", on battery" : text;
}

}  // namespace lull::base
