// SPDX-License-Identifier: MIT
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <vector>

namespace lull::base {
namespace {

// Optimal string alignment distance (Damerau–Levenshtein with adjacent swaps).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        current[j] = std::min(current[j], before[j - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

// Length of the UTF-8 sequence that begins `bytes`, 0 if there is none (RFC 3629: no overlong
// forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : lead >= 0xE0 && lead <= 0xEF ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0 || bytes.size() < length) return 0;
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  return length;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

bool needs_escape(std::string_view path) {
  return !is_valid_utf8(path) || std::any_of(path.begin(), path.end(), is_control);
}

void append_escaped(std::string& text, char c) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  text += {'%', kHex[byte >> 4], kHex[byte & 15]};
}

struct DurationUnit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::array kDurationUnits = {DurationUnit{"", kSecond},
                                       DurationUnit{"ms", 1'000'000},
                                       DurationUnit{"s", kSecond},
                                       DurationUnit{"sec", kSecond},
                                       DurationUnit{"m", 60 * kSecond},
                                       DurationUnit{"min", 60 * kSecond},
                                       DurationUnit{"h", 3600 * kSecond},
                                       DurationUnit{"hours", 3600 * kSecond},
                                       DurationUnit{"hour", 3600 * kSecond},
                                       DurationUnit{"d", 86400 * kSecond},
                                       DurationUnit{"day", 86400 * kSecond},
                                       DurationUnit{"days", 86400 * kSecond}};

void skip_spaces(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

// One "3 min" off the front.
std::optional<std::int64_t> take_duration_part(std::string_view& text, bool only_part) {
  std::int64_t number = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  skip_spaces(text);
  const std::size_t length = std::min(text.find_first_of(" 0123456789"), text.size());
  const std::string_view name = text.substr(0, length);
  text.remove_prefix(length);
  skip_spaces(text);
  if (name.empty() && !(only_part && text.empty())) return std::nullopt;
  for (const DurationUnit& unit : kDurationUnits) {
    std::int64_t value = 0;
    if (unit.name == name)
      return __builtin_mul_overflow(number, unit.nanoseconds, &value)
                 ? std::nullopt
                 : std::optional<std::int64_t>(value);
  }
  return std::nullopt;
}

std::string two_parts(std::int64_t large, const char* large_unit, std::int64_t small,
                      const char* small_unit) {
  std::string text = std::to_string(large) + " " + large_unit;
  if (small != 0) text += " " + std::to_string(small) + " " + small_unit;
  return text;
}

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(word.size() / 3, 1) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  if (!best.empty() || word.empty()) return best;
  const auto continues = [word](std::string_view candidate) {
    return candidate.size() > word.size() && candidate.starts_with(word) &&
           std::string_view("-_.").find(candidate[word.size()]) != std::string_view::npos;
  };
  const auto found = std::find_if(candidates.begin(), candidates.end(), continues);
  return found == candidates.end() ? best : *found;
}

bool is_valid_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string percent_escape_path(std::string_view path) {
  if (!needs_escape(path)) return std::string(path);
  std::string text;
  while (!path.empty()) {
    const std::size_t length = utf8_length(path);
    if (length == 0 || is_control(path.front()) || path.front() == '%') {
      append_escaped(text, path.front());
      path.remove_prefix(1);
    } else {
      text += path.substr(0, length);
      path.remove_prefix(length);
    }
  }
  return text;
}

std::string percent_encoded(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  text.reserve(bytes.size() + 16);
  for (const char c : bytes) {
    if (is_unreserved(c) || c == '/') {
      text += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    text += '%';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string base64_encode(std::string_view bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i)
      text += i <= count ? kDigits[group >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

std::string format_duration(Duration duration) {
  const bool negative = duration < Duration::zero();
  const std::string sign = negative ? "-" : "";
  const std::int64_t nanoseconds = negative ? -duration.count() : duration.count();
  if (nanoseconds < kSecond)
    return sign + std::to_string((nanoseconds + 500'000) / 1'000'000) + " ms";
  if (nanoseconds < 10 * kSecond && nanoseconds % kSecond != 0) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(nanoseconds) / 1e9);
    return sign + text.data();
  }
  const std::int64_t seconds = nanoseconds / kSecond;
  if (seconds < 60) return sign + std::to_string(seconds) + " s";
  if (seconds < 3600) return sign + two_parts(seconds / 60, "min", seconds % 60, "s");
  if (seconds < 86400) return sign + two_parts(seconds / 3600, "h", seconds % 3600 / 60, "min");
  return sign + two_parts(seconds / 86400, "d", seconds % 86400 / 3600, "h");
}

std::optional<Duration> parse_duration(std::string_view text) {
  skip_spaces(text);
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  for (bool first = true; !text.empty(); first = false) {
    const auto part = take_duration_part(text, first);
    if (!part || __builtin_add_overflow(total, *part, &total)) return std::nullopt;
  }
  return Duration(total);
}

}  // namespace lull::base
