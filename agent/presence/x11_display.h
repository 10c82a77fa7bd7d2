// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <string_view>

// Which X servers are asked: those of this machine. Pure.
namespace lull::agent::presence {

// What `display` (the value of DISPLAY) names, said so that libxcb looks for the server's socket
// and nowhere else: of ":0" it would ask TCP on localhost too where no socket answers. That is the
// protocol "unix" without a host; the host "unix" of old is no name of a server to libxcb 1.17.
// nullopt: none, or a server that is reached by network, at which somebody else may sit.
std::optional<std::string> local_display(std::string_view display);

}  // namespace lull::agent::presence
