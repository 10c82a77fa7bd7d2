// SPDX-License-Identifier: MIT
#include "core/scan/trash_info.h"

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <utility>

namespace lull::scan {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// `count` digits at `at`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// "2026-11-23T21:09:05", with a fraction of a second allowed.
std::optional<base::WallTime> parse_local_time(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() < kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i)
    if (kShape[i] != 'd' && text[i] != kShape[i]) return std::nullopt;
  const std::string_view rest = text.substr(kShape.size());
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!rest.empty() && (rest.size() < 2 || rest.front() != '.' ||
                        !std::all_of(rest.begin() + 1, rest.end(), is_digit)))
    return std::nullopt;
  const int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  // What is later does not fit into nanoseconds, in which ages are reckoned.
  constexpr int kLastYear = 2261;
  if (year < 1970 || year > kLastYear || month < 1 || month > 12 || day < 1 || day > 31 ||
      hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return std::nullopt;
  std::tm local{};
  local.tm_year = year - 1900;
  local.tm_mon = month - 1;
  local.tm_mday = day;
  local.tm_hour = hour;
  local.tm_min = minute;
  local.tm_sec = second;
  local.tm_isdst = -1;
  const std::time_t seconds = std::mktime(&local);
  // mktime makes 3 March of 31 February.
  if (seconds == -1 || local.tm_mday != day) return std::nullopt;
  return base::WallTime(std::chrono::seconds(seconds));
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      bytes += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (bytes.empty()) return std::nullopt;
  return bytes;
}

std::optional<TrashInfo> parse_trash_info(std::string_view text) {
  if (next_line(text) != "[Trash Info]") return std::nullopt;
  std::optional<std::string> path;
  std::optional<base::WallTime> deleted_at;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line.starts_with('[')) break;  // another group: not ours to read
    if (line.starts_with("Path=")) {
      if (path) return std::nullopt;
      path = percent_decoded(line.substr(5));
      if (!path) return std::nullopt;
    } else if (line.starts_with("DeletionDate=")) {
      if (deleted_at) return std::nullopt;
      deleted_at = parse_local_time(line.substr(13));
      if (!deleted_at) return std::nullopt;
    }
  }
  if (!path || !deleted_at) return std::nullopt;
  return TrashInfo{*std::move(path), *deleted_at};
}

}  // namespace lull::scan
