// SPDX-License-Identifier: MIT
#include "core/base/bytes.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace lull::base {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
// One letter is binary, as in du, ls and systemd; "kB" and its kin are decimal (SI).
constexpr std::array kUnits = {Unit{"", 1},
                               Unit{"B", 1},
                               Unit{"K", kKiB},
                               Unit{"KiB", kKiB},
                               Unit{"kB", 1000},
                               Unit{"KB", 1000},
                               Unit{"M", kMiB},
                               Unit{"MiB", kMiB},
                               Unit{"MB", 1'000'000},
                               Unit{"G", kGiB},
                               Unit{"GiB", kGiB},
                               Unit{"GB", 1'000'000'000},
                               Unit{"T", kGiB * 1024},
                               Unit{"TiB", kGiB * 1024},
                               Unit{"TB", 1'000'000'000'000}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  return text;
}

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  static constexpr std::array kNames = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < kKiB) return std::to_string(bytes) + " B";
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  // 1023.5 would be shown as "1024": the next unit says it in three digits.
  while (value >= 1023.5 && unit + 1 < kNames.size()) {
    value /= 1024;
    ++unit;
  }
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f %s", decimals, value, kNames[unit]);
  return buffer.data();
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  text = trimmed(text);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view name = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(number, unit.factor, &bytes)) return std::nullopt;
    return bytes;
  }
  return std::nullopt;
}

}  // namespace lull::base
