// SPDX-License-Identifier: MIT
#include "core/scan/root_overlap.h"

#include <map>
#include <utility>

namespace lull::scan {

void add_identities(const std::vector<RuleRoot>& roots, std::size_t rule,
                    std::vector<RootIdentity>& identities) {
  for (const RuleRoot& root : roots)
    identities.push_back(
        {{root.device, root.inode}, ancestors_of(root.path), root.files_only, rule});
}

std::vector<bool> find_overlaps(const std::vector<RootIdentity>& roots, std::size_t rules) {
  std::vector<bool> overlaps(rules, false);
  std::map<std::pair<dev_t, ino_t>, std::vector<const RootIdentity*>> by_key;
  for (const RootIdentity& root : roots) by_key[root.key].push_back(&root);
  const auto mark = [&](const RootIdentity& a, const RootIdentity& b) {
    overlaps[a.rule] = true;
    overlaps[b.rule] = true;
  };
  for (const auto& [key, same] : by_key)
    for (std::size_t i = 1; i < same.size(); ++i) mark(*same[i - 1], *same[i]);
  for (const RootIdentity& root : roots)
    for (const auto& above : root.above)
      if (const auto found = by_key.find(above); found != by_key.end())
        for (const RootIdentity* holder : found->second)
          if (!holder->files_only) mark(root, *holder);
  return overlaps;
}

}  // namespace lull::scan
