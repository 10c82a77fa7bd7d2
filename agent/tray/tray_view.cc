// SPDX-License-Identifier: MIT
#include "agent/tray/tray_view.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "core/base/local_time.h"

namespace lull::agent::tray {
namespace {

using namespace std::chrono_literals;

constexpr double kStay = 0.75;  // steps
constexpr int kPercentPerStep = 100 / kIconSteps;

// `shown` negative: nothing is.
int step_of(double fraction, int shown) {
  const double steps = std::clamp(fraction, 0.0, 1.0) * kIconSteps;
  if (shown >= 0 && std::abs(steps - shown) <= kStay) return shown;
  return static_cast<int>(std::lround(steps));
}

std::optional<double> used_fraction(const TrayReading& reading) {
  if (!reading.memory || reading.memory->total_bytes == 0) return std::nullopt;
  return static_cast<double>(reading.memory->used_bytes()) /
         static_cast<double>(reading.memory->total_bytes);
}

std::string percent(int step) { return std::to_string(step * kPercentPerStep) + " %"; }

std::string clock_time(base::WallTime time) {
  const std::tm local = base::local_time(time);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", local.tm_hour, local.tm_min);
  return text.data();
}

std::string memory_line(const TrayReading& reading, int step) {
  if (!used_fraction(reading)) return "Memory: unknown";
  std::array<char, 32> total{};
  std::snprintf(total.data(), total.size(), "%.1f GiB",
                static_cast<double>(reading.memory->total_bytes) / (1 << 30));
  return "Memory: about " + percent(step) + " of " + total.data() + " in use";
}

std::string level_text(const TrayReading& reading) {
  return reading.level ? std::string(model::pressure_level_name(*reading.level)) : "unknown";
}

std::string jobs_line(const TrayReading& reading) {
  if (reading.paused)
    return reading.paused_until ? "Paused until " + clock_time(*reading.paused_until) : "Paused";
  if (!reading.running_job.empty()) return "Running: " + reading.running_job;
  if (reading.next_job.empty()) return "Nothing is due";
  return "Next: " + reading.next_job +
         (reading.next_job_at ? " at " + clock_time(*reading.next_job_at) : "");
}

std::string text_of(const TrayReading& reading, const IconLook& look) {
  return memory_line(reading, look.memory_step) + "\nMemory pressure: " + level_text(reading) +
         "\nProcessor: " +
         (reading.cpu_percent ? "about " + percent(look.cpu_step) : std::string("unknown")) + "\n" +
         jobs_line(reading);
}

// One line, since a title is one.
std::string in_words(const TrayView& view) {
  std::string words = view.title + ". " + view.text;
  for (std::size_t at = 0; (at = words.find('\n', at)) != std::string::npos;)
    words.replace(at, 1, ". ");
  return words;
}

std::string label_of(const TrayReading& reading, const IconLook& look, TrayLabel label) {
  if (label == TrayLabel::kMemory && used_fraction(reading)) return percent(look.memory_step);
  if (label == TrayLabel::kCpu && reading.cpu_percent) return percent(look.cpu_step);
  return {};
}

}  // namespace

TrayView view_of(const TrayReading& reading, const TrayChoice& choice,
                 const std::optional<TrayView>& shown) {
  TrayView view;
  view.look.shape = choice.icon;
  view.look.level = reading.level.value_or(model::PressureLevel::kNormal);
  view.look.paused = reading.paused;
  view.undoable = reading.undoable;
  view.look.memory_step =
      step_of(used_fraction(reading).value_or(0), shown ? shown->look.memory_step : -1);
  view.look.cpu_step =
      step_of(reading.cpu_percent.value_or(0) / 100, shown ? shown->look.cpu_step : -1);
  view.needs_attention = view.look.level == model::PressureLevel::kCritical;
  view.title =
      reading.paused ? "Lull is paused" : "Lull: memory pressure is " + level_text(reading);
  view.text = text_of(reading, view.look);
  view.label = label_of(reading, view.look, choice.label);
  if (choice.in_words) view.name = in_words(view);
  return view;
}

TrayChanges changes_between(const TrayView& before, const TrayView& after) {
  // What the shape does not draw is no change of the picture.
  const auto visible = [](IconLook look) {
    if (look.shape != IconShape::kBars) look.cpu_step = 0;
    if (look.shape == IconShape::kPlain) look.memory_step = 0;
    return look;
  };
  TrayChanges changes;
  changes.icon = visible(before.look) != visible(after.look);
  changes.tooltip = before.title != after.title || before.text != after.text;
  changes.label = before.label != after.label;
  changes.name = before.name != after.name;
  changes.status = before.needs_attention != after.needs_attention;
  return changes;
}

std::optional<base::Duration> look_every(const TrayCircumstances& circumstances) {
  if (!circumstances.on_panel || circumstances.locked) return std::nullopt;
  return circumstances.on_battery ? 20s : 5s;
}

base::Duration change_pause(const TrayCircumstances& circumstances) {
  return circumstances.on_battery ? 5s : 2s;
}

IconShape next_shape(IconShape shape, bool forward) {
  constexpr int kShapes = 3;
  const int step = forward ? 1 : kShapes - 1;
  return static_cast<IconShape>((static_cast<int>(shape) + step) % kShapes);
}

}  // namespace lull::agent::tray
