// SPDX-License-Identifier: MIT
#include "agent/presence/x11_reply.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace lull::agent::presence {
namespace {

constexpr std::string_view kIdle = "idle ";
constexpr std::string_view kFullScreen = " full-screen ";
constexpr std::string_view kFront = "front ";
constexpr std::size_t kLongestName = 80;
constexpr std::int64_t kMostMilliseconds = std::int64_t{1} << 32;  // the protocol's CARD32

std::string clean(std::string_view name) {
  std::string text(name.substr(0, kLongestName));
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

}  // namespace

std::string format_x11_reply(const X11Reply& reply) {
  using std::chrono::milliseconds;
  const std::string idle =
      reply.idle ? std::to_string(std::chrono::duration_cast<milliseconds>(*reply.idle).count())
                 : "?";
  return std::string(kIdle) + idle + std::string(kFullScreen) + clean(reply.full_screen);
}

base::Result<X11Reply> parse_x11_reply(std::string_view line) {
  const auto malformed = [&] {
    return base::fail(base::ErrorCode::kMalformed, "the X11 helper said something else");
  };
  const std::size_t split = line.find(kFullScreen);
  if (!line.starts_with(kIdle) || split == std::string_view::npos || split < kIdle.size())
    return malformed();
  X11Reply reply;
  const std::string_view number = line.substr(kIdle.size(), split - kIdle.size());
  if (number != "?") {
    std::int64_t value = -1;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || end != number.data() + number.size() || value < 0 ||
        value > kMostMilliseconds)
      return malformed();
    reply.idle = std::chrono::milliseconds(value);
  }
  reply.full_screen = clean(line.substr(split + kFullScreen.size()));
  return reply;
}

std::string format_front_reply(std::optional<pid_t> process) {
  return std::string(kFront) + (process ? std::to_string(*process) : "?");
}

base::Result<std::optional<pid_t>> parse_front_reply(std::string_view line) {
  const auto malformed = [] {
    return base::fail(base::ErrorCode::kMalformed, "the X11 helper said something else");
  };
  if (!line.starts_with(kFront)) return malformed();
  const std::string_view number = line.substr(kFront.size());
  if (number == "?") return std::optional<pid_t>();
  pid_t process = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), process);
  if (error != std::errc{} || end != number.data() + number.size() || process <= 0)
    return malformed();
  return std::optional<pid_t>(process);
}

}  // namespace lull::agent::presence
