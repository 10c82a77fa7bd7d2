// SPDX-License-Identifier: MIT
#include "agent/services/conditions.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <memory>
#include <utility>

#include "agent/services/aged.h"
#include "core/base/local_time.h"
#include "core/base/text.h"

namespace lull::agent {
namespace {

using scheduler::ConditionState;

std::string percent(double value) { return std::to_string(std::lround(value)) + " %"; }

std::chrono::minutes local_time_of_day(base::WallTime now) {
  const std::tm local = base::local_time(now);
  return std::chrono::hours(local.tm_hour) + std::chrono::minutes(local.tm_min);
}

std::string hh_mm(std::chrono::minutes time) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", static_cast<int>(time.count() / 60 % 24),
                static_cast<int>(time.count() % 60));
  return text.data();
}

// The sources with short memories: a running job asks every 100 ms.
class Evaluator {
 public:
  explicit Evaluator(ConditionSources sources)
      : sources_(std::move(sources)),
        power_(sources_.clock, std::chrono::seconds(2)),
        thermal_(sources_.clock, std::chrono::seconds(2)) {}

  ConditionState user_active() {
    const base::Duration needed = sources_.settings.automation.idle_after;
    ConditionState state{true, "unknown", "no input for " + base::format_duration(needed)};
    const auto user = sources_.user == nullptr ? model::UserIdle{} : sources_.user->read();
    const auto& idle = user.idle_for;
    // As with the processor: not known yet is not idle.
    if (!idle && user.asking) return {false, "asking", state.needed};
    if (!idle) return state;
    state.met = *idle >= needed;
    state.value =
        *idle > base::Duration::zero() ? "no input for " + base::format_duration(*idle) : "active";
    return state;
  }

  ConditionState cpu_busy() {
    const double limit = sources_.settings.automation.idle_cpu_percent;
    const auto load = sources_.cpu.percent();
    // Not known yet is not idle: the second reading, at the next look, will tell.
    return {load && *load < limit, load ? percent(*load) : "measuring", "under " + percent(limit)};
  }

  ConditionState on_battery() {
    const std::uint64_t changes = sources_.power_changes ? sources_.power_changes() : 0;
    if (std::exchange(power_changes_, changes) != changes) power_.forget();
    const model::PowerState& state = power_.get([&] { return sources_.power.read(); });
    std::string value(model::power_source_name(state.source));
    if (state.source == model::PowerSource::kBattery && state.battery_percent)
      value += " at " + percent(*state.battery_percent);
    const bool allowed = sources_.settings.automation.on_battery;
    return {allowed || state.source != model::PowerSource::kBattery, std::move(value),
            allowed ? "any" : "mains"};
  }

  ConditionState pressure() {
    const auto now = sources_.pressure ? sources_.pressure() : std::nullopt;
    if (!now) return {true, "unknown", "normal"};
    std::string value(model::pressure_level_name(now->level));
    if (now->reading.by_available) value += ", by available memory";
    return {now->level == model::PressureLevel::kNormal, std::move(value), "normal"};
  }

  ConditionState thermal() {
    const model::ThermalState& state = thermal_.get([&] { return sources_.thermal.read(); });
    std::string value(model::thermal_level_name(state.level));
    if (state.hottest_celsius)
      value += ", " + std::to_string(std::lround(*state.hottest_celsius)) + " °C";
    const bool hot =
        state.level == model::ThermalLevel::kHot || state.level == model::ThermalLevel::kCritical;
    return {!hot, std::move(value), "below the hot trip point"};
  }

  ConditionState quiet_hours() {
    const auto& quiet = sources_.settings.automation.quiet_hours;
    const std::chrono::minutes now = local_time_of_day(sources_.clock.wall_now());
    if (!quiet) return {true, hh_mm(now), "any time"};
    return {!quiet->contains(now), hh_mm(now),
            "outside " + hh_mm(quiet->from) + "–" + hh_mm(quiet->to)};
  }

  ConditionState inhibited() {
    const auto all =
        sources_.idle_inhibitors ? sources_.idle_inhibitors() : model::IdleInhibitors{};
    std::string value;
    for (const std::string& name : all.names) value += (value.empty() ? "" : ", ") + name;
    for (const std::string& service : all.silent)
      value += (value.empty() ? "unknown: " : "; unknown: ") + service + " does not answer";
    return {all.names.empty(), value.empty() ? "none" : value, "no idle inhibitor"};
  }

  ConditionState nothing_stale() {
    const std::size_t stale = sources_.stale_sizes ? sources_.stale_sizes() : 0;
    return {stale > 0, std::to_string(stale) + " old sizes",
            "a size asked for before, half expired"};
  }

  ConditionState no_usual_hour() {
    const bool ahead = sources_.habits != nullptr && sources_.habits->usual_time_ahead();
    return {ahead, "next: " + (sources_.habits ? sources_.habits->next_usual_time() : "none"),
            base::format_duration(Habits::kLead) + " before somebody usually looks"};
  }

  ConditionState refresh_off() {
    const bool on = sources_.settings.performance.enable_background_refresh;
    return {on, on ? "on" : "off", "performance.enable_background_refresh = true"};
  }

  ConditionState relief_off() {
    const bool on = sources_.settings.automation.relief;
    return {on, on ? "on" : "off", "automation.relief = true"};
  }

 private:
  ConditionSources sources_;
  Aged<model::PowerState> power_;
  std::uint64_t power_changes_ = 0;
  Aged<model::ThermalState> thermal_;
};

struct Row {
  const char* code;
  ConditionState (Evaluator::*evaluate)();
};
constexpr std::array kTable = {
    Row{"user-active", &Evaluator::user_active},
    Row{"cpu-busy", &Evaluator::cpu_busy},
    Row{"on-battery", &Evaluator::on_battery},
    Row{"pressure", &Evaluator::pressure},
    Row{"thermal", &Evaluator::thermal},
    Row{"quiet-hours", &Evaluator::quiet_hours},
    Row{"inhibited", &Evaluator::inhibited},
    Row{"nothing-stale", &Evaluator::nothing_stale},
    Row{"no-usual-hour", &Evaluator::no_usual_hour},
    Row{"refresh-off", &Evaluator::refresh_off},
    Row{"relief-off", &Evaluator::relief_off},
};

}  // namespace

std::vector<scheduler::Condition> make_conditions(ConditionSources sources) {
  const auto evaluator = std::make_shared<Evaluator>(std::move(sources));
  std::vector<scheduler::Condition> conditions;
  for (const Row& row : kTable)
    conditions.push_back(
        {row.code, [evaluator, evaluate = row.evaluate] { return ((*evaluator).*evaluate)(); }});
  return conditions;
}

}  // namespace lull::agent
