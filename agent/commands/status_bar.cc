// SPDX-License-Identifier: MIT
#include "agent/commands/status_bar.h"

#include <algorithm>
#include <cmath>

#include "agent/commands/status_text.h"
#include "agent/commands/words.h"

namespace lull::commands {
namespace {

std::string short_text(const Object& status) {
  const auto used = memory_percent(status);
  return used ? percent(*used) : "?";
}

// Empty: the bar's own.
std::string colour_of(const std::string& level) {
  if (level == "critical") return "#ff5555";
  return level == "warning" ? "#ffb86c" : "";
}

std::string as_markup(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

// Trouble first: a pause does not hide it.
std::string state_word(const Object& status) {
  const std::string level = level_of(status);
  if (flag(status, "paused") && colour_of(level).empty()) return "paused";
  return level.empty() ? "unknown" : level;
}

std::string waybar_update(const Object& status, const Style& style) {
  const std::string word = state_word(status);
  Object update{{"text", as_markup(short_text(status))},
                {"alt", word},
                {"tooltip", as_markup(status_summary(status, style))},
                {"class", word}};
  if (const auto used = memory_percent(status))
    update["percentage"] = static_cast<std::int64_t>(std::lround(std::clamp(*used, 0.0, 100.0)));
  return to_json(update) + "\n";
}

std::string i3blocks_update(const Object& status, bool stream) {
  const std::string text = short_text(status);
  const std::string colour = colour_of(level_of(status));
  if (!stream) return "mem " + text + "\n" + text + "\n" + colour + "\n";
  Object update{{"full_text", "mem " + text}, {"short_text", text}};
  if (!colour.empty()) update["color"] = colour;
  return to_json(update) + "\n";
}

std::string menu_text(std::string text) {
  std::replace(text.begin(), text.end(), '|', '/');
  return text;
}

std::string xbar_update(const Object& status, const Style& style, bool stream) {
  const std::string colour = colour_of(level_of(status));
  std::string out = stream ? "~~~\n" : "";
  out += short_text(status) + (colour.empty() ? "" : " | color=" + colour) + "\n---\n";
  out += menu_text(status_summary(status, style)) + "\n";
  for (const Value& value : items(status, "top"))
    if (const Object* process = value.if_object())
      out += menu_text(bytes_or(*process, "memory_bytes", "?") + "  " +
                       printable(text(*process, "name"))) +
             "\n";
  return out + "---\nRefresh | refresh=true\n";
}

}  // namespace

std::string status_for_bar(const Object& status, const BarFormat& format, const Style& style) {
  if (format.name == "waybar") return waybar_update(status, style);
  if (format.name == "i3blocks") return i3blocks_update(status, format.stream);
  if (format.name == "xbar") return xbar_update(status, style, format.stream);
  return status_summary(status, style) + "\n";
}

}  // namespace lull::commands
