// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/environment.h"
#include "core/model/file_verdict.h"
#include "core/model/reports.h"
#include "core/scan/places.h"
#include "core/scan/rules.h"

// Why a path stays that is none of a scan's items and in none of them: nearly everything is that,
// the places of rules among it.
namespace lull::cache {

struct PlaceQuestion {
  std::string path;           // as scans spell it, links above it resolved
  bool is_directory = false;  // what is there now
  base::UserDirectories directories;
  scan::ScanPlaces places;
  uid_t owner = 0;
  std::vector<std::string> keep;  // the keep list
};

struct PlaceVerdict {
  model::FileVerdict verdict;  // stays, with a reason; the rule's id if it is where a rule looks
  bool lasts = true;           // holds as long as rules and settings do, whatever happens on disk
};

// The first that applies: the list of what is never touched, the keep list, a place of a rule or a
// directory with items in it (how many go), what advice is about ("Lull leaves this to `…`"),
// something else in a place of a rule, nothing at all. `report` lists items, sorted by path, and
// the roots of its rules. `bytes` is left unknown. Blocks on the file system (links are resolved).
PlaceVerdict explain_place(const model::ScanReport& report, const scan::RuleSet& rules,
                           const PlaceQuestion& question);

}  // namespace lull::cache
