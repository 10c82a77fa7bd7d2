// SPDX-License-Identifier: MIT
#include "ui/desktop_theme.h"

#include <fstream>
#include <iterator>
#include <sstream>

namespace lull::ui {
namespace {

std::string lower(std::string text) {
  for (char& sign : text)
    if (sign >= 'A' && sign <= 'Z') sign = static_cast<char>(sign + 32);
  return text;
}

}  // namespace

std::optional<bool> prefers_dark(const std::string& settings_ini) {
  std::istringstream lines(settings_ini);
  std::optional<bool> by_name;
  for (std::string line; std::getline(lines, line);) {
    std::erase(line, ' ');
    line = lower(line);
    if (line.starts_with("gtk-application-prefer-dark-theme="))
      return line.ends_with("=1") || line.ends_with("=true");
    if (line.starts_with("gtk-theme-name=")) by_name = line.find("dark") != std::string::npos;
  }
  return by_name;
}

const Theme& theme_for(const std::string& name, const base::UserDirectories& directories) {
  if (name == "dark") return dark_theme();
  if (name == "light") return light_theme();
  const std::string heard = base::process_environment("LULL_COLOR_SCHEME").value_or("");
  if (heard == "dark" || heard == "light") return heard == "dark" ? dark_theme() : light_theme();
  if (const auto theme = base::process_environment("GTK_THEME"))
    return lower(*theme).find("dark") != std::string::npos ? dark_theme() : light_theme();
  for (const char* version : {"/gtk-4.0", "/gtk-3.0"}) {
    std::ifstream file(directories.config_home + version + "/settings.ini");
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (const auto dark = prefers_dark(text)) return *dark ? dark_theme() : light_theme();
  }
  return dark_theme();
}

}  // namespace lull::ui
