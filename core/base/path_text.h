// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

// What can be said of paths from their text alone. Both sides are absolute, or begin at the same
// place, and have single slashes, none at the end but for "/" itself.
namespace lull::base {

// Is `path` strictly below `above`?
inline bool is_below(std::string_view path, std::string_view above) {
  if (above == "/") return path.size() > 1 && path.front() == '/';
  return path.size() > above.size() && path.starts_with(above) && path[above.size()] == '/';
}

inline bool is_at_or_below(std::string_view path, std::string_view above) {
  return path == above || is_below(path, above);
}

}  // namespace lull::base
