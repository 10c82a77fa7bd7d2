// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/clock.h"

namespace lull::model {

// A call that goes on whether or not somebody waits for it.
struct OperationStatus {
  std::uint64_t id = 0;  // of this agent's life, from 1
  std::string method;    // "Optimize"
  base::WallTime started_at{};
  std::size_t callers = 0;  // who wait for it; who only follows is none of them
  friend bool operator==(const OperationStatus&, const OperationStatus&) = default;
};

}  // namespace lull::model
