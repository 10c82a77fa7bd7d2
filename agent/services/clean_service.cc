// SPDX-License-Identifier: MIT
#include "agent/services/clean_service.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "agent/version.h"
#include "core/base/bytes.h"
#include "core/clean/in_use.h"
#include "core/clean/plan_codec.h"
#include "core/clean/planner.h"
#include "core/clean/rule_recheck.h"
#include "core/scan/places.h"
#include "core/scan/running.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

using base::ErrorCode;
using base::Result;

constexpr const char* kPlan = "plan";
constexpr const char* kFreeNow = "free-now";

// Sums by category, in the order of the report.
std::vector<model::PlannedCategory> sums_of(const clean::Plan& plan,
                                            const model::ScanReport& report,
                                            const scan::RuleSet& rules) {
  std::map<std::string_view, std::pair<std::uint64_t, std::uint64_t>> sums;  // items and bytes
  for (const clean::PlanItem& item : plan.items) {
    auto& [items, bytes] = sums[item.rule];
    items += item.entries;
    bytes += item.bytes;
  }
  std::vector<model::PlannedCategory> categories;
  for (const model::CategoryReport& category : report.categories) {
    const auto sum = sums.find(category.id);
    if (sum == sums.end()) continue;
    const scan::Rule* rule = rules.find(category.id);
    categories.push_back({category.id, category.title, category.tier, rule ? rule->cost : "",
                          sum->second.first, sum->second.second});
  }
  return categories;
}

model::PlanReport report_of(const clean::PlanMaking& making, const model::ScanReport& report,
                            const scan::RuleSet& rules, bool items) {
  model::PlanReport offered;
  const clean::Plan& plan = making.plan;
  offered.made_at = plan.made_at;
  offered.expires_at = plan.made_at + std::chrono::duration_cast<base::WallTime::duration>(
                                          clean::CleanJournal::kPlanAge);
  offered.categories = sums_of(plan, report, rules);
  for (const auto& category : offered.categories) {
    offered.items += category.items;
    offered.bytes += category.bytes;
  }
  for (const auto& left : making.left_out) offered.left_out.push_back({left.path, left.reason});
  if (items)
    for (const clean::PlanItem& item : plan.items)
      offered.planned.push_back({item.path, item.rule, item.directory, item.entries, item.bytes});
  offered.partial = report.partial;
  return offered;
}

model::CleanReport report_of(const clean::CleanResult& result, const std::string& plan) {
  model::CleanReport report;
  report.run = result.run;
  report.plan = plan;
  report.moved_items = result.moved_entries;
  report.moved_bytes = report.pending_bytes = result.moved_bytes;
  for (const auto& item : result.skipped) report.skipped.push_back({item.path, item.reason});
  for (const auto& item : result.failed) report.failed.push_back({item.path, item.reason});
  if (result.stopped) report.failed.push_back({result.stopped->path, result.stopped->to_string()});
  report.cancelled = result.cancelled;
  report.outcome = result.outcome;
  return report;
}

scheduler::JobResult result_of(const Result<model::CleanReport>& report) {
  using scheduler::Outcome;
  if (!report) return {Outcome::kFailed, report.error().to_string(), ""};
  const std::string moved = base::format_bytes(report->moved_bytes) + " moved to the trash";
  if (report->cancelled) return {Outcome::kCancelled, moved + " until it was stopped", ""};
  if (report->outcome == "failed") return {Outcome::kFailed, moved, ""};
  return {report->outcome == "done" ? Outcome::kDone : Outcome::kPartial, moved, ""};
}

std::vector<std::string> roots_of(const clean::Plan& plan) {
  std::set<std::string> roots;
  for (const clean::PlanItem& item : plan.items) roots.insert(item.root);
  return {roots.begin(), roots.end()};
}

// The trashes of volumes are nobody's to clean; the one at home is among the protected places.
std::vector<std::string> volume_trashes(const clean::TrashPlaces& places) {
  std::vector<std::string> trashes;
  for (const std::string& volume : places.volumes) {
    const std::string top = volume == "/" ? "" : volume;
    trashes.push_back(top + "/.Trash");
    trashes.push_back(top + "/.Trash-" + std::to_string(places.owner));
  }
  return trashes;
}

clean::RuleProbes system_probes(uid_t owner) {
  return {[owner] { return scan::make_running_probe({}, owner); },
          [owner] { return scan::make_flatpak_probe({}, owner); },
          [] { return scan::find_held_locks({}); }};
}

