// SPDX-License-Identifier: MIT
#include "core/scan/rules.h"

#include <set>
#include <string>

#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto rules = lull::scan::parse_rules(lull::fuzz::text_of(data, size), "fuzz.toml");
  if (!rules) {
    lull::fuzz::must(rules.error().code == lull::base::ErrorCode::kInvalidArgument);
    lull::fuzz::must(!rules.error().message.empty());
    return 0;
  }
  // What was taken can be named, and is named once.
  std::set<std::string> ids;
  for (const auto& rule : *rules) lull::fuzz::must(!rule.id.empty() && ids.insert(rule.id).second);
  return 0;
}
