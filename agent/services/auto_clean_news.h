// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace lull::agent {

// What cleaning by itself has to say to a person. A plain value.
struct AutoCleanNews {
  std::int64_t run = 0;  // that moved something, and can be undone; 0: none
  std::uint64_t moved_items = 0, moved_bytes = 0;
  // Of runs before it, which can be undone as well and were not told of.
  std::uint64_t earlier_items = 0, earlier_bytes = 0;
  std::int64_t rehearsal = 0;  // the newest run of origin "rehearsal"; 0: none
  std::uint64_t shown_items = 0, shown_bytes = 0;
  std::vector<std::string> shown_rules;
  bool on = false;  // what was shown moves the next time

  // That counts as told, with all before it, once this was.
  std::int64_t newest() const { return run > rehearsal ? run : rehearsal; }
};

}  // namespace lull::agent
