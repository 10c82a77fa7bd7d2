// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "agent/settings.h"
#include "core/base/result.h"
#include "scheduler/executor.h"
#include "scheduler/task_group.h"

namespace lull::agent {

// Keeps the file of `metrics.textfile` for node_exporter's textfile collector: written once a
// minute, whole or not at all, readable by everybody, and only while the setting names one. When it
// no longer does, or the agent ends, the last file stays; its age is
// node_textfile_mtime_seconds. Engine thread; the file is written on `blocking`.
class MetricsFile {
 public:
  static constexpr auto kInterval = std::chrono::seconds(60);
  static constexpr auto kTolerance = std::chrono::seconds(20);

  // `text` makes what is written, on a fiber of the engine.
  MetricsFile(scheduler::Engine& engine, scheduler::Executor& blocking,
              std::function<std::string()> text);

  // At start and whenever the settings changed.
  void apply_settings(const Settings& settings);
  void stop();

 private:
  void keep(const std::string& path, const base::CancelToken& cancel);

  scheduler::Engine& engine_;
  scheduler::Executor& blocking_;
  const std::function<std::string()> text_;
  std::string path_;
  scheduler::TaskGroup writer_;
};

// Replaces a file by one with this text and mode 0644, through a new file beside it whose name no
// collector reads (it ends in ".tmp"). Errors name the path: the directory is missing, or may not
// be written to. Any thread.
base::Status replace_metrics_file(const std::string& path, const std::string& text);

}  // namespace lull::agent
