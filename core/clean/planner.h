// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/clean/plan.h"
#include "core/model/reports.h"
#include "core/scan/rules.h"

// From what a scan found to what a clean may move.
namespace lull::clean {

struct PlanSource {
  const scan::RuleSet& rules;
  std::string home;   // what is on another file system that may hang is left out
  std::string basis;  // plan_basis() of now
  uid_t owner = 0;
};

// Something that the scan showed and the plan leaves out.
struct LeftOut {
  std::string path;
  std::string reason;  // for people
};

struct PlanMaking {
  Plan plan;
  std::vector<LeftOut> left_out;  // sorted by path
};

// Looks (lstat) at what a report with items says could go. A directory that goes with everything in
// it is one item. Left out: what is not what the scan judged any more, or has changed since the
// scan began (by ctime, which nobody can set); what a rule about the trash found, since that has
// been moved already. May block on the disk; any thread.
PlanMaking make_plan(const model::ScanReport& report, const PlanSource& source);

// What judgements go by, as a text to compare: the program's version, the user's rules (their
// fingerprint) and the keep list. A plan made by another basis is stale.
std::string plan_basis(std::string_view version, std::uint64_t rules,
                       const std::vector<std::string>& keep);

}  // namespace lull::clean
