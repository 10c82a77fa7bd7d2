// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/base/environment.h"
#include "ui/theme.h"

namespace lull::ui {

// "dark" and "light" as named; anything else is what the desktop prefers: what the agent heard of
// it (LULL_COLOR_SCHEME, dark or light; only the agent is on the session bus), then GTK_THEME, then
// GTK's settings.ini (gtk-application-prefer-dark-theme, gtk-theme-name), which desktops keep for
// programs that cannot ask them. Dark if nobody says.
const Theme& theme_for(const std::string& name, const base::UserDirectories& directories);
// What a settings.ini says; nullopt if nothing.
std::optional<bool> prefers_dark(const std::string& settings_ini);

}  // namespace lull::ui
