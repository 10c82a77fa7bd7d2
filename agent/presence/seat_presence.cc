// SPDX-License-Identifier: MIT
#include "agent/presence/seat_presence.h"

namespace lull::agent::presence {

model::UserIdle SeatPresence::read() {
  const model::UserIdle told = sources_.logind();
  if (told.idle_for || told.asking) return told;
  const DisplayPresence::Look look = sources_.display();
  return {look.reply ? look.reply->idle : std::nullopt, look.asking};
}

std::vector<std::string> SeatPresence::inhibited_by() {
  std::vector<std::string> names = sources_.inhibitors();
  const model::UserIdle told = sources_.logind();
  // It is held back anyway: no reason to start a program.
  if (told.asking || (told.idle_for && *told.idle_for < sources_.idle_after())) return names;
  const DisplayPresence::Look look = sources_.display();
  if (look.asking) names.emplace_back("asking the display");
  if (!look.reply || look.reply->full_screen.empty()) return names;
  if (look.reply->idle.value_or(base::Duration::zero()) < kLongestShow)
    names.push_back(look.reply->full_screen + " (full screen)");
  return names;
}

}  // namespace lull::agent::presence
