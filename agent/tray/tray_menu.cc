// SPDX-License-Identifier: MIT
#include "agent/tray/tray_menu.h"

#include <array>
#include <string_view>

namespace lull::agent::tray {
namespace {

enum class When : std::uint8_t { kAlways, kPaused, kNotPaused, kUndoable };

struct Row {
  std::int32_t id;
  const char* label;  // null: a separator
  TrayWish wish;
  When when;
  const char* command;  // that does the same
};

constexpr Row separator(std::int32_t id) {
  return {id, nullptr, TrayWish::kOpen, When::kAlways, ""};
}

constexpr std::array kTable = {
    Row{1, "_Open Lull", TrayWish::kOpen, When::kAlways, "popover"},
    Row{9, "Op_timize now", TrayWish::kOptimize, When::kAlways, "optimize"},
    Row{10, "_Undo last", TrayWish::kUndo, When::kUndoable, "undo"},
    separator(2),
    Row{3, "_Pause for an hour", TrayWish::kPauseHour, When::kNotPaused, "pause 1h"},
    Row{4, "Pause until to_morrow", TrayWish::kPauseUntilTomorrow, When::kNotPaused,
        "pause tomorrow"},
    Row{5, "_Resume", TrayWish::kResume, When::kPaused, "resume"},
    separator(6),
    Row{11, "Pr_eferences", TrayWish::kPreferences, When::kAlways, "config"},
    Row{7, "_About Lull", TrayWish::kAbout, When::kAlways, ""},
    Row{8, "_Quit", TrayWish::kQuit, When::kAlways, ""},
};

// Lines of the note; as many as a reading has, and no more.
constexpr std::int32_t kFirstNote = 100;
constexpr std::int32_t kMostNotes = 8;

bool is_there(const Row& row, const MenuState& state) {
  switch (row.when) {
    case When::kAlways:
      return true;
    case When::kPaused:
      return state.paused;
    case When::kNotPaused:
      return !state.paused;
    case When::kUndoable:
      return state.undoable;
  }
  return false;
}

std::string without_access_key(std::string_view text) {
  std::string label;
  for (const char letter : text) label += letter == '_' ? "__" : std::string(1, letter);
  return label;
}

void add_notes(const std::string& note, std::vector<MenuItem>& items) {
  std::string_view rest = note;
  for (std::int32_t line = 0; line < kMostNotes && !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    items.push_back(
        {kFirstNote + line, MenuItem::Kind::kNote, without_access_key(rest.substr(0, end))});
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  if (!items.empty()) items.push_back({kFirstNote + kMostNotes, MenuItem::Kind::kSeparator, {}});
}

}  // namespace

std::vector<MenuItem> menu_items(const MenuState& state) {
  std::vector<MenuItem> items;
  add_notes(state.note, items);
  for (const Row& row : kTable) {
    if (!is_there(row, state)) continue;
    if (row.label == nullptr) {
      items.push_back({row.id, MenuItem::Kind::kSeparator, {}});
    } else {
      items.push_back({row.id, MenuItem::Kind::kEntry, row.label});
    }
  }
  return items;
}

std::vector<MenuCommand> menu_commands() {
  std::vector<MenuCommand> commands;
  for (const Row& row : kTable)
    if (row.label != nullptr) commands.push_back({row.wish, row.label, row.command});
  return commands;
}

std::optional<TrayWish> wish_of(std::int32_t id, const MenuState& state) {
  for (const Row& row : kTable)
    if (row.id == id && row.label != nullptr && is_there(row, state)) return row.wish;
  return std::nullopt;
}

}  // namespace lull::agent::tray
