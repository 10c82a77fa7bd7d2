// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "agent/tray/icon.h"
#include "core/base/clock.h"
#include "core/model/memory.h"
#include "core/model/pressure.h"

// What the status item shows, and when that is worth telling a panel. Pure; any thread.
namespace lull::agent::tray {

// The text beside the icon (setting ui.label), on panels that have room for one.
enum class TrayLabel : std::uint8_t { kNone, kMemory, kCpu };

struct TrayChoice {
  IconShape icon = IconShape::kGauge;
  TrayLabel label = TrayLabel::kNone;
  bool in_words = false;  // setting ui.accessible_text

  bool operator==(const TrayChoice&) const = default;
};

// What is known of the machine at one moment. Unknown is nullopt, never 0.
struct TrayReading {
  std::optional<model::MemorySample> memory;
  std::optional<model::PressureLevel> level;
  std::optional<double> cpu_percent;  // 0..100
  bool paused = false;
  bool undoable = false;                       // the journal has something to put back
  std::optional<base::WallTime> paused_until;  // nullopt while paused: until somebody resumes
  std::string running_job;                     // empty: none
  std::string next_job;                        // empty: none is due
  std::optional<base::WallTime> next_job_at;
};

// All that can be seen of the item. Numbers are rounded to steps before they become text, so that
// two views are equal if and only if nobody could tell them apart.
struct TrayView {
  IconLook look;
  bool needs_attention = false;  // pressure is critical
  std::string title;             // "Lull: memory pressure is normal"
  std::string text;              // lines for people: memory, pressure, processor, jobs
  std::string label;             // "60 %", or empty
  std::string name = "Lull";     // what a screen reader says; title and text if asked for
  bool undoable = false;         // seen in the menu

  bool operator==(const TrayView&) const = default;
};

// `shown` is what is on the panel now: a number moves to another step only when it is more than
// three quarters of a step away from the one shown, so that it does not flicker between two.
TrayView view_of(const TrayReading& reading, const TrayChoice& choice,
                 const std::optional<TrayView>& shown);

// The widest label there can be, so that a panel need not move its neighbours.
inline constexpr const char* kLabelGuide = "100 %";

// Which signals a panel needs.
struct TrayChanges {
  bool icon = false, tooltip = false, label = false, status = false, name = false;
  bool any() const { return icon || tooltip || label || status || name; }
};
TrayChanges changes_between(const TrayView& before, const TrayView& after);

// What decides how often the machine is looked at for the item's sake.
struct TrayCircumstances {
  bool on_panel = false;  // somebody shows the item
  bool locked = false;    // the screen is
  bool on_battery = false;
};
// nullopt: not at all, until the circumstances change.
std::optional<base::Duration> look_every(const TrayCircumstances& circumstances);
// The least time between two changes of what a panel shows.
base::Duration change_pause(const TrayCircumstances& circumstances);

// The next shape when somebody turns the wheel.
IconShape next_shape(IconShape shape, bool forward);

}  // namespace lull::agent::tray
