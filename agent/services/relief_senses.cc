// SPDX-License-Identifier: MIT
#include "agent/services/relief_senses.h"

#include <algorithm>
#include <utility>

#include <sys/utsname.h>
#include <unistd.h>

#include "core/relief/foreground.h"
#include "core/relief/largest_apps.h"
#include "core/relief/pressure_tracker.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

constexpr auto kNoticeHolds = std::chrono::seconds(5);

std::string kernel_release() {
  ::utsname names{};
  return ::uname(&names) == 0 ? names.release : "";
}

}  // namespace

ReliefFacilities find_relief_facilities(const platform::SystemRoots& roots, unsigned user_id,
                                        const base::Clock& clock) {
  ReliefFacilities found;
  found.swap = platform::make_swap_probe(roots);
  found.memory_stall = platform::make_pressure_probe(roots, clock);
  found.io_stall = platform::make_io_pressure_probe(roots, clock);
  found.overshoots = platform::reclaim_overshoots(kernel_release());
  if (const long page = ::sysconf(_SC_PAGESIZE); page > 0)
    found.page_bytes = static_cast<std::uint64_t>(page);
  if (user_id == 0) {
    found.no_apps = "root has no apps of its own to ask";
    return found;
  }
  auto slice = platform::own_app_slice(roots, user_id);
  if (!slice) {
    found.no_apps = "apps cannot be asked: " + slice.error().message;
    return found;
  }
  found.app_slice = slice->directory;
  found.own_unit = slice->own_unit;
  found.has_terminal = [roots, at = slice->directory](const std::string& unit) {
    return platform::scope_has_terminal(roots, at, unit);
  };
  found.scopes = platform::make_scope_probe(slice->directory, clock);
  platform::ReclaimRules rules;
  rules.user_id = user_id;
  found.reclaim = platform::make_scope_reclaim(slice->directory, rules);
  return found;
}

ReliefSenses::ReliefSenses(scheduler::Engine& engine, scheduler::Executor& blocking,
                           const Settings& settings, Sources sources, ReliefFacilities facilities)
    : engine_(engine),
      blocking_(blocking),
      settings_(settings),
      sources_(std::move(sources)),
      facilities_(std::move(facilities)) {}

relief::ReliefSettings ReliefSenses::policy_settings() const {
  return {settings_.relief.target_available_percent, settings_.performance.max_memory_chunk,
          settings_.performance.adaptive_memory};
}

bool ReliefSenses::noticed(const model::MemorySample& memory) const {
  const auto at = sources_.noticed_at();
  if (!at || engine_.now() - *at > kNoticeHolds || memory.total_bytes == 0) return false;
  return 100 * static_cast<double>(memory.available_bytes) <=
         relief::kPlentyPercent * static_cast<double>(memory.total_bytes);
}

bool ReliefSenses::noticed_now() const {
  const auto memory = sources_.monitor.memory();
  return memory && noticed(*memory);
}

base::Result<relief::ReliefSample> ReliefSenses::take() {
  relief::ReliefSample sample;
  sample.taken_at = engine_.now();
  // At critical nothing is taken from apps: no program is started then.
  const auto level = sources_.level();
  const bool may_take = level != model::PressureLevel::kCritical;
  sample.scopes = read_apps(may_take ? Ask::kFront : Ask::kNobody);
  const auto memory = sources_.monitor.memory_now();
  if (!memory) return tl::unexpected(memory.error());
  sample.memory = *memory;
  // What was not asked for the apps' sake stays so, though it is calmer meanwhile.
  sample.level = std::max(level, sources_.level());
  sample.noticed = noticed(*memory);
  if (const auto stall = facilities_.memory_stall->read()) sample.stall = *stall;
  if (const auto stall = facilities_.io_stall->read()) sample.io_stall = *stall;
  if (const auto swap = facilities_.swap->read()) {
    sample.swap = swap->kind;
    sample.swapped_out_bytes = swap->swapped_out_bytes;
  }
  const model::PowerState power = sources_.power.read();
  sample.on_mains = power.source != model::PowerSource::kBattery;
  sample.battery_percent = power.battery_percent;
  sample.levers.reclaim = facilities_.reclaim != nullptr;
  sample.levers.reclaim_overshoots = facilities_.overshoots;
  return sample;
}

