// SPDX-License-Identifier: MIT
#include "agent/services/run_usage.h"

#include <algorithm>

namespace lull::agent {
namespace {

std::optional<std::uint64_t> difference(std::optional<std::uint64_t> from,
                                        std::optional<std::uint64_t> to) {
  if (!from || !to || *to < *from) return std::nullopt;
  return *to - *from;
}

}  // namespace

std::optional<model::RunUsage> usage_since(const platform::OwnUse& begun, bool on_battery) {
  const platform::OwnUse now = platform::own_use();
  if (!now.cpu || !begun.cpu) return std::nullopt;
  return model::RunUsage{std::max(*now.cpu - *begun.cpu, base::Duration::zero()),
                         difference(begun.read_bytes, now.read_bytes),
                         difference(begun.written_bytes, now.written_bytes), on_battery};
}

}  // namespace lull::agent
