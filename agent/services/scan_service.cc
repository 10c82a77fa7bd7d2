// SPDX-License-Identifier: MIT
#include "agent/services/scan_service.h"

#include <algorithm>
#include <utility>

#include <unistd.h>

#include "core/base/bytes.h"
#include "core/platform/roots.h"
#include "core/scan/places.h"
#include "core/scan/running.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

constexpr const char* kCategories = "categories";  // sorted, joined with commas; all if absent
constexpr const char* kItems = "items";

std::vector<std::string> split(const std::string& joined) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  while (from < joined.size()) {
    const std::size_t comma = std::min(joined.find(',', from), joined.size());
    parts.push_back(joined.substr(from, comma - from));
    from = comma + 1;
  }
  return parts;
}

scheduler::JobParameters parameters_of(std::vector<std::string> categories, bool items) {
  scheduler::JobParameters parameters;
  std::sort(categories.begin(), categories.end());
  categories.erase(std::unique(categories.begin(), categories.end()), categories.end());
  std::string joined;
  for (const auto& id : categories) joined += (joined.empty() ? "" : ",") + id;
  if (!joined.empty()) parameters[kCategories] = joined;
  if (items) parameters[kItems] = "true";
  return parameters;
}

scheduler::JobResult result_of(const base::Result<model::ScanReport>& report) {
  using scheduler::Outcome;
  if (!report) return {Outcome::kFailed, report.error().to_string(), ""};
  const std::string found = base::format_bytes(report->total_reclaimable_bytes) + " reclaimable";
  if (report->partial) return {Outcome::kCancelled, found + " until it was stopped", ""};
  if (report->error_count > 0)
    return {Outcome::kPartial,
            found + "; " + std::to_string(report->error_count) + " places could not be read", ""};
  return {Outcome::kDone, found, ""};
}

base::Result<model::ScanReport> with_problems(base::Result<model::ScanReport> report,
                                              const std::vector<scan::RuleProblem>& problems) {
  if (!report) return report;
  for (const scan::RuleProblem& problem : problems)
    report->rule_problems.push_back({problem.file, problem.line, problem.column, problem.message});
  return report;
}

// How each category comes to be cleaned: `tiers` without being asked for, a named one by its name.
void say_who_cleans(model::ScanReport& report, const scan::RuleSet& rules,
                    const std::vector<std::string>& tiers, bool named) {
  for (model::CategoryReport& category : report.categories) {
    const scan::Rule* rule = rules.find(category.id);
    category.in_trash = rule != nullptr && scan::is_about_trash(*rule);
    category.by_clean =
        !category.in_trash && (named || std::find(tiers.begin(), tiers.end(),
                                                  model::tier_name(category.tier)) != tiers.end());
  }
}

}  // namespace

ScanService::ScanService(scheduler::Engine& engine, scheduler::ComputePool& compute,
                         scan::LoadedRules rules, base::UserDirectories directories,
                         const Settings& settings)
    : engine_(engine),
      compute_(compute),
      rules_(std::make_shared<const scan::LoadedRules>(std::move(rules))),
      directories_(std::move(directories)),
      settings_(settings) {}

scheduler::JobSpec ScanService::job() {
  scheduler::JobSpec spec;
  spec.name = "scan";
  spec.trigger = scheduler::Trigger::kPeriodic;
  spec.priority = scheduler::Priority::kBackground;
  spec.shutdown = scheduler::ShutdownBehaviour::kSkip;  // reads only: nothing is lost
  spec.constraints = {"user-active", "cpu-busy",    "on-battery", "pressure",
                      "thermal",     "quiet-hours", "inhibited"};
  spec.interval = settings_.automation.scan_interval;
  spec.tolerance = spec.interval / 20;
  spec.deadline = std::chrono::minutes(30);
  spec.minimum_gap = std::chrono::minutes(5);
  spec.body = [this](scheduler::JobContext& context) { return run(context); };
  return spec;
}

base::Result<model::ScanReport> ScanService::scan(
    scheduler::JobScheduler& jobs, const std::vector<std::string>& categories, bool items,
    const base::CancelToken& cancel,
    const std::function<void(const scheduler::RunTicket&)>& started) {
  return values_.request(jobs, parameters_of(categories, items), cancel, started);
}

scheduler::JobResult ScanService::run(scheduler::JobContext& context) {
  auto report = scan_all_of(context);
  const scheduler::JobResult result = result_of(report);
  values_.put(context.parameters, std::move(report));
  return result;
}

scheduler::JobResult ScanService::refresh(scheduler::JobContext& context, base::Duration age) {
  if (remembered_ && engine_.now() - *remembered_ <= age)
    return {scheduler::Outcome::kDone, "the last scan is new enough", ""};
  return result_of(scan_all_of(context));
}

base::Result<model::ScanReport> ScanService::scan_within(
    const scheduler::JobContext& context, const std::vector<std::string>& categories) {
  const scheduler::JobParameters parameters = parameters_of(categories, true);
  scheduler::JobContext own{context.cancel, context.progress, parameters, context.checkpoint,
                            context.automatic};
  return scan_all_of(own);
}

base::Result<model::ScanReport> ScanService::scan_all_of(scheduler::JobContext& context) {
  const auto categories = context.parameters.find(kCategories);
  const bool everything = categories == context.parameters.end();
  const std::string work = everything ? "scan" : "scan " + categories->second;
  if (costs_ != nullptr) costs_->expect(work, context.progress);
  const base::SteadyTime started = engine_.now();
  auto report = scan_on_pool(context);
  if (!report || report->partial) return report;
  if (costs_ != nullptr) costs_->learn(work, context.progress.snapshot(), engine_.now() - started);
  if (everything) remember(*report);
  if (items_observer_ && context.parameters.contains(kItems)) items_observer_(*report);
  return report;
}

base::Result<model::ScanReport> ScanService::scan_on_pool(const scheduler::JobContext& context) {
  scan::ScanRequest request;
  const auto categories = context.parameters.find(kCategories);
  if (categories != context.parameters.end()) request.categories = split(categories->second);
  request.advice = request.categories.empty();
  request.items = context.parameters.contains(kItems);
  request.directories = directories_;
  request.keep = settings_.clean.keep;
  request.now = engine_.time().wall_now();
  request.owner = ::geteuid();
  scan::WalkOptions options;
  options.width = static_cast<unsigned>(settings_.performance.max_parallel_scans);
  options.cancel = context.cancel;
  options.progress = &context.progress;
  scheduler::Executor& executor = context.automatic ? compute_.background() : compute_.foreground();
  const auto rules = rules_;  // also if they are read again meanwhile
  auto report = scheduler::offload(engine_, executor, [&] {
    const platform::SystemRoots system;
    request.places = scan::find_scan_places(system, directories_, request.owner);
    request.flatpak_running = scan::make_flatpak_probe(system, request.owner);
    request.running = scan::make_running_probe(system, request.owner);
    return with_problems(scan::scan(rules->rules, request, options), rules->problems);
  });
  if (report)
    say_who_cleans(*report, rules->rules, settings_.clean.tiers, !request.categories.empty());
  return report;
}

void ScanService::replace_rules(scan::LoadedRules rules) {
  rules_ = std::make_shared<const scan::LoadedRules>(std::move(rules));
}

void ScanService::remember(const model::ScanReport& report) {
  remembered_ = engine_.now();
  reclaimable_ = model::Reclaimable{report.total_reclaimable_bytes, report.as_of};
  last_report_ = report;
  for (auto& category : last_report_->categories) category.entries = {};
  if (observer_) observer_();
}

}  // namespace lull::agent
