// SPDX-License-Identifier: MIT
#include "tests/agent/presence/logind_world.h"

#include <cstdlib>
#include <fstream>

namespace lull::agent::presence {
namespace {

// As the real one, but everybody may do everything.
void write_configuration(const std::string& file, const std::string& socket) {
  std::ofstream(file) << "<busconfig><type>custom</type><listen>unix:path=" << socket
                      << "</listen><auth>EXTERNAL</auth><policy context='default'>"
                         "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/>"
                         "<allow own='*'/></policy></busconfig>";
}

}  // namespace

LogindWorld::LogindWorld() {
  ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + socket_path()).c_str(), 1);
}

LogindWorld::~LogindWorld() { ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS"); }

void LogindWorld::start_bus() {
  const std::string configuration = directory.path() + "/bus.conf";
  write_configuration(configuration, socket_path());
  bus.reset();
  bus = std::make_unique<Child>(std::vector<std::string>{LULL_DBUS_DAEMON, "--nofork",
                                                         "--nopidfile", "--print-address=1",
                                                         "--config-file=" + configuration});
  ASSERT_NE(bus->read_line(), "") << "dbus-daemon did not start";
}

void LogindWorld::start_logind() {
  logind.reset();
  logind = std::make_unique<Child>(std::vector<std::string>{LULL_FAKE_LOGIND});
  ASSERT_EQ(logind->read_line(), "ok");
}

void LogindWorld::tell_line(const std::string& line) {
  logind->write_line(line);
  ASSERT_EQ(logind->read_line(), "ok") << line;
}

void LogindWorld::connect() {
  probe = LogindUserIdle::connect(engine, blocking, [this] {
    ++news_count;
    news.set();
  });
}

void LogindWorld::wait_for(const std::function<bool()>& condition) {
  while (!condition()) {
    news.wait();
    news.reset();
  }
}

void LogindWorld::turn_engine() {
  for (int turn = 0; turn < 20; ++turn) engine.yield();
}

}  // namespace lull::agent::presence
