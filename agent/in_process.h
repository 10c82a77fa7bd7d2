// SPDX-License-Identifier: MIT
#pragma once
#include <memory>

#include "agent/commands/command.h"
#include "core/base/environment.h"
#include "core/base/result.h"

namespace lull::agent {

// Answers the methods of org.lull.Agent without an agent, with the same code, in this process.
// Every call runs an engine of its own on the calling thread.
base::Result<std::unique_ptr<commands::Backend>> in_process_backend(
    const base::EnvironmentLookup& environment);

// Answers over the socket of a running agent.
base::Result<std::unique_ptr<commands::Backend>> agent_backend(const std::string& socket);

}  // namespace lull::agent
