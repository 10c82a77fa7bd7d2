// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

// The two .varlink files beside this one, as they were when the program was built.
namespace lull::control {

std::string_view agent_interface_text();    // org.lull.Agent.varlink
std::string_view service_interface_text();  // org.varlink.service.varlink

}  // namespace lull::control
