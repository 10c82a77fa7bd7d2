// SPDX-License-Identifier: MIT
#pragma once
#include "agent/commands/command.h"
#include "core/base/environment.h"

namespace lull::agent {

// `lull agent`: takes the lock and the socket, runs until SIGINT or SIGTERM, and gives the exit
// code.
int run_agent(const commands::AgentOptions& options, const base::EnvironmentLookup& environment);

}  // namespace lull::agent
