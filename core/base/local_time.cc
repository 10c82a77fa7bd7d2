// SPDX-License-Identifier: MIT
#include "core/base/local_time.h"

#include <array>
#include <ctime>
#include <optional>

namespace lull::base {
namespace {

std::optional<std::tm> try_local_time(WallTime time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm local{};
  ::tzset();
  if (::localtime_r(&seconds, &local) == nullptr) return std::nullopt;
  return local;
}

}  // namespace

std::tm local_time(WallTime time) { return try_local_time(time).value_or(std::tm{}); }

std::string local_time_text(WallTime time, const char* format) {
  const auto local = try_local_time(time);
  if (!local) return {};
  std::array<char, 64> text;
  return {text.data(), std::strftime(text.data(), text.size(), format, &*local)};
}

WallTime next_midnight(WallTime now) {
  std::tm local = local_time(now);
  ++local.tm_mday;
  local.tm_hour = local.tm_min = local.tm_sec = 0;
  local.tm_isdst = -1;
  return std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::from_time_t(std::mktime(&local)));
}

}  // namespace lull::base
