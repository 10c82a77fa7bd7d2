// SPDX-License-Identifier: MIT
#include "agent/services/settings_service.h"

#include <utility>

#include <spdlog/spdlog.h>

#include "scheduler/offload.h"

namespace lull::agent {

SettingsService::SettingsService(scheduler::Engine& engine, scheduler::Executor& blocking,
                                 std::vector<std::string> files)
    : engine_(engine), blocking_(blocking), files_(std::move(files)) {}

base::Result<std::unique_ptr<SettingsService>> SettingsService::load(
    scheduler::Engine& engine, scheduler::Executor& blocking, std::vector<std::string> files) {
  std::unique_ptr<SettingsService> service(new SettingsService(engine, blocking, std::move(files)));
  LULL_TRY(service->reload());
  return service;
}

base::Status SettingsService::reload() {
  auto read = scheduler::offload(engine_, blocking_, [&] { return load_settings(files_); });
  if (!read) return tl::unexpected(std::move(read).error());
  const bool changed = show_settings(settings_) != show_settings(*read);
  settings_ = *std::move(read);
  if (changed)
    for (const auto& observer : observers_) observer();
  return {};
}

base::Status SettingsService::set(const std::string& key, const std::string& value) {
  if (files_.empty())
    return base::fail(base::ErrorCode::kUnavailable, "this agent has no settings file to write");
  LULL_TRY(scheduler::offload(engine_, blocking_,
                              [&] { return set_setting(files_.back(), key, value); }));
  return reload();
}

void SettingsService::watch() {
  watch_ = watch_files(engine_, files_, [this] {
    if (const base::Status status = reload(); status) {
      spdlog::info("settings read again");
    } else {
      spdlog::error("settings not read, the old ones stay: {}", status.error().to_string());
    }
  });
}

void SettingsService::stop_watching() { watch_.reset(); }

}  // namespace lull::agent
