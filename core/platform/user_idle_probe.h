// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/clock.h"
#include "core/model/system.h"

namespace lull::platform {

// How long the person has been away. Sources live outside core (logind speaks D-Bus, see
// agent/services); "unknown" is a proper answer.
class UserIdleProbe {
 public:
  virtual ~UserIdleProbe() = default;
  virtual model::UserIdle read() = 0;
};

}  // namespace lull::platform
