// SPDX-License-Identifier: MIT
#include "core/clean/trash_info_text.h"

#include <chrono>
#include <ctime>

#include "core/clean/trash.h"

namespace lull::clean {
namespace {

// RFC 3986's unreserved characters, and the slash between names.
bool stays_itself(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~' || c == '/';
}

std::string percent_encoded(std::string_view path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const char c : path) {
    if (stays_itself(c)) {
      text += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    text += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text;
}

}  // namespace

std::string trash_info_text(std::string_view path, base::WallTime deleted_at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(deleted_at));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &local);
  return "[Trash Info]\nPath=" + percent_encoded(path) + "\nDeletionDate=" + date + "\n";
}

std::string fallback_name(std::string_view wanted, std::string_view token) {
  constexpr std::size_t kLongest = 255 - kInfoSuffix.size();  // NAME_MAX, for the info too
  constexpr std::size_t kLongestExtension = 20;
  const std::size_t dot = wanted.rfind('.');
  const bool has_extension =
      dot != std::string_view::npos && dot > 0 && wanted.size() - dot < kLongestExtension;
  const std::string_view stem = has_extension ? wanted.substr(0, dot) : wanted;
  std::string tail = "." + std::string(token);
  if (has_extension) tail += wanted.substr(dot);
  return std::string(stem.substr(0, kLongest - tail.size())) + tail;
}

}  // namespace lull::clean
