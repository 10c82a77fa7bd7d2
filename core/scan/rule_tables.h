// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include <toml++/toml.h>

#include "core/scan/rule_file.h"

namespace lull::scan {

// One [[rule]] or [[advice]] table. Everything wrong with it joins `problems`; what is returned is
// only to be used if nothing did.
Rule read_rule(const toml::table& table, const std::string& file,
               std::vector<RuleProblem>& problems);
Advice read_advice(const toml::table& table, const std::string& file,
                   std::vector<RuleProblem>& problems);

}  // namespace lull::scan
