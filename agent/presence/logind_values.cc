// SPDX-License-Identifier: MIT
#include "agent/presence/logind_values.h"

#include <algorithm>
#include <limits>

namespace lull::agent::presence {
namespace {

constexpr std::size_t kMostBlockers = 16;
constexpr std::size_t kLongestText = 80;

std::string printable(std::string_view text) {
  std::string clean(text.substr(0, kLongestText));
  // Not through the middle of a UTF-8 character.
  if (text.size() > kLongestText)
    while (!clean.empty() && (static_cast<unsigned char>(clean.back()) & 0x80U) != 0)
      clean.pop_back();
  std::replace_if(
      clean.begin(), clean.end(),
      [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; }, ' ');
  return clean;
}

}  // namespace

std::string inhibitor_text(std::string_view who, std::string_view why) {
  const std::string name = who.empty() ? "somebody" : printable(who);
  return why.empty() ? name : name + " (" + printable(why) + ")";
}

model::UserIdle idle_from(const LogindState& state, std::optional<base::SteadyTime> locked_since,
                          base::SteadyTime now) {
  constexpr auto kMost =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / 1000;
  if (!state.idle_hint || state.idle_since_us.value_or(0) == 0) {
    if (!state.locked || !locked_since) return {};
    return {std::max(base::Duration::zero(), now - *locked_since)};
  }
  if (!*state.idle_hint) return {base::Duration::zero()};
  if (*state.idle_since_us > kMost) return {};
  const base::SteadyTime since{
      std::chrono::microseconds(static_cast<std::int64_t>(*state.idle_since_us))};
  return {std::max(base::Duration::zero(), now - since)};
}

bool names_idle(std::string_view what) {
  while (!what.empty()) {
    const std::size_t end = what.find(':');
    if (what.substr(0, end) == "idle") return true;
    what.remove_prefix(end == std::string_view::npos ? what.size() : end + 1);
  }
  return false;
}

std::vector<std::string> idle_blockers(std::span<const Inhibitor> inhibitors) {
  std::vector<std::string> names;
  for (const Inhibitor& inhibitor : inhibitors) {
    if (names.size() == kMostBlockers) break;
    if (inhibitor.mode == "block" && names_idle(inhibitor.what))
      names.push_back(inhibitor_text(inhibitor.who, inhibitor.why));
  }
  return names;
}

}  // namespace lull::agent::presence
