// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>

namespace lull::scan {

// Why an entry goes or stays; the first that applies, in about this order. In words: Judge::words.
enum class Fate : std::uint8_t {
  kGoes,
  kUnmatched,  // not what the rule is about: not even mentioned
  kNever,      // on the list of what is never touched
  kKeptByUser,
  kKeptByRule,
  kForeign,  // another user's
  kLink,
  kSpecial,  // socket, pipe, device
  kOtherDevice,
  kRunning,
  kAppRunning,  // the Flatpak application whose directory it is
  kAppUnknown,
  kLocked,
  kLockUnknown,
  kNewest,   // of the newest versions, which the rule leaves
  kTracked,  // a file in it belongs to a repository
  kTrackingUnknown,
  kRepository,  // has a repository in it
  kOpen,
  kOpenUnknown,
  kRecent,
  kSmall,
  kOtherFormat,      // its bytes do not say what the rule is about
  kFamily,           // belongs to a database of which another file stays
  kFinishedUsed,     // what it is the beginning of lies beside it, and is in use
  kLinkedElsewhere,  // has a name outside of what goes: removing this one frees nothing
  kClaimed,          // another rule of this scan takes it
  kTooDeep,          // more directories in each other than any cache has
};
inline constexpr std::size_t kFates = 28;

}  // namespace lull::scan