// On this thread alone: while it is taken for a directory others wait, and none of their tasks may
// be taken meanwhile.
clean::UsePicture look_at_use() { return {scan::find_open_files({}), scan::find_held_locks({})}; }

}  // namespace

CleanService::CleanService(scheduler::Engine& engine, scheduler::ComputePool& compute,
                           CleanHouse& house, PurgeService& purges, ScanService& scans,
                           const Settings& settings)
    : engine_(engine),
      compute_(compute),
      house_(house),
      purges_(purges),
      scans_(scans),
      settings_(settings) {}

scheduler::JobSpec CleanService::job() {
  scheduler::JobSpec spec;
  spec.name = "clean";
  spec.trigger = scheduler::Trigger::kRequest;
  spec.priority = scheduler::Priority::kUserBlocking;
  spec.shutdown = scheduler::ShutdownBehaviour::kFinishItem;
  spec.needs_parameters = "needs a plan; use `lull clean`";
  spec.body = [this](scheduler::JobContext& context) { return run(context); };
  return spec;
}

// ---- what would go ----------------------------------------------------------------------------

std::vector<std::string> CleanService::categories_of_tiers() const {
  std::vector<std::string> ids;
  const auto& tiers = settings_.clean.tiers;
  for (const scan::Rule& rule : scans_.rules().rules.rules())
    if (!scan::is_about_trash(rule) &&
        std::find(tiers.begin(), tiers.end(), model::tier_name(rule.tier)) != tiers.end())
      ids.push_back(rule.id);
  return ids;
}

std::string CleanService::basis() const {
  return clean::plan_basis(kVersion, scans_.rules().fingerprint, settings_.clean.keep);
}

Result<model::PlanReport> CleanService::offer(scheduler::JobScheduler& jobs,
                                              const std::vector<std::string>& categories,
                                              bool items, const base::CancelToken& cancel,
                                              const Started& started) {
  const base::SteadyTime begun = engine_.now();
  const auto ids = categories.empty() ? categories_of_tiers() : categories;
  if (ids.empty()) return model::PlanReport{};  // no tier is set
  const auto rules = scans_.held_rules();
  const std::string judged_by = basis();
  const auto report = scans_.scan(jobs, ids, true, cancel, started);
  if (!report) return tl::unexpected(report.error());
  const clean::PlanMaking making = plan_of(*report, *rules, judged_by, compute_.foreground());
  model::PlanReport offered = report_of(making, *report, rules->rules, items);
  if (!making.plan.items.empty() && !offered.partial) {
    LULL_TRY(save(making.plan));
    offered.id = making.plan.id;
  }
  offered.elapsed = engine_.now() - begun;
  return offered;
}

clean::PlanMaking CleanService::plan_of(const model::ScanReport& report,
                                        const scan::LoadedRules& rules, const std::string& basis,
                                        scheduler::Executor& executor) {
  const clean::PlanSource source{rules.rules, house_.directories().home, basis, ::geteuid()};
  return scheduler::offload(engine_, executor, [&] { return clean::make_plan(report, source); });
}

base::Status CleanService::save(const clean::Plan& plan) {
  const auto journal = house_.journal().cleans();
  if (!journal) return tl::unexpected(journal.error());
  const base::WallTime now = engine_.time().wall_now();
  return scheduler::offload(engine_, compute_.foreground(), [&] {
    return (*journal)->save_plan({plan.id, plan.owner, plan.made_at, clean::encode_plan(plan)},
                                 now);
  });
}

// ---- moving it --------------------------------------------------------------------------------

Result<model::CleanReport> CleanService::clean(scheduler::JobScheduler& jobs,
                                               const std::string& plan, bool free_now,
                                               const base::CancelToken& cancel,
                                               const Started& started) {
  scheduler::JobParameters parameters{{kPlan, plan}};
  if (free_now) parameters[kFreeNow] = "true";
  return values_.request(jobs, parameters, cancel, started);
}

scheduler::JobResult CleanService::run(scheduler::JobContext& context) {
  auto report = clean_now(context, context.parameters.at(kPlan));
  scheduler::JobResult result = result_of(report);
  values_.put(context.parameters, std::move(report));
  return result;
}