bool ReliefSenses::apps_are_due() const {
  return facilities_.scopes != nullptr && (!apps_at_ || engine_.now() - *apps_at_ >= kAppsGap);
}

void ReliefSenses::look_at_apps() {
  if (apps_are_due()) (void)read_apps(Ask::kNobody);
}

// Two fibers may ask at a time; the probe is for one thread, and readings come back in their order.
std::vector<relief::ScopeUse> ReliefSenses::read_apps(Ask ask) {
  if (!facilities_.scopes) return {};
  apps_at_ = engine_.now();
  model::ScopeTree tree;
  const base::Status status = scheduler::offload(engine_, blocking_, [&] {
    const std::lock_guard lock(reading_);
    return facilities_.scopes->read(tree);
  });
  if (!status) return {};  // no user manager any more
  auto apps = activity_.note(tree, kept_apps(ask));
  if (ask == Ask::kFront) ask_front(apps);
  keep_foreground(apps);
  if (ask == Ask::kFront) keep_terminals(apps);
  largest_ = relief::largest_apps(apps);
  return apps;
}

// Who plays or presents does not want to be slow, whatever its processor time.
relief::KeptApps ReliefSenses::kept_apps(Ask ask) const {
  relief::KeptApps kept{settings_.relief.exclude, {facilities_.own_unit}};
  if (ask != Ask::kFront || !sources_.inhibitors) return kept;
  for (const std::string& name : sources_.inhibitors())
    kept.app_ids.push_back(name.substr(0, name.find(" (")));
  return kept;
}

void ReliefSenses::ask_front(const std::vector<relief::ScopeUse>& apps) {
  if (!sources_.front_way || apps.empty()) return;
  if (front_at_ && engine_.now() - *front_at_ < kFrontHolds) return;
  front_at_ = engine_.now();
  front_unit_.reset();  // whoever comes meanwhile does not believe the last answer
  const auto way = scheduler::offload(engine_, blocking_, [&] { return sources_.front_way(); });
  front_unit_ = way ? relief::unit_of(apps, *way) : std::nullopt;
}

// Who says which window is in front is believed while that is new; what may be on a second screen
// is guessed all the same.
void ReliefSenses::keep_foreground(std::vector<relief::ScopeUse>& apps) const {
  auto units = relief::foreground_units(apps, sources_.person_idle_for());
  if (front_unit_ && engine_.now() - *front_at_ < kFrontHolds) units.push_back(*front_unit_);
  for (relief::ScopeUse& app : apps)
    app.kept = app.kept || std::find(units.begin(), units.end(), app.reading.unit) != units.end();
}

// No list of names has every terminal, or every app that has one in a window.
void ReliefSenses::keep_terminals(std::vector<relief::ScopeUse>& apps) {
  if (!facilities_.has_terminal) return;
  const base::SteadyTime now = engine_.now();
  std::erase_if(terminals_,
                [&](const auto& known) { return now - known.second.at >= kTerminalHolds; });
  std::map<std::uint64_t, std::string> unknown;
  for (const relief::ScopeUse& app : apps)
    if (!app.kept && app.idle_for >= relief::kIdleFor &&
        app.reading.current_bytes >= relief::kLeastScope &&
        !terminals_.contains(app.reading.cgroup_id))
      unknown.emplace(app.reading.cgroup_id, app.reading.unit);
  std::vector<std::uint64_t> found;
  if (!unknown.empty())
    scheduler::offload(engine_, blocking_, [&] {
      for (const auto& [id, unit] : unknown)
        if (facilities_.has_terminal(unit)) found.push_back(id);
    });
  for (const auto& [id, unit] : unknown)
    terminals_[id] = {now, std::find(found.begin(), found.end(), id) != found.end()};
  for (relief::ScopeUse& app : apps)
    if (const auto known = terminals_.find(app.reading.cgroup_id); known != terminals_.end())
      app.kept = app.kept || known->second.has;
}

}  // namespace lull::agent
