// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

// Small steps for readers of kernel text. All of them take what they read off the front of `rest`
// and are safe on any bytes.
namespace lull::platform {

// The next line without its end; false when nothing is left. A last line without an end counts.
inline bool take_line(std::string_view& rest, std::string_view& line) {
  if (rest.empty()) return false;
  const std::size_t end = rest.find('\n');
  line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return true;
}

inline void skip_blanks(std::string_view& rest) {
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
}

// The next run of bytes without blanks; empty at the end.
inline std::string_view take_word(std::string_view& rest) {
  skip_blanks(rest);
  std::size_t length = 0;
  while (length < rest.size() && rest[length] != ' ' && rest[length] != '\t') ++length;
  const std::string_view word = rest.substr(0, length);
  rest.remove_prefix(length);
  return word;
}

// Blanks, then decimal digits; false without a digit or on overflow.
inline bool take_number(std::string_view& rest, std::uint64_t& value) {
  skip_blanks(rest);
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t number = 0;
  std::size_t used = 0;
  for (; used < rest.size() && rest[used] >= '0' && rest[used] <= '9'; ++used) {
    const auto digit = static_cast<std::uint64_t>(rest[used] - '0');
    if (number > kMax / 10 || (number == kMax / 10 && digit > kMax % 10)) return false;
    number = number * 10 + digit;
  }
  if (used == 0) return false;
  rest.remove_prefix(used);
  value = number;
  return true;
}

// A whole word as a number, such as the content of a one-line file.
inline std::optional<std::uint64_t> to_number(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  std::uint64_t value = 0;
  if (!take_number(text, value) || !text.empty()) return std::nullopt;
  return value;
}

// The same with a sign.
inline std::optional<std::int64_t> to_signed_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto value = to_number(text);
  if (!value || *value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return std::nullopt;
  return negative ? -static_cast<std::int64_t>(*value) : static_cast<std::int64_t>(*value);
}

// Blanks, then "12" or "12.34": the kernel's fixed-point form, the same in every locale.
inline bool take_decimal(std::string_view& rest, double& value) {
  std::uint64_t whole = 0;
  if (!take_number(rest, whole)) return false;
  double number = static_cast<double>(whole);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    double scale = 0.1;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
      number += scale * (rest.front() - '0');
      scale /= 10;
      rest.remove_prefix(1);
    }
  }
  value = number;
  return true;
}

// Paths in mountinfo and swaps have blanks, line ends and backslashes as \ooo.
inline std::string unescape_octal(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '7'; };
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 3 < text.size() && digit(at + 1) && digit(at + 2) &&
        digit(at + 3)) {
      const int value = (text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0');
      plain.push_back(static_cast<char>(value));
      at += 3;
    } else {
      plain.push_back(text[at]);
    }
  }
  return plain;
}

}  // namespace lull::platform
