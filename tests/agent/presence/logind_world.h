// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "agent/presence/logind_user_idle.h"
#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "scheduler/executor.h"
#include "tests/agent/presence/child.h"
#include "tests/support/temp_dir.h"

namespace lull::agent::presence {

// Real time that the test can set forward, so that no pause has to be waited for.
class SteppedTime final : public scheduler::EngineTime {
 public:
  base::SteadyTime now() const override { return real_.now() + ahead_.load(); }
  base::WallTime wall_now() const override { return real_.wall_now(); }
  bool advance_to(base::SteadyTime due) override { return now() >= due; }
  void step(base::Duration by) { ahead_ = ahead_.load() + by; }

 private:
  const base::Clock& real_ = base::system_clock();
  std::atomic<base::Duration> ahead_{base::Duration::zero()};
};

// A system bus and a logind of the test's own, and an engine on which the probe lives.
class LogindWorld : public testing::Test {
 protected:
  LogindWorld();
  ~LogindWorld() override;

  void start_bus();
  void start_logind();
  // Says a command to logind and waits until it is on the bus: tell("idle", "1", "5000000").
  template <class... Words>
  void tell(const Words&... words) {
    std::string line;
    ((line += (line.empty() ? "" : "\t") + std::string(words)), ...);
    tell_line(line);
  }

  // Runs `body` on a fiber of the engine.
  void on_engine(const std::function<void()>& body) { engine.run(body); }
  // On a fiber: makes the probe, whose news wake wait_for().
  void connect();
  // On a fiber: waits for news until `condition` holds. (Were it never to hold, ctest's time-out
  // would end the test.)
  void wait_for(const std::function<bool()>& condition);
  std::optional<base::Duration> idle_for() { return probe->read().idle_for; }
  // Lets everything that can go on do so.
  void turn_engine();

  std::string socket_path() const { return directory.path() + "/bus"; }

  support::TempDir directory;
  SteppedTime time;
  scheduler::Engine engine{time};
  scheduler::BlockingPool blocking{1};
  scheduler::Event news{engine};
  int news_count = 0;
  std::unique_ptr<Child> bus;
  std::unique_ptr<Child> logind;
  std::unique_ptr<LogindUserIdle> probe;

 private:
  void tell_line(const std::string& line);
};

}  // namespace lull::agent::presence
