// SPDX-License-Identifier: MIT
// The view model as text, line by line in the order of the window.
#include "ui/view/view_model.h"

namespace lull::ui {
namespace {

class Lines {
 public:
  void heading(const std::string& title) { text_ += (text_.empty() ? "" : "\n") + title + "\n"; }
  void line(const std::string& label, const std::string& value) {
    if (label.empty() && value.empty()) return;
    text_ += "  " + label + (label.empty() || value.empty() ? "" : ": ") + value + "\n";
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

const char* tone_word(Tone tone) {
  switch (tone) {
    case Tone::kWarning:
      return " (warning)";
    case Tone::kCritical:
      return " (critical)";
    default:
      return "";
  }
}

const char* enabled_word(bool enabled) { return enabled ? "" : " (off)"; }

void add_optimize(const OptimizeView& view, Lines& lines) {
  switch (view.kind) {
    case OptimizeView::Kind::kButton:
      lines.heading("[" + view.label + "]" + enabled_word(view.enabled));
      return;
    case OptimizeView::Kind::kProgress:
      lines.heading(view.title);
      if (view.fraction)
        lines.line("", std::to_string(static_cast<int>(*view.fraction * 100)) + " % done");
      lines.line("", view.detail);
      lines.line("", std::string("[Cancel]") + enabled_word(view.cancel_enabled));
      return;
    case OptimizeView::Kind::kResult:
      lines.heading(view.title + tone_word(view.tone));
      for (const std::string& line : view.lines) lines.line("", line);
      if (view.undo_run) lines.line("", "[Undo run " + std::to_string(*view.undo_run) + "]");
      return;
  }
}

void add_memory(const MemoryView& view, Lines& lines) {
  lines.heading("Memory");
  lines.line("In use", view.percent);
  for (const Meter& row : view.rows) lines.line(row.label, row.value);
  lines.line("Pressure", view.pressure_level + ", " + view.pressure_value + tone_word(view.tone));
}

void add_reclaim(const ReclaimView& view, Lines& lines) {
  lines.heading("Reclaimable: " + view.total + (view.age.empty() ? "" : ", " + view.age));
  lines.line("", view.empty);
  for (const ReclaimRow& row : view.rows)
    lines.line(std::string(row.ticked ? "[x] " : "[ ] ") + row.title, row.size + ", " + row.note);
  lines.line("", view.offer);
  lines.line("", "[" + view.button + "]" + enabled_word(view.button_enabled));
}

void add_overview(const ViewModel& view, Lines& lines) {
  add_memory(view.memory, lines);
  add_optimize(view.optimize, lines);
  add_reclaim(view.reclaim, lines);
  lines.heading("Activity");
  for (const CurveView* curve : {&view.cpu, &view.pressure})
    lines.line(curve->title, curve->value + " (" + curve->note + ", " +
                                 std::to_string(curve->points.size()) + " points)");
  lines.line(view.day.title, view.day.summary);
  lines.line("", view.day.cost);
  lines.heading("Memory by program");
  for (const AppRow& row : view.apps) lines.line(row.name, row.memory + ", CPU " + row.cpu);
  lines.heading("Disks");
  for (const Meter& row : view.disks) lines.line(row.label, row.value + tone_word(row.tone));
  lines.heading("In the background");
  lines.line("Last",
             view.work.last + (view.work.last_when.empty() ? "" : ", " + view.work.last_when));
  lines.line("Next",
             view.work.next + (view.work.next_when.empty() ? "" : ", " + view.work.next_when));
  lines.line("", view.work.waiting);
}

void add_history(const HistoryView& view, Lines& lines) {
  lines.heading("History");
  lines.line("", view.note);
  for (const HistoryRow& row : view.rows)
    lines.line(row.title + ", " + row.when, row.detail + (row.undoable ? " [Undo]" : ""));
}

void add_settings(const SettingsView& view, Lines& lines) {
  lines.heading("Settings");
  lines.line("", view.note);
  for (const auto& section : view.sections) {
    lines.heading(section.title);
    for (const SettingRow& row : section.rows) {
      std::string words;
      for (const std::string& word : row.words) words += (words.empty() ? " {" : " ") + word;
      lines.line(row.label, row.value + (row.changed ? " (changed)" : "") + words +
                                (words.empty() ? "" : "}"));
    }
  }
}

}  // namespace

std::string as_text(const ViewModel& view) {
  Lines lines;
  lines.heading(view.header.title + ": " + view.header.status + tone_word(view.header.tone));
  if (view.welcome)
    for (const char* sentence : kWelcome) lines.line("", sentence);
  switch (view.page) {
    case Page::kOverview:
      add_overview(view, lines);
      break;
    case Page::kHistory:
      add_history(view.history, lines);
      break;
    case Page::kSettings:
      add_settings(view.settings, lines);
      break;
  }
  lines.heading(view.footer);
  return lines.take();
}

}  // namespace lull::ui
