// SPDX-License-Identifier: MIT
#include "core/relief/app_unit.h"

#include <algorithm>
#include <array>
#include <string>

namespace lull::relief {
namespace {

constexpr std::array kTerminals = {"org.gnome.terminal",
                                   "gnome-terminal-server",
                                   "org.gnome.console",
                                   "org.gnome.ptyxis",
                                   "org.kde.konsole",
                                   "org.kde.yakuake",
                                   "konsole",
                                   "yakuake",
                                   "kitty",
                                   "alacritty",
                                   "foot",
                                   "footclient",
                                   "foot-server",
                                   "xterm",
                                   "debian-xterm",
                                   "uxterm",
                                   "debian-uxterm",
                                   "rxvt",
                                   "urxvt",
                                   "rxvt-unicode",
                                   "st",
                                   "wezterm",
                                   "org.wezfurlong.wezterm",
                                   "tilix",
                                   "com.gexperts.tilix",
                                   "terminator",
                                   "xfce4-terminal",
                                   "xfce4.terminal",
                                   "mate-terminal",
                                   "lxterminal",
                                   "qterminal",
                                   "deepin-terminal",
                                   "guake",
                                   "tilda",
                                   "terminology",
                                   "io.elementary.terminal",
                                   "com.mitchellh.ghostty",
                                   "ghostty",
                                   "com.raggesilver.blackbox",
                                   "app.devsuite.ptyxis",
                                   "ptyxis",
                                   "com.system76.cosmicterm",
                                   "cosmic-term",
                                   "cool-retro-term",
                                   "sakura",
                                   "contour",
                                   "org.contourterminal.contour",
                                   "dev.warp.warp",
                                   "warp-terminal",
                                   "waveterm",
                                   "termite",
                                   "roxterm",
                                   "xfce4-terminal-emulator",
                                   "mlterm",
                                   "zutty",
                                   "org.codeberg.dnkl.foot",
                                   "emacs",
                                   "code"};  // the last two: terminals live in them
// Units that no desktop named: vte's, tmux's and systemd-run's own.
constexpr std::array kSpawned = {"vte-spawn-", "tmux-spawn-", "ptyxis-spawn-",
                                 "kitty-",     "run-",        "screen-"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

// \xNN undone.
std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at).starts_with("\\x") && at + 3 < text.size() && hex(text[at + 2]) >= 0 &&
        hex(text[at + 3]) >= 0) {
      result.push_back(static_cast<char>(hex(text[at + 2]) * 16 + hex(text[at + 3])));
      at += 3;
    } else {
      result.push_back(text[at]);
    }
  }
  return result;
}

// The same in small letters.
std::string plain(std::string_view text) {
  std::string result = unescaped(text);
  for (char& c : result) c = lower(c);
  return result;
}

// The name without slices, type, and what makes it one of several.
std::string_view stem(std::string_view unit) {
  unit = unit.substr(unit.rfind('/') + 1);
  const bool is_scope = unit.ends_with(".scope");
  unit = unit.substr(0, unit.rfind('.'));
  if (const auto at = unit.find('@'); at != std::string_view::npos) return unit.substr(0, at);
  const auto dash = unit.rfind('-');
  return is_scope && dash != std::string_view::npos ? unit.substr(0, dash) : unit;
}

bool same(std::string_view part, std::string_view id) {
  if (part.ends_with(".desktop")) part.remove_suffix(8);
  return plain(part) == id;
}

bool snap_is(std::string_view name, std::string_view id) {
  if (!name.starts_with("snap.")) return false;
  name.remove_prefix(5);
  const auto dot = name.find('.');
  return plain(name.substr(0, dot)) == id ||
         (dot != std::string_view::npos && plain(name.substr(dot + 1)) == id);
}

}  // namespace

bool unit_is_app(std::string_view unit, std::string_view app_id) {
  std::string id = plain(app_id);
  if (id.ends_with(".desktop")) id.resize(id.size() - 8);
  if (id.empty()) return false;
  std::string_view name = stem(unit);
  if (snap_is(name, id)) return true;
  if (!name.starts_with("app-")) return same(name, id);
  name.remove_prefix(4);
  if (same(name, id)) return true;
  const auto dash = name.find('-');
  return dash != std::string_view::npos && same(name.substr(dash + 1), id);
}

std::string app_title(std::string_view unit) {
  std::string_view name = stem(unit);
  if (name.starts_with("app-")) {
    name.remove_prefix(4);
    // An id has no dash of its own: it is written \x2d.
    if (const auto dash = name.rfind('-'); dash != std::string_view::npos)
      name.remove_prefix(dash + 1);
  } else if (name.starts_with("snap.")) {
    name.remove_prefix(5);
    name = name.substr(0, name.find('.'));
  }
  if (name.ends_with(".desktop")) name.remove_suffix(8);
  return unescaped(name);
}

bool is_terminal(std::string_view unit) {
  const std::string_view name = unit.substr(unit.rfind('/') + 1);
  return std::any_of(kSpawned.begin(), kSpawned.end(),
                     [&](std::string_view start) { return name.starts_with(start); }) ||
         std::any_of(kTerminals.begin(), kTerminals.end(),
                     [&](std::string_view id) { return unit_is_app(unit, id); });
}

}  // namespace lull::relief
