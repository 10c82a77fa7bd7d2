// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/model/system.h"

// What logind says, and what it means (org.freedesktop.login1(5)). Pure.
namespace lull::agent::presence {

// nullopt: not told yet, or told in a way that makes no sense.
struct LogindState {
  std::optional<bool> idle_hint;               // IdleHint
  std::optional<std::uint64_t> idle_since_us;  // IdleSinceHintMonotonic, CLOCK_MONOTONIC
  std::string block_inhibited;                 // BlockInhibited: "sleep:idle"
  bool going_to_sleep = false;                 // PreparingForSleep, PrepareForSleep
  bool locked = false;  // LockedHint of the session this user sees; false if it is not known

  bool operator==(const LogindState&) const = default;
};

// A row of ListInhibitors.
struct Inhibitor {
  std::string what;  // "sleep:idle"
  std::string who;   // "Firefox"
  std::string why;
  std::string mode;  // "block" or "delay"
};

// The hint is set by the desktop. Away: since the stamp. Not away: somebody is there, unless the
// stamp was never set (0), as with bare window managers, which set no hint at all: unknown then. No
// stamp while away happens without any session: unknown too. A stamp in the future counts as now.
//
// Where no hint is set, a locked screen tells: away since it was seen to be locked
// (`locked_since`). It does not outweigh a hint, which is about every session of the machine:
// somebody else may be at it.
model::UserIdle idle_from(const LogindState& state, std::optional<base::SteadyTime> locked_since,
                          base::SteadyTime now);

// Whether a colon-separated list has the word "idle".
bool names_idle(std::string_view what);

// "Firefox (video playing)", or "somebody"; control characters and long texts cut, since anybody
// logged in may write them.
std::string inhibitor_text(std::string_view who, std::string_view why);

// Who keeps the machine from being idle: "Firefox (video playing)"; at most 16, control characters
// and long texts cut, since anybody logged in may write them.
std::vector<std::string> idle_blockers(std::span<const Inhibitor> inhibitors);

}  // namespace lull::agent::presence
