// SPDX-License-Identifier: MIT
#include <cstdint>
#include <limits>
#include <utility>

#include "agent/control/json_codec.h"
#include "agent/methods/methods.h"
#include "agent/methods/parameters.h"

namespace lull::agent {
namespace {

using base::Result;
using control::Call;
using control::Object;

constexpr std::int64_t kMostProcesses = 10'000;
constexpr std::int64_t kMostRuns = 100'000;
constexpr std::size_t kMostDetails = 2000;

boost::json::array recent(const SnapshotService& snapshot) {
  boost::json::array samples;
  for (const model::LoadSample& sample : snapshot.recent())
    samples.push_back(control::encode(sample));
  return samples;
}

Result<Object> get_snapshot(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const bool with_recent = parameters.flag("recent");
  LULL_TRY(parameters.finish());
  services.habits.looked(Habits::Look::kGlance);
  Object answer = control::encode(services.snapshot.take(call.cancel));
  if (with_recent) answer["recent"] = recent(services.snapshot);
  return answer;
}

// Streams snapshots until the client has enough; the first says what was before.
Result<Object> watch(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const double seconds = parameters.number("interval_seconds", 0.5, 3600).value_or(2);
  if (!call.more) parameters.refuse("Watch streams: call it with \"more\": true");
  LULL_TRY(parameters.finish());
  const auto interval =
      std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
  services.habits.looked(Habits::Look::kGlance);
  Object first = control::encode(services.snapshot.take(call.cancel));
  first["recent"] = recent(services.snapshot);
  call.send(std::move(first));
  while (services.engine.sleep_for(interval, interval / 10, call.cancel) == scheduler::Wake::kDue)
    call.send(control::encode(services.snapshot.take(call.cancel)));
  return control::encode(services.snapshot.take());
}

Result<Object> top(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const auto limit = parameters.integer("limit", 1, kMostProcesses).value_or(10);
  const std::string sort = parameters.text("sort");
  if (!sort.empty() && sort != "memory" && sort != "cpu")
    parameters.refuse("parameter 'sort' must be 'memory' or 'cpu'");
  LULL_TRY(parameters.finish());
  const auto rows = services.snapshot.top(
      static_cast<std::size_t>(limit), sort == "cpu" ? stats::SortBy::kCpu : stats::SortBy::kMemory,
      call.cancel);
  if (!rows) return tl::unexpected(rows.error());
  boost::json::array processes;
  for (const auto& row : *rows) processes.push_back(control::encode(row));
  return Object{{"processes", std::move(processes)}};
}

Result<Object> one_run(const MethodServices& services, std::int64_t run) {
  const auto detail = services.journal.run_detail(run);
  if (!detail) return tl::unexpected(detail.error());
  return Object{{"history", boost::json::array{control::encode(detail->entry)}},
                {"detail", control::encode(*detail, kMostDetails)}};
}

Result<Object> forget(const MethodServices& services, Call& call) {
  LULL_TRY(Parameters(call.parameters).finish());
  const auto runs = services.forget();
  if (!runs) return tl::unexpected(runs.error());
  return Object{{"runs", *runs}};
}

Result<Object> history(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const auto limit = parameters.integer("limit", 1, kMostRuns).value_or(20);
  const auto one = parameters.integer("run", 1, std::numeric_limits<std::int64_t>::max());
  LULL_TRY(parameters.finish());
  if (one) return one_run(services, *one);
  const auto runs = services.journal.history(static_cast<std::size_t>(limit));
  if (!runs) return tl::unexpected(runs.error());
  boost::json::array entries;
  for (const auto& run : *runs) entries.push_back(control::encode(run));
  return Object{{"history", std::move(entries)}};
}

Result<Object> show_popover(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const std::string page = parameters.text("page"), start = parameters.text("start");
  if (!page.empty() && page != "overview" && page != "history" && page != "settings")
    parameters.refuse("parameter 'page' must be 'overview', 'history' or 'settings'");
  if (!start.empty() && start != "optimize" && start != "clean" && start != "undo")
    parameters.refuse("parameter 'start' must be 'optimize', 'clean' or 'undo'");
  LULL_TRY(parameters.finish());
  LULL_TRY(services.show_popover(page, start));
  return Object{};
}

Result<Object> metrics(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const std::string format = parameters.text("format");
  LULL_TRY(parameters.finish());
  if (format.empty() || format == "openmetrics")
    return Object{{"text", services.metrics(MetricsFormat::kOpenMetrics)}};
  if (format == "prometheus") return Object{{"text", services.metrics(MetricsFormat::kPrometheus)}};
  return base::fail(base::ErrorCode::kInvalidArgument,
                    "'" + format + "' is no format of metrics: openmetrics or prometheus");
}

}  // namespace

void add_state_methods(control::MethodTable& table, const MethodServices& services) {
  table.add("GetSnapshot", [services](Call& call) { return get_snapshot(services, call); });
  table.add("Watch", [services](Call& call) { return watch(services, call); });
  table.add("Top", [services](Call& call) { return top(services, call); });
  table.add("History", [services](Call& call) { return history(services, call); });
  table.add("Forget", [services](Call& call) { return forget(services, call); });
  table.add("ShowPopover", [services](Call& call) { return show_popover(services, call); });
  table.add("Metrics", [services](Call& call) { return metrics(services, call); });
}

}  // namespace lull::agent
