// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <string_view>

#include "core/base/path_text.h"
#include "core/scan/walk_options.h"

namespace lull::scan {

// How many tasks may read the tree at `path` (absolute): `width`, the user's max_parallel_scans, in
// the home directory `home`; at most two elsewhere. System roots such as /usr and /var are where
// other programs wait for the disk. A path with ".." is taken for elsewhere: it may lead there.
inline constexpr unsigned kSystemWidth = 2;
inline unsigned widest_for(std::string_view path, std::string_view home, unsigned width) {
  while (home.ends_with('/')) home.remove_suffix(1);
  const bool below = !home.empty() && base::is_at_or_below(path, home);
  const bool may_leave = path.find("/..") != std::string_view::npos;
  if (below && !may_leave) return width;
  return width == 0 ? kSystemWidth : std::min(width, kSystemWidth);
}

// The same for a walk that begins at `path`, or at several one after the other: the narrowest.
inline WalkOptions narrowed_for(std::string_view path, std::string_view home, WalkOptions options) {
  options.width = widest_for(path, home, options.width);
  return options;
}

}  // namespace lull::scan
