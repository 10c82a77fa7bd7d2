// SPDX-License-Identifier: MIT
#include <CoreGraphics/CoreGraphics.h>

#include "agent/presence/user_presence.h"
#include "core/platform/mac_power.h"

namespace lull::agent::presence {
namespace {

class MacUserPresence final : public UserPresence {
 public:
  // Of keyboards, mice and the like, whichever session they belong to.
  model::UserIdle read() override {
    return platform::user_idle_of(::CGEventSourceSecondsSinceLastEventType(
        kCGEventSourceStateHIDSystemState, kCGAnyInputEventType));
  }
  // Who holds a power assertion is not asked.
  model::IdleInhibitors inhibited_by() override { return {}; }
  model::UserIdle known() override { return read(); }
};

}  // namespace

std::unique_ptr<UserPresence> watch_user(scheduler::Engine&, scheduler::Executor&,
                                         const PresenceNeeds&) {
  return std::make_unique<MacUserPresence>();
}

}  // namespace lull::agent::presence
