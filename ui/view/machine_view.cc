// SPDX-License-Identifier: MIT
// The state of the machine: header, memory, curves, programs, disks.
#include <algorithm>
#include <cmath>
#include <map>

#include "ui/view/view_parts.h"
#include "ui/view/words.h"

namespace lull::ui {
namespace {

constexpr std::size_t kApps = 5;

// In steps that a ring of a hundred pixels can show: what nobody sees is no reason for a frame.
double visible(double fraction) { return std::round(fraction * 1000) / 1000; }

double fraction_of(std::uint64_t part, std::uint64_t whole) {
  return std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return visible(fraction_of(part, whole));
}

Meter memory_row(const char* label, std::uint64_t bytes, std::uint64_t total) {
  return {label, bytes_text(bytes), share(bytes, total), Tone::kNeutral};
}

Meter swap_row(const model::MemorySample& memory) {
  if (memory.swap_total_bytes == 0) return {"Swap", "none", std::nullopt, Tone::kMuted};
  return memory_row("Swap", memory.swap_used_bytes, memory.swap_total_bytes);
}

const char* level_text(model::PressureLevel level) {
  switch (level) {
    case model::PressureLevel::kNormal:
      return "Normal";
    case model::PressureLevel::kWarning:
      return "Tight";
    case model::PressureLevel::kCritical:
      return "Critical";
  }
  return kUnknown;
}

const char* level_sentence(model::PressureLevel level) {
  switch (level) {
    case model::PressureLevel::kNormal:
      return "All is calm";
    case model::PressureLevel::kWarning:
      return "Memory is getting tight";
    case model::PressureLevel::kCritical:
      return "Memory is critically short";
  }
  return "";
}

// With no PSI the kernel does not say; the header then says nothing of it.
void describe_machine(const State& state, base::WallTime now, HeaderView& header) {
  const model::Snapshot& snapshot = *state.snapshot;
  header.status = "Running";
  header.tone = Tone::kGood;
  if (snapshot.pressure) {
    header.status = level_sentence(snapshot.pressure->level);
    header.tone = tone_of(snapshot.pressure->level);
  }
  header.paused = snapshot.paused_until.has_value();
  if (!header.paused || header.tone == Tone::kCritical) return;
  header.tone = Tone::kMuted;
  header.status = *snapshot.paused_until == base::WallTime::max()
                      ? "Paused"
                      : "Paused, goes on " + until_text(*snapshot.paused_until, now);
}

Tone disk_tone(std::optional<double> used) {
  if (!used || *used < 0.9) return Tone::kNeutral;
  return *used < 0.97 ? Tone::kWarning : Tone::kCritical;
}

Meter disk_row(const model::DiskSpace& disk) {
  Meter row;
  row.label = one_line(disk.mount);
  const std::uint64_t available = std::min(disk.available_bytes, disk.total_bytes);
  row.value = bytes_text(available) + " free of " + bytes_text(disk.total_bytes);
  row.fraction = disk.used_fraction();
  row.tone = disk_tone(row.fraction);
  if (row.fraction) row.fraction = visible(*row.fraction);
  return row;
}

struct App {
  std::uint64_t memory = 0;
  std::optional<double> cpu;
  unsigned processes = 0;
};

std::vector<std::pair<std::string, App>> by_program(
    const std::vector<model::ProcessInfo>& processes) {
  std::map<std::string, App> apps;
  for (const model::ProcessInfo& process : processes) {
    App& app = apps[process.name];
    app.memory += process.memory_bytes;
    ++app.processes;
    if (process.cpu_percent) app.cpu = app.cpu.value_or(0) + *process.cpu_percent;
  }
  std::vector<std::pair<std::string, App>> sorted(apps.begin(), apps.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& left, const auto& right) {
    return left.second.memory > right.second.memory;
  });
  return sorted;
}

std::string since_text(const Trend& trend, base::WallTime now) {
  if (trend.samples().empty()) return "no figures yet";
  const auto span = now - trend.samples().front().at;
  if (span >= Trend::kWindow - std::chrono::seconds(20)) return "last 10 min";
  if (span < std::chrono::seconds(10)) return "just begun";
  return "since " + span_text(trend.samples().front().at, now);
}

}  // namespace

