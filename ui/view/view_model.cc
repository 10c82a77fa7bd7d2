// SPDX-License-Identifier: MIT
#include "ui/view/view_model.h"

#include <algorithm>

#include "ui/view/view_parts.h"
#include "ui/view/words.h"

namespace lull::ui {
namespace {

bool cleans_by_itself(const State& state) {
  if (!state.settings) return false;
  return std::any_of(state.settings->begin(), state.settings->end(), [](const Setting& setting) {
    return setting.key == "automation.clean" && setting.value.find("on") != std::string::npos;
  });
}

std::string make_footer(const std::optional<model::Snapshot>& snapshot) {
  if (!snapshot) return "Lull";
  std::string text = "Lull " + one_line(snapshot->version);
  if (snapshot->agent && snapshot->agent->pss_bytes)
    text += " · uses " + bytes_text(snapshot->agent->pss_bytes) + " itself";
  return text;
}

}  // namespace

Tone tone_of(model::PressureLevel level) {
  switch (level) {
    case model::PressureLevel::kNormal:
      return Tone::kGood;
    case model::PressureLevel::kWarning:
      return Tone::kWarning;
    case model::PressureLevel::kCritical:
      return Tone::kCritical;
  }
  return Tone::kNeutral;
}

bool is_running(const std::optional<Operation>& operation) {
  return operation &&
         (operation->phase == Phase::kRunning || operation->phase == Phase::kCancelling);
}

ViewModel make_view(const State& state, base::WallTime now) {
  ViewModel view;
  view.page = state.page;
  view.welcome = state.welcome;
  view.welcome_switch = cleans_by_itself(state);
  view.connected = state.link == Link::kConnected;
  view.header = make_header(state, now);
  view.memory = make_memory(state.snapshot);
  view.optimize = make_optimize(state, now);
  view.reclaim = make_reclaim(state, now);
  view.cpu = make_cpu_curve(state, now);
  view.pressure = make_pressure_curve(state, now);
  view.day = make_day(state, now);
  view.apps = make_apps(state);
  view.disks = make_disks(state.snapshot);
  view.work = make_work(state, now);
  view.settings = make_settings(state);
  view.history = make_history(state, now);
  view.footer = make_footer(state.snapshot);
  return view;
}

}  // namespace lull::ui
