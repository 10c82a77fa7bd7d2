// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/platform/java_programs.h"
#include "core/relief/operation.h"

// `app-gc`: Java programs that their user has named (setting relief.collect) collect their garbage,
// and give what is free of their heap back where their collector does that. The program stands
// still meanwhile, so nobody is asked who was not named; nor is one whose heap is in swap, since
// collecting would bring all of it back. Pure.
namespace lull::relief {

// In swap: more than this, and the program is not asked.
inline constexpr std::uint64_t kMostSwapped = base::kMiB;

// By main class (whole, or its last part), jar or app id, in any letter case.
bool is_named(const platform::JavaProgram& program, const std::vector<std::string>& names);
// Named, fit to be asked, and in memory.
bool may_collect(const platform::JavaProgram& program, const std::vector<std::string>& names);

// One that was asked.
struct Collected {
  std::string name;
  std::uint64_t before = 0, after = 0;  // anonymous memory, resident and in swap
  std::string error;                    // empty if it was done
};
OperationVerdict app_gc_verdict(const std::vector<platform::JavaProgram>& programs,
                                const std::vector<std::string>& names,
                                const std::vector<Collected>& asked);
// Before anything is done, for a dry run.
OperationVerdict app_gc_outlook(const std::vector<platform::JavaProgram>& programs,
                                const std::vector<std::string>& names);

}  // namespace lull::relief
