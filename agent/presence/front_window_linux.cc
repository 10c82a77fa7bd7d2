// SPDX-License-Identifier: MIT
#include "agent/presence/answering_program.h"
#include "agent/presence/display_presence.h"
#include "agent/presence/front_window.h"
#include "agent/presence/x11_reply.h"

namespace lull::agent::presence {

std::optional<pid_t> front_process(const base::EnvironmentLookup& environment,
                                   const std::function<base::Result<std::string>()>& find_program,
                                   base::Duration patience) {
  if (!is_on_x11(environment)) return std::nullopt;
  const auto path = find_program();
  if (!path) return std::nullopt;
  const auto program = AnsweringProgram::start(*path);
  if (!program) return std::nullopt;
  const auto line = (*program)->ask(kFrontQuestion, patience);
  if (!line) return std::nullopt;
  return parse_front_reply(*line).value_or(std::nullopt);
}

}  // namespace lull::agent::presence
