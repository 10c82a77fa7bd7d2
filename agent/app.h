// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/control/method.h"
#include "agent/desktop.h"
#include "core/base/environment.h"
#include "core/base/result.h"
#include "core/model/snapshot.h"
#include "core/platform/own_pressure.h"
#include "scheduler/engine.h"

namespace lull::agent {

struct AppOptions {
  base::UserDirectories directories;
  std::vector<std::string> settings_files;  // in the order of their weight, the user's last
  // True: the agent. False: the same library for one command without an agent: nothing starts by
  // itself, and nothing is written but the size cache.
  bool agent = true;
  // For a command without an agent that moves things: the journal is written, since what it does
  // must be undoable.
  bool may_move = false;
  // The agent's: what its service manager has it watch.
  std::optional<platform::OwnPressure> own_pressure = {};
};

// The system and the user's settings file; `user_file` replaces the user's if not empty.
std::vector<std::string> settings_files(const base::UserDirectories& directories,
                                        const std::string& user_file = {});

// Everything that runs, wired together: the only place that names concrete classes. Made, used and
// destroyed on a fiber of the engine; outlived by the engine.
class App {
 public:
  // Fails on broken settings (kInvalidArgument) or rules.
  static base::Result<std::unique_ptr<App>> create(scheduler::Engine& engine, AppOptions options);
  ~App();  // waits for whatever is late

  // Starts what goes on by itself: jobs, pressure, the watch on the settings files.
  void start();
  const control::MethodTable& methods() const;
  base::Status reload_settings();  // and the rules
  model::Snapshot snapshot(const base::CancelToken& cancel = {});
  // What a person should know at start, one line each: a journal set aside, no idle source, …
  std::vector<std::string> notices() const;
  // Where snapshots learn what goes on for callers; must be good for as long as this is.
  void show_operations(std::function<std::vector<model::OperationStatus>()> operations);
  // Becomes visible on the desktop, if there is one. Once, before or after start().
  void show_on_desktop(DesktopOptions options);
  // Ends jobs and watchers in phases; returns the jobs that did not end within `deadline`. What
  // must outlive the process is on disk then. Idempotent.
  std::vector<std::string> shut_down(base::Duration deadline);

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace lull::agent
