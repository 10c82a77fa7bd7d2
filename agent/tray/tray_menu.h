// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The menu of the status item, from one table. Pure; any thread.
namespace lull::agent::tray {

// What a person may want of the item, by the menu or by a click.
enum class TrayWish : std::uint8_t {
  kOpen,                // the popover
  kOptimize,            // now
  kUndo,                // the last run of which something can be put back
  kPreferences,         //
  kHistory,             // what was done
  kTogglePause,         // pause for good, or resume
  kPauseHour,           //
  kPauseUntilTomorrow,  // until the next midnight
  kResume,              //
  kAbout,               //
  kQuit,                // end the agent
};

// A place on the screen as a host reports a click. Not to be believed: some hosts give coordinates
// of their own window, and anybody on the bus may give anything.
struct ScreenPoint {
  std::int32_t x = 0, y = 0;

  bool operator==(const ScreenPoint&) const = default;
};

struct TrayRequest {
  TrayWish wish = TrayWish::kOpen;
  std::optional<ScreenPoint> at;  // where the person clicked
};

struct MenuItem {
  // Stays the same for the same entry whatever else is there; 0 is the menu itself.
  std::int32_t id = 0;
  enum class Kind : std::uint8_t { kEntry, kSeparator, kNote } kind = Kind::kEntry;
  std::string label;  // '_' before the access key, "__" for '_' itself; empty for a separator

  bool operator==(const MenuItem&) const = default;
};

struct MenuState {
  std::string note;  // lines at the top that do nothing, for panels without tooltips; may be empty
  bool paused = false;
  bool undoable = false;  // something can be put back
};

// What a person would type for an entry: the first word is a command of the command table
// (agent/commands/command_table.h). Empty: there is none, since it is about the agent's window or
// the agent itself.
struct MenuCommand {
  TrayWish wish;
  std::string_view label, command;
};
// Of every entry that may ever be in the menu.
std::vector<MenuCommand> menu_commands();

// What is in the menu now, from the top. What cannot be wished now is not there.
std::vector<MenuItem> menu_items(const MenuState& state);
// nullopt for notes, separators, what is not in the menu now and ids nobody knows.
std::optional<TrayWish> wish_of(std::int32_t id, const MenuState& state);

}  // namespace lull::agent::tray
