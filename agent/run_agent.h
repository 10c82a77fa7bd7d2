// SPDX-License-Identifier: MIT
#pragma once
#include <functional>

#include "agent/commands/command.h"
#include "core/base/environment.h"

namespace lull::agent {

// `lull agent`: takes the lock and the socket, runs until SIGINT or SIGTERM, and gives the exit
// code. Within two seconds of the signal; whoever is late then is not waited for: once everything
// that must be is on disk, it calls `leave` with the exit code, from a thread of its own, which
// must end the process without joining or destroying anything.
int run_agent(const commands::AgentOptions& options, const base::EnvironmentLookup& environment,
              const std::function<void(int)>& leave);

}  // namespace lull::agent
