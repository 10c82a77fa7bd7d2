// SPDX-License-Identifier: MIT
#include "agent/commands/words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "agent/commands/style.h"
#include "core/base/bytes.h"
#include "core/base/local_time.h"
#include "core/base/text.h"

namespace lull::commands {
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string plural(std::uint64_t number, std::string_view noun) {
  return grouped(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

std::string percent(double value) {
  std::array<char, 32> text{};
  const bool small = value > 0 && value < 9.95;
  std::snprintf(text.data(), text.size(), small ? "%.1f %%" : "%.0f %%",
                std::clamp(value, 0.0, 1e6));
  return text.data();
}

std::string bytes_or(const Object& object, std::string_view key, std::string_view unknown) {
  const auto bytes = count(object, key);
  return bytes ? base::format_bytes(*bytes) : std::string(unknown);
}

base::Duration duration_of_seconds(double seconds) {
  constexpr double kMost = 9e9;  // 285 years, in range of 64-bit nanoseconds
  if (!(seconds > 0)) return {};
  return std::chrono::duration_cast<base::Duration>(
      std::chrono::duration<double>(std::min(seconds, kMost)));
}

// (Instants may be further apart than a base::Duration can say.)
std::string relative(base::WallTime time, base::WallTime now) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(time - now);
  if (seconds.count() == 0) return "now";
  const auto apart = seconds.count() > 0 ? seconds : -seconds;
  const auto days = std::chrono::floor<std::chrono::days>(apart).count();
  const std::string text = days < 100'000 ? base::format_duration(apart)
                                          : grouped(static_cast<std::uint64_t>(days)) + " d";
  return seconds.count() > 0 ? "in " + text : text + " ago";
}

std::optional<base::WallTime> instant(const Object& object, std::string_view key) {
  return base::parse_rfc3339(text(object, key));
}

std::string relative_or(const Object& object, std::string_view key, base::WallTime now,
                        std::string_view unknown) {
  const auto time = instant(object, key);
  return time ? relative(*time, now) : std::string(unknown);
}

std::string local_time(base::WallTime time) {
  const std::string text = base::local_time_text(time, "%Y-%m-%d %H:%M");
  return text.empty() ? base::format_rfc3339(time) : text;
}

std::string blocked_by(const Object& job) {
  std::string codes;
  for (const Value& code : items(job, "blocked_by"))
    if (code.is_string())
      codes += (codes.empty() ? "" : ", ") + printable(std::string_view(code.get_string()));
  return codes;
}

}  // namespace lull::commands
