// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/base/environment.h"
#include "core/base/result.h"

// Programs that the agent starts and then has nothing to do with.
namespace lull::agent {

// Where a program of ours is: beside the one that runs, else in PATH (of which relative entries do
// not count). kNotFound. Blocks on the disk.
base::Result<std::string> find_program(std::string_view name,
                                       const base::EnvironmentLookup& environment);

// Starts it in a session of its own and as nobody's child, so that it goes on when we end and
// nobody has to wait for it. It reads from /dev/null and writes where we do; `variables`
// ("NAME=value") come before those of our own environment. Returns when it runs, or with the error
// of starting it. Blocks for about a millisecond; any thread.
base::Status start_detached(const std::string& path, const std::vector<std::string>& arguments,
                            const std::vector<std::string>& variables);

}  // namespace lull::agent
