// SPDX-License-Identifier: MIT
#include "tests/agent/presence/private_bus.h"

#include <fstream>
#include <stdexcept>
#include <vector>

namespace lull::agent::presence {

std::unique_ptr<Child> start_private_bus(const std::string& socket, const std::string& services) {
  const std::string configuration = socket + ".conf";
  std::ofstream(configuration)
      << "<busconfig><type>custom</type><listen>unix:path=" << socket
      << "</listen><auth>EXTERNAL</auth>"
      << (services.empty() ? "" : "<servicedir>" + services + "</servicedir>")
      << "<policy context='default'>"
         "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/>"
         "<allow own='*'/></policy></busconfig>";
  auto bus = std::make_unique<Child>(std::vector<std::string>{LULL_DBUS_DAEMON, "--nofork",
                                                              "--nopidfile", "--print-address=1",
                                                              "--config-file=" + configuration});
  if (bus->read_line().empty()) throw std::runtime_error("dbus-daemon did not start");
  return bus;
}

}  // namespace lull::agent::presence
