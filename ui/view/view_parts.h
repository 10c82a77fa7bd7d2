// SPDX-License-Identifier: MIT
#pragma once
#include "ui/view/view_model.h"

// The parts of make_view(), by subject. Private to ui/view.
namespace lull::ui {

Tone tone_of(model::PressureLevel level);
bool is_running(const std::optional<Operation>& operation);

HeaderView make_header(const State& state, base::WallTime now);
MemoryView make_memory(const std::optional<model::Snapshot>& snapshot);
std::vector<Meter> make_disks(const std::optional<model::Snapshot>& snapshot);
std::vector<AppRow> make_apps(const State& state);
CurveView make_cpu_curve(const State& state, base::WallTime now);
CurveView make_pressure_curve(const State& state, base::WallTime now);

OptimizeView make_optimize(const State& state, base::WallTime now);
ReclaimView make_reclaim(const State& state, base::WallTime now);

WorkView make_work(const State& state, base::WallTime now);
DayView make_day(const State& state, base::WallTime now);
HistoryView make_history(const State& state, base::WallTime now);
SettingsView make_settings(const State& state);

}  // namespace lull::ui
