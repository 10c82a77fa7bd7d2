// SPDX-License-Identifier: MIT
#include "tests/agent/tray/tray_world.h"

#include <cstdlib>

#include "scheduler/offload.h"
#include "tests/agent/presence/private_bus.h"

namespace lull::agent::tray {

TrayWorld::TrayWorld() {
  ::setenv("DBUS_SESSION_BUS_ADDRESS", ("unix:path=" + directory.path() + "/bus").c_str(), 1);
  model::MemorySample memory;
  memory.total_bytes = 1000;
  memory.available_bytes = 500;
  reading.memory = memory;
  reading.level = model::PressureLevel::kNormal;
}

TrayWorld::~TrayWorld() { ::unsetenv("DBUS_SESSION_BUS_ADDRESS"); }

void TrayWorld::start_bus() {
  bus.reset();
  bus = presence::start_private_bus(directory.path() + "/bus");
}

std::unique_ptr<presence::Child> TrayWorld::start_panel() {
  auto child = std::make_unique<presence::Child>(std::vector<std::string>{LULL_FAKE_PANEL});
  EXPECT_EQ(child->read_line(), "ok");
  return child;
}

void TrayWorld::with_item(const std::function<void(Tray& tray)>& body) {
  engine.run([&] {
    Tray tray(
        engine, choice,
        {{[this] { return reading; }, [] { return false; }}, [this](const TrayRequest& request) {
           wishes.push_back(request);
           wished.set();
         }});
    const presence::SessionBus session(engine, blocking, base::process_environment, {&tray});
    body(tray);
  });
}

std::string TrayWorld::ask(presence::Child& child, const std::string& line) {
  return scheduler::offload(engine, talk, [&] {
    child.write_line(line);
    return child.read_line();
  });
}

void TrayWorld::wait_for_wishes(std::size_t count) {
  while (wishes.size() < count) {
    wished.wait();
    wished.reset();
  }
}

void TrayWorld::wait_for_answer(const std::string& answer,
                                const std::function<std::string()>& question) {
  while (question() != answer) engine.yield();
}

}  // namespace lull::agent::tray