Result<model::CleanReport> CleanService::clean_now(scheduler::JobContext& context,
                                                   const std::string& id) {
  const base::SteadyTime begun = engine_.now();
  Result<model::CleanReport> report = base::fail(ErrorCode::kInternal, "it did not begin");
  std::optional<clean::Plan> moved;
  {
    const auto turn = house_.enter(context.cancel);
    if (!turn) return tl::unexpected(turn.error());
    auto plan = find_plan(turn->journal(), id);
    if (!plan) return tl::unexpected(std::move(plan).error());
    const auto result = move(context, *plan, *turn, context.automatic ? "automatic" : "user");
    if (!result) return tl::unexpected(result.error());
    report = report_of(*result, id);
    if (!result->moved.empty()) moved = *std::move(plan);
    // What cannot be taken back is done only as a whole: not after a Cancel, nor if the journal
    // does not know what was moved.
    if (context.parameters.contains(kFreeNow) && !result->moved.empty() && !result->cancelled &&
        !result->stopped)
      free(*report, *turn, context);
  }
  report->elapsed = engine_.now() - begun;
  if (report->pending_bytes > 0)
    report->purge_at =
        engine_.time().wall_now() +
        std::chrono::duration_cast<base::WallTime::duration>(settings_.clean.purge_after);
  house_.journal().look_again();
  if (moved) tell_moved(*moved);
  return report;
}

void CleanService::tell_moved(const clean::Plan& plan) {
  if (observer_) observer_(roots_of(plan));
}

void CleanService::free(model::CleanReport& report, const CleanHouse::Turn& turn,
                        scheduler::JobContext& context) {
  const auto purged = purges_.purge_run(turn, report.run, context.cancel, context.progress);
  if (!purged) {
    report.failed.push_back({house_.journal().path(), purged.error().to_string()});
    return;
  }
  report.freed_bytes = purged->freed_bytes;
  for (const auto& item : purged->failed) report.failed.push_back({item.path, item.reason});
  if (purged->stopped)
    report.failed.push_back({purged->stopped->path, purged->stopped->to_string()});
  report.pending_bytes = purged->left_bytes;
  if (!purged->cancelled) return;
  report.cancelled = true;
  report.outcome = "cancelled";
}

Result<clean::Plan> CleanService::find_plan(clean::CleanJournal& journal,
                                            const std::string& id) const {
  const base::WallTime now = engine_.time().wall_now();
  const auto stored = scheduler::offload(engine_, compute_.foreground(),
                                         [&] { return journal.find_plan(id, now); });
  if (!stored) return tl::unexpected(stored.error());
  if (stored->owner != ::geteuid())
    return base::fail(ErrorCode::kPermissionDenied, "plan '" + id + "' is another user's");
  auto plan = clean::decode_plan(stored->bytes);
  if (!plan) return plan;
  if (plan->id != id || plan->owner != stored->owner)
    return base::fail(ErrorCode::kMalformed, "the stored plan is not the one it is said to be");
  if (plan->basis != basis())
    return base::fail(ErrorCode::kUnavailable,
                      "plan '" + id +
                          "' was made by other rules or another keep list; `lull clean "
                          "--dry-run` makes a new one");
  return plan;
}

Result<clean::CleanResult> CleanService::move(const scheduler::JobContext& context,
                                              const clean::Plan& plan, const CleanHouse::Turn& turn,
                                              const std::string& origin) {
  const auto rules = scans_.held_rules();
  const uid_t owner = ::geteuid();
  clean::CleanOptions options;
  options.trash = turn.trash();
  options.origin = origin;
  options.width = static_cast<unsigned>(settings_.performance.max_parallel_deletes);
  options.cancel = context.cancel;
  options.progress = &context.progress;
  options.purged_then = context.parameters.contains(kFreeNow);
  clean::RecheckSource source{rules->rules, house_.directories(), {}, settings_.clean.keep,
                              owner,        system_probes(owner), {}};
  scheduler::Executor& executor = context.automatic ? compute_.background() : compute_.foreground();
  return scheduler::offload(engine_, executor, [&]() -> Result<clean::CleanResult> {
    context.progress.enter("looking at what is in use");
    source.places = scan::find_scan_places({}, source.directories, owner);
    auto recheck = clean::RuleRecheck::make(std::move(source), engine_.time());
    if (!recheck) return tl::unexpected(std::move(recheck).error());
    options.guards.places =
        clean::protected_places(house_.directories(), volume_trashes(turn.places()));
    const base::SteadyTime looked_at = engine_.time().now();
    options.guards.use = look_at_use();
    clean::FreshUse fresh(options.guards.use, looked_at, look_at_use, engine_.time());
    options.guards.use_now = [&fresh] { return fresh.now(); };
    options.guards.fault = hook_;
    options.guards.recheck = [&judge = **recheck](const clean::PlanItem& item,
                                                  const struct stat& status) {
      return judge(item, status);
    };
    return clean::clean(plan, turn.journal(), engine_.time(), options);
  });
}

}  // namespace lull::agent
