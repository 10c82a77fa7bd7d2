// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/clock.h"

// What a scan showed and a clean may move: nothing else.
namespace lull::clean {

struct PlanItem {
  std::string rule;        // its id
  std::string root;        // absolute path of the rule's root it was found in, links resolved
  std::string path;        // absolute; below root, or root itself for rules about a whole one
  bool directory = false;  // with everything in it, all of which was judged to go
  std::uint64_t device = 0, inode = 0;
  std::uint64_t size = 0;                   // st_size of a file; 0 for directories
  std::int64_t mtime_ns = 0, ctime_ns = 0;  // since 1970
  std::uint64_t bytes = 0;                  // allocated, of everything in it
  std::uint64_t entries = 1;                // how many entries of the scan it stands for
};

struct Plan {
  std::string id;  // "p-" and 16 hex digits
  uid_t owner = 0;
  base::WallTime made_at{};     // when its scan began: what has changed since was not judged
  std::string basis;            // what was judged by, see plan_basis()
  std::vector<PlanItem> items;  // sorted by path; none is below another
};

}  // namespace lull::clean
