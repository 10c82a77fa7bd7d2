// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/presence/user_presence.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent::presence {

// Whether somebody is at the machine, from systemd-logind over the system bus: IdleHint and the
// inhibitors, pushed by logind, so that asking costs nothing and nothing wakes up meanwhile.
//
// Without a bus, without logind, or while either does not answer, the answer is "unknown"; the next
// question tries again, at most once a second at first and every five minutes later on.
// Engine thread only. Ends with its connection in the destructor, on a fiber.
class LogindUserIdle final : public UserPresence {
 public:
  // Returns at once; the connection is made meanwhile (opening it runs on `blocking`). `changed` is
  // called on a fiber of the engine whenever an answer below may have become another one.
  static std::unique_ptr<LogindUserIdle> connect(scheduler::Engine& engine,
                                                 scheduler::Executor& blocking,
                                                 std::function<void()> changed);
  ~LogindUserIdle() override;

  model::UserIdle read() override;
  std::vector<std::string> inhibited_by() override;

 private:
  struct Impl;
  explicit LogindUserIdle(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::agent::presence
