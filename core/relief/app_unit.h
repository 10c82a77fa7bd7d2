// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

// Which app a unit of systemd is, by the names that desktops give them
// (systemd.io/DESKTOP_ENVIRONMENTS: app[-LAUNCHER]-APPID-RANDOM.scope, app[-LAUNCHER]-APPID@RANDOM
// .service, with "-" in an id written "\x2d"; Flatpak's launcher is "flatpak";
// snap.NAME.APP-….scope). Pure.
namespace lull::relief {

// Whether `unit` (with or without its slices) may be the app `app_id`, in any letter case. The
// launcher is optional and not told from an id by anything, so that a match is generous: this
// decides what is left alone.
bool unit_is_app(std::string_view unit, std::string_view app_id);

// A name for people: "org.mozilla.firefox" of "app-gnome-org.mozilla.firefox-4711.scope". What no
// desktop named is the unit without its type. A launcher is cut off where the name shows one.
std::string app_title(std::string_view unit);

// A terminal, or what a terminal or multiplexer started: a busy shell and a build that waits share
// its unit, so it is never idle.
bool is_terminal(std::string_view unit);

}  // namespace lull::relief
