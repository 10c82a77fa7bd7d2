// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ui/view/state.h"

// What stands in the popover: labels, fractions and what may be pressed, all decided here and
// nowhere in the drawing code. A pure function of the state and the time, compared member by member
// to know whether there is anything to draw. Fractions are 0..1; nullopt where unknown.
namespace lull::ui {

enum class Tone : std::uint8_t { kNeutral, kGood, kWarning, kCritical, kMuted };

struct Meter {
  std::string label, value;
  std::optional<double> fraction;
  Tone tone = Tone::kNeutral;
  friend bool operator==(const Meter&, const Meter&) = default;
};

struct HeaderView {
  std::string title, status;
  Tone tone = Tone::kNeutral;
  bool paused = false;
  std::string pause_label;  // of the button: "Pause 1 h", "Resume"
  bool pause_enabled = false;
  friend bool operator==(const HeaderView&, const HeaderView&) = default;
};

struct MemoryView {
  std::string percent;                 // in the ring
  std::optional<double> used, cached;  // shares of the total; the ring's two arcs
  std::string pressure_level, pressure_value;
  Tone tone = Tone::kNeutral;
  std::array<Meter, 4> rows;  // used, available, of it cached, swap
  friend bool operator==(const MemoryView&, const MemoryView&) = default;
};

// The one big button and what it becomes.
struct OptimizeView {
  enum class Kind : std::uint8_t { kButton, kProgress, kResult };
  Kind kind = Kind::kButton;
  std::string label;  // of the button
  bool enabled = false;
  std::string title, detail;  // of progress and result
  std::vector<std::string> lines;
  std::optional<double> fraction;  // of progress; nullopt: not known
  bool cancel_enabled = false;
  std::optional<std::int64_t> undo_run;  // there is something to take back
  Tone tone = Tone::kNeutral;
  friend bool operator==(const OptimizeView&, const OptimizeView&) = default;
};

struct ReclaimRow {
  std::string id, title, size,
      note;  // note: why it is not ticked by itself, or the number of items
  bool ticked = false;
  bool enabled = true;
  friend bool operator==(const ReclaimRow&, const ReclaimRow&) = default;
};

struct ReclaimView {
  std::string total, age;
  std::vector<ReclaimRow> rows;
  std::string empty;   // what stands in place of rows
  std::string offer;   // what would go, and waits for a yes; empty: nothing was asked for
  std::string button;  // "Clean 1.20 GiB"
  bool button_enabled = false;
  std::vector<std::string> chosen;  // ids the button would clean
  bool scanning = false;
  bool scan_enabled = false;
  friend bool operator==(const ReclaimView&, const ReclaimView&) = default;
};

struct CurveView {
  std::string title, value, note;  // note: since when there are figures
  std::vector<CurvePoint> points;
  Tone tone = Tone::kNeutral;
  friend bool operator==(const CurveView&, const CurveView&) = default;
};

// The last 24 hours from the history; the last bar is the current hour.
struct DayView {
  std::string title, summary;
  std::string cost;  // of what Lull did by itself: "By itself: 0.31 s CPU, 12 MiB read"; or empty
  std::array<float, 24> bars{};
  friend bool operator==(const DayView&, const DayView&) = default;
};

struct AppRow {
  std::string name, memory, cpu;
  double fraction = 0;  // of the largest
  friend bool operator==(const AppRow&, const AppRow&) = default;
};

struct WorkView {
  std::string last, last_when, next, next_when, waiting;
  friend bool operator==(const WorkView&, const WorkView&) = default;
};

struct SettingRow {
  std::string key, label, value, help;
  bool changed = false;            // differs from the default
  std::vector<std::string> words;  // a closed list; empty: free text
  bool several = false;            // any number of them, `chosen`; else the one that is `value`
  std::vector<std::string> chosen;
  bool locked = false;  // shown, not to be changed
  bool is_chosen(const std::string& word) const {
    return several ? std::find(chosen.begin(), chosen.end(), word) != chosen.end() : value == word;
  }
  friend bool operator==(const SettingRow&, const SettingRow&) = default;
};

struct SettingsView {
  struct Section {
    std::string title;
    std::vector<SettingRow> rows;
    friend bool operator==(const Section&, const Section&) = default;
  };
  std::vector<Section> sections;
  std::string note;  // a failure, or why there is nothing
  friend bool operator==(const SettingsView&, const SettingsView&) = default;
};

struct HistoryRow {
  std::int64_t run = 0;
  std::string title, when, detail;
  bool undoable = false;
  friend bool operator==(const HistoryRow&, const HistoryRow&) = default;
};

struct HistoryView {
  std::vector<HistoryRow> rows;
  std::string note;
  friend bool operator==(const HistoryView&, const HistoryView&) = default;
};

struct ViewModel {
  Page page = Page::kOverview;
  bool welcome = false;
  bool welcome_switch = false;  // automatic cleaning is on
  bool connected = false;
  HeaderView header;
  MemoryView memory;
  OptimizeView optimize;
  ReclaimView reclaim;
  CurveView cpu, pressure;
  DayView day;
  std::vector<AppRow> apps;
  std::vector<Meter> disks;
  WorkView work;
  SettingsView settings;
  HistoryView history;
  std::string footer;
  friend bool operator==(const ViewModel&, const ViewModel&) = default;
};

ViewModel make_view(const State& state, base::WallTime now);

// The three sentences of the first run.
inline constexpr std::array<const char*, 3> kWelcome = {
    "Lull shows how the machine is doing and makes room when you ask.",
    "What it cleans goes to the trash first: Undo brings everything back.",
    "By itself it only shows what it would clean while you are away, until you turn that on."};

// The same as text: for people who listen rather than look, and for the golden tests.
std::string as_text(const ViewModel& view);

}  // namespace lull::ui
