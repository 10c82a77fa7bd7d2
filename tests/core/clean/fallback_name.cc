// SPDX-License-Identifier: MIT
// Stands in where the library of the trash is not built.
#include "core/clean/trash.h"

namespace lull::clean {

std::string fallback_name(std::string_view wanted, std::string_view token) {
  constexpr std::size_t kLongest = 255 - sizeof ".trashinfo";
  const std::size_t dot = wanted.rfind('.');
  const bool has_extension = dot != std::string_view::npos && dot > 0 && wanted.size() - dot < 20;
  std::string_view stem = has_extension ? wanted.substr(0, dot) : wanted;
  const std::string tail =
      "." + std::string(token) + std::string(has_extension ? wanted.substr(dot) : "");
  return std::string(stem.substr(0, kLongest - tail.size())) + tail;
}

}  // namespace lull::clean
