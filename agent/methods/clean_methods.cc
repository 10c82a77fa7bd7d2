// SPDX-License-Identifier: MIT
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "agent/control/json_codec.h"
#include "agent/methods/methods.h"
#include "agent/methods/parameters.h"
#include "agent/methods/progress_pump.h"

namespace lull::agent {
namespace {

using base::Result;
using control::Call;
using control::Object;

constexpr std::size_t kMostPaths = 10'000;

struct CleanWish {
  std::vector<std::string> categories;
  std::string plan;
  bool dry_run = false, items = false, free_now = false;
};

Result<CleanWish> wish_of(const Call& call) {
  Parameters parameters(call.parameters);
  CleanWish wish;
  wish.categories = parameters.texts("categories");
  wish.plan = parameters.text("plan");
  wish.dry_run = parameters.flag("dry_run");
  wish.items = parameters.flag("items");
  wish.free_now = parameters.flag("free_now");
  if (!wish.plan.empty() && (wish.dry_run || !wish.categories.empty()))
    parameters.refuse(
        "a plan says itself what goes: neither 'categories' nor 'dry_run' go with it");
  LULL_TRY(parameters.finish());
  return wish;
}

// The scan and the moving have each a progress of their own.
Result<model::PlanReport> offer(const MethodServices& services, Call& call, const CleanWish& wish) {
  ProgressPump pump(services.engine, call);
  return services.clean.offer(services.jobs, wish.categories, wish.items, call.cancel,
                              [&](const auto& ticket) { pump.watch(ticket); });
}

Result<Object> carry_out(const MethodServices& services, Call& call, const std::string& plan,
                         bool free_now) {
  ProgressPump pump(services.engine, call);
  const auto report = services.clean.clean(services.jobs, plan, free_now, call.cancel,
                                           [&](const auto& ticket) { pump.watch(ticket); });
  if (!report) return tl::unexpected(report.error());
  return control::encode(*report);
}

// Nothing was found, or not all was looked at: no run, and so says the answer.
Object nothing_done(const model::PlanReport& offered, bool items) {
  Object answer = control::encode(offered, items);
  answer["dry_run"] = false;
  for (const char* none : {"moved_items", "moved_bytes", "pending_bytes"}) answer[none] = 0;
  return answer;
}

Result<Object> clean(const MethodServices& services, Call& call) {
  const auto wish = wish_of(call);
  if (!wish) return tl::unexpected(wish.error());
  services.habits.looked(Habits::Look::kResult);
  if (!wish->plan.empty()) return carry_out(services, call, wish->plan, wish->free_now);
  const auto offered = offer(services, call, *wish);
  if (!offered) return tl::unexpected(offered.error());
  if (wish->dry_run) return control::encode(*offered, wish->items);
  if (offered->id.empty()) return nothing_done(*offered, wish->items);
  return carry_out(services, call, offered->id, wish->free_now);
}

Result<Object> undo(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const auto run = parameters.integer("run", 1, std::numeric_limits<std::int64_t>::max());
  const std::vector<std::string> paths = parameters.paths("paths", kMostPaths);
  LULL_TRY(parameters.finish());
  ProgressPump pump(services.engine, call);
  const auto report = services.undo.undo(services.jobs, run, paths, call.cancel,
                                         [&](const auto& ticket) { pump.watch(ticket); });
  if (!report) return tl::unexpected(report.error());
  return control::encode(*report);
}

}  // namespace

void add_clean_methods(control::MethodTable& table, const MethodServices& services) {
  table.add(
      "Clean", [services](Call& call) { return clean(services, call); }, is_no_dry_run);
  table.add(
      "Undo", [services](Call& call) { return undo(services, call); }, control::always_outlives);
}

}  // namespace lull::agent
