// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include <toml++/toml.h>

#include "core/scan/glob.h"
#include "core/scan/rule_file.h"

namespace lull::scan {

// What the braces of patterns stand for, counted over a whole file: a short text can stand for any
// number of paths, each of which is compared with every guard.
struct Expansions {
  std::size_t in_file = 0;
};
// What the tables of one file have in common.
struct FileContext {
  Expansions expansions;
  LetterCase letter_case = LetterCase::kCounts;  // of the system that the file is for
};
inline constexpr std::size_t kMostExpansionsInRule = 512;
inline constexpr std::size_t kMostExpansionsInFile = 4096;

// One [[rule]] or [[advice]] table. Everything wrong with it joins `problems`; what is returned is
// only to be used if nothing did.
Rule read_rule(const toml::table& table, const std::string& file,
               std::vector<RuleProblem>& problems, FileContext& context);
Advice read_advice(const toml::table& table, const std::string& file,
                   std::vector<RuleProblem>& problems, FileContext& context);

}  // namespace lull::scan
