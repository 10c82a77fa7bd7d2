// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/platform/user_idle_probe.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent::presence {

// Whether somebody is at the machine, from systemd-logind over the system bus: IdleHint,
// LockedHint, PrepareForSleep and the inhibitors, pushed by logind, so that asking costs nothing
// and nothing wakes up meanwhile.
//
// Without a bus, without logind, or while either does not answer, the answer is "unknown"; the next
// question tries again, at most once a second at first and every five minutes later on.
// Engine thread only. Ends with its connection in the destructor, on a fiber.
class LogindUserIdle final : public platform::UserIdleProbe {
 public:
  // Returns at once; the connection is made meanwhile (opening it runs on `blocking`). `changed` is
  // called on a fiber of the engine whenever an answer below may have become another one.
  static std::unique_ptr<LogindUserIdle> connect(scheduler::Engine& engine,
                                                 scheduler::Executor& blocking,
                                                 std::function<void()> changed);
  ~LogindUserIdle() override;

  model::UserIdle read() override;
  // Who keeps the machine from counting as idle ("mpv (playing)"), and "the machine goes to sleep"
  // from the moment it is about to until it wakes; empty if nobody does or it is not known.
  // Inhibitors of sleep alone do not count: whoever keeps a machine awake over night, for a
  // download or for good, has not asked to be left alone.
  std::vector<std::string> inhibited_by();

 private:
  struct Impl;
  explicit LogindUserIdle(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::agent::presence
