// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "agent/control/json_codec.h"
#include "agent/methods/methods.h"
#include "agent/methods/parameters.h"
#include "agent/methods/progress_pump.h"
#include "core/base/text.h"
#include "scheduler/task_group.h"

namespace lull::agent {
namespace {

using base::Result;
using control::Call;
using control::Object;

constexpr std::size_t kMostPaths = 1000;

// A path that could not be measured at all stands among the others with what went wrong: partial
// failure is an entry, and unknown is null.
Object unmeasured(const std::string& path, const base::Error& error) {
  model::TreeSize nothing;
  nothing.path = path;
  nothing.error_count = 1;
  nothing.errors = {{path, error.message}};
  Object entry = control::encode(nothing);
  for (const char* unknown :
       {"allocated_bytes", "apparent_bytes", "files", "directories", "as_of_at"})
    entry[unknown] = nullptr;
  return entry;
}

bool is_absolute(const std::string& path) {
  return path.starts_with('/') && path.find('\0') == std::string::npos;
}

std::vector<std::string> paths_of(Parameters& parameters) {
  std::vector<std::string> paths = parameters.paths("paths", kMostPaths);
  if (paths.empty()) parameters.refuse("parameter 'paths' is needed");
  return paths;
}

Result<Object> size(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const std::vector<std::string> paths = paths_of(parameters);
  const bool fresh = parameters.flag("fresh");
  LULL_TRY(parameters.finish());

  services.habits.looked(Habits::Look::kResult);
  const base::SteadyTime started = services.engine.now();
  std::vector<std::optional<Result<model::TreeSize>>> sizes(paths.size());
  {
    ProgressPump pump(services.engine, call, {Counts::kSeen});
    scheduler::TaskGroup walks(services.engine);
    for (std::size_t i = 0; i < paths.size(); ++i)
      walks.spawn("size", [&, i](const base::CancelToken&) {
        sizes[i] =
            services.sizes.size(services.jobs, paths[i], fresh, call.cancel,
                                [&](const auto& ticket) { pump.watch(ticket, Counts::kSeen); });
      });
    walks.join();
  }
  boost::json::array entries;
  for (std::size_t i = 0; i < paths.size(); ++i)
    entries.push_back(*sizes[i] ? control::encode(**sizes[i])
                                : unmeasured(paths[i], sizes[i]->error()));
  return Object{{"paths", std::move(entries)},
                {"elapsed_seconds", base::to_seconds(services.engine.now() - started)}};
}

Result<Object> scan(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const std::vector<std::string> categories = parameters.texts("categories");
  const bool items = parameters.flag("items");
  LULL_TRY(parameters.finish());
  services.habits.looked(Habits::Look::kResult);
  ProgressPump pump(services.engine, call, {Counts::kSeen});
  const auto report =
      services.scan.scan(services.jobs, categories, items, call.cancel,
                         [&](const auto& ticket) { pump.watch(ticket, Counts::kSeen); });
  if (!report) return tl::unexpected(report.error());
  return control::encode(*report, items);
}

Result<Object> explain(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const std::string path = parameters.required_text("path");
  const bool fresh = parameters.flag("fresh");
  if (!is_absolute(path))
    parameters.refuse("'" + base::percent_escape_path(path) + "' is not an absolute path");
  LULL_TRY(parameters.finish());
  services.habits.looked(Habits::Look::kResult);
  ProgressPump pump(services.engine, call, {Counts::kSeen});
  const auto verdict =
      services.verdicts.explain(services.jobs, path, fresh, call.cancel,
                                [&](const auto& ticket) { pump.watch(ticket, Counts::kSeen); });
  if (!verdict) return tl::unexpected(verdict.error());
  return control::encode(*verdict);
}

}  // namespace

void add_disk_methods(control::MethodTable& table, const MethodServices& services) {
  table.add("Size", [services](Call& call) { return size(services, call); });
  table.add("Scan", [services](Call& call) { return scan(services, call); });
  table.add("Explain", [services](Call& call) { return explain(services, call); });
}

}  // namespace lull::agent
