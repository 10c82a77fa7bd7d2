// SPDX-License-Identifier: MIT
#include "core/platform/own_pressure.h"

#include <charconv>
#include <cstdint>
#include <string_view>

namespace lull::platform {
namespace {

constexpr std::string_view kFile = "/memory.pressure";
constexpr std::size_t kLongestText = 128;

std::optional<unsigned> base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a') + 26;
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0') + 52;
  if (c == '+') return 62u;
  if (c == '/') return 63u;
  return std::nullopt;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  while (text.ends_with('=')) text.remove_suffix(1);
  for (const char c : text) {
    const auto digit = base64_digit(c);
    if (!digit) return std::nullopt;
    bits = (bits << 6 | *digit) & 0xFFFFFF;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  return bytes;
}

// Takes a number and the blanks before it off the text.
std::optional<unsigned> take_number(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// "some 200000 2000000", and perhaps the NUL or newline that the kernel is given with it.
std::optional<PressureTrigger> parse_trigger(std::string_view text) {
  while (!text.empty() && (text.back() == '\0' || text.back() == '\n')) text.remove_suffix(1);
  PressureTrigger trigger;
  if (text.starts_with("full ")) trigger.kind = PressureTrigger::Kind::kFull;
  if (!text.starts_with("full ") && !text.starts_with("some ")) return std::nullopt;
  text.remove_prefix(5);
  const auto stall = take_number(text);
  const auto window = stall ? take_number(text) : std::nullopt;
  if (!window || !text.empty() || *stall == 0 || *stall > *window) return std::nullopt;
  trigger.stall_us = *stall;
  trigger.window_us = *window;
  return trigger;
}

}  // namespace

std::optional<OwnPressure> find_own_pressure(const base::EnvironmentLookup& environment) {
  const std::string file = environment("MEMORY_PRESSURE_WATCH").value_or("");
  if (!file.starts_with('/') || !file.ends_with(kFile) || file.size() == kFile.size())
    return std::nullopt;
  OwnPressure own;
  own.cgroup = file.substr(0, file.size() - kFile.size());
  own.trigger.stall_us = 200'000;
  const auto encoded = environment("MEMORY_PRESSURE_WRITE");
  if (!encoded) return own;
  if (encoded->size() > kLongestText) return std::nullopt;
  const auto text = base64_decode(*encoded);
  const auto trigger = text ? parse_trigger(*text) : std::nullopt;
  if (!trigger) return std::nullopt;
  own.trigger = *trigger;
  return own;
}

}  // namespace lull::platform
