// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "agent/presence/session_bus.h"
#include "agent/tray/tray.h"
#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "scheduler/executor.h"
#include "tests/agent/presence/child.h"
#include "tests/support/temp_dir.h"

namespace lull::agent::tray {

// A session bus and a panel of the test's own, and an engine on which the item lives.
class TrayWorld : public ::testing::Test {
 protected:
  TrayWorld();
  ~TrayWorld() override;

  void start_bus();
  std::unique_ptr<presence::Child> start_panel();
  // Runs `body` on a fiber, with an item that lives on the bus.
  void with_item(const std::function<void(Tray& tray)>& body);
  // On a fiber: says a command to the panel and gives its answer, while the engine goes on.
  template <class... Words>
  std::string tell(const Words&... words) {
    return tell_to(*panel, words...);
  }
  template <class... Words>
  std::string tell_to(presence::Child& child, const Words&... words) {
    std::string line;
    ((line += (line.empty() ? "" : "\t") + std::string(words)), ...);
    return ask(child, line);
  }
  // On a fiber: waits until so many wishes have come. (Were they never to come, ctest's time-out
  // would end the test.)
  void wait_for_wishes(std::size_t count);
  // On a fiber: asks until the answer is this one.
  void wait_for_answer(const std::string& answer, const std::function<std::string()>& question);

  support::TempDir directory;
  scheduler::Engine engine;
  scheduler::BlockingPool blocking{1}, talk{1};
  std::unique_ptr<presence::Child> bus, panel;
  // What the item is given to show, and what it was asked for.
  TrayReading reading;
  TrayChoice choice;
  std::vector<TrayRequest> wishes;
  scheduler::Event wished{engine};

 private:
  std::string ask(presence::Child& child, const std::string& line);
};

}  // namespace lull::agent::tray
