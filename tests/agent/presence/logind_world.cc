// SPDX-License-Identifier: MIT
#include "tests/agent/presence/logind_world.h"

#include <cstdlib>

#include "tests/agent/presence/private_bus.h"

namespace lull::agent::presence {

LogindWorld::LogindWorld() {
  ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + socket_path()).c_str(), 1);
}

LogindWorld::~LogindWorld() { ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS"); }

void LogindWorld::start_bus() {
  bus.reset();
  bus = start_private_bus(socket_path());
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