HeaderView make_header(const State& state, base::WallTime now) {
  HeaderView header;
  header.title = "Lull";
  header.status = "Looking…";
  header.tone = Tone::kMuted;
  if (state.snapshot) describe_machine(state, now, header);
  if (state.link == Link::kConnecting) header.status = "Connecting…";
  if (state.link == Link::kReconnecting) header.status = "Reconnecting…";
  if (state.link != Link::kConnected) header.tone = Tone::kMuted;
  header.pause_label = header.paused ? "Resume" : "Pause 1 h";
  header.pause_enabled = state.link == Link::kConnected;
  return header;
}

MemoryView make_memory(const std::optional<model::Snapshot>& snapshot) {
  MemoryView view;
  view.percent = view.pressure_level = view.pressure_value = kUnknown;
  const char* const labels[] = {"Used", "Available", "of it cached", "Swap"};
  for (std::size_t at = 0; at < view.rows.size(); ++at)
    view.rows[at] = {labels[at], kUnknown, std::nullopt, Tone::kMuted};
  if (!snapshot) return view;
  if (const auto& pressure = snapshot->pressure) {
    view.pressure_level = level_text(pressure->level);
    view.pressure_value = percent_text(model::some_avg10(pressure->reading));
    view.tone = tone_of(pressure->level);
  }
  if (!snapshot->memory || snapshot->memory->total_bytes == 0) return view;
  const model::MemorySample& memory = *snapshot->memory;
  view.used = share(memory.used_bytes(), memory.total_bytes);
  // (What is cached and cannot be given back, as shared memory, is in use.)
  const std::uint64_t cached = std::min(memory.cached_bytes, memory.available_bytes);
  view.cached = share(cached, memory.total_bytes);
  view.percent = percent_text(fraction_of(memory.used_bytes(), memory.total_bytes) * 100);
  view.rows = {memory_row("Used", memory.used_bytes(), memory.total_bytes),
               memory_row("Available", memory.available_bytes, memory.total_bytes),
               memory_row("of it cached", cached, memory.total_bytes), swap_row(memory)};
  return view;
}

std::vector<Meter> make_disks(const std::optional<model::Snapshot>& snapshot) {
  std::vector<Meter> rows;
  if (!snapshot) return rows;
  for (const model::DiskSpace& disk : snapshot->disks)
    if (disk.total_bytes > 0) rows.push_back(disk_row(disk));
  return rows;
}

std::vector<AppRow> make_apps(const State& state) {
  std::vector<AppRow> rows;
  if (!state.processes && !state.snapshot) return rows;
  const auto apps = by_program(state.processes ? *state.processes : state.snapshot->top);
  for (const auto& [name, app] : apps) {
    if (rows.size() == kApps) break;
    AppRow row;
    row.name = one_line(name);
    if (app.processes > 1) row.name += " (" + std::to_string(app.processes) + ")";
    row.memory = bytes_text(app.memory);
    row.cpu = percent_text(app.cpu);
    row.fraction = share(app.memory, apps.front().second.memory).value_or(0);
    rows.push_back(std::move(row));
  }
  return rows;
}

CurveView make_cpu_curve(const State& state, base::WallTime now) {
  CurveView view{"CPU", kUnknown, since_text(state.trend, now), {}, Tone::kNeutral};
  if (state.snapshot && state.snapshot->cpu)
    view.value = percent_text(state.snapshot->cpu->percent);
  // A calm machine would be a flat line otherwise.
  const double top = std::max(25.0, state.trend.peak(&TrendSample::cpu_percent));
  view.points = state.trend.curve(&TrendSample::cpu_percent, top, now);
  return view;
}

// Stalls are small numbers: the curve's top is the peak, but at least a tenth of the time.
CurveView make_pressure_curve(const State& state, base::WallTime now) {
  CurveView view{"Memory pressure", kUnknown, since_text(state.trend, now), {}, Tone::kNeutral};
  if (state.snapshot && state.snapshot->pressure) {
    view.value = percent_text(model::some_avg10(state.snapshot->pressure->reading));
    const Tone tone = tone_of(state.snapshot->pressure->level);
    if (tone != Tone::kGood) view.tone = tone;
  }
  const double top = std::max(10.0, state.trend.peak(&TrendSample::pressure_percent));
  view.points = state.trend.curve(&TrendSample::pressure_percent, top, now);
  return view;
}

}  // namespace lull::ui
