// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/scan/rule_roots.h"

namespace lull::scan {

// What tells whether one root lies in another, even through a mount.
struct RootIdentity {
  std::pair<dev_t, ino_t> key;
  std::vector<std::pair<dev_t, ino_t>> above;
  bool files_only = false;  // holds no other root: nothing below its directories is meant
  std::size_t rule = 0;     // whose it is
};

void add_identities(const std::vector<RuleRoot>& roots, std::size_t rule,
                    std::vector<RootIdentity>& identities);

// For each of `rules` rules: may it meet a file that another of its roots, or another rule's,
// meets too?
std::vector<bool> find_overlaps(const std::vector<RootIdentity>& roots, std::size_t rules);

}  // namespace lull::scan
