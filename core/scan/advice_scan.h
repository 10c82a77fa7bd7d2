// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>
#include <vector>

#include "core/model/reports.h"
#include "core/scan/rules.h"
#include "core/scan/variables.h"
#include "core/scan/walk_options.h"

namespace lull::scan {

// Which advice applies here, and how large what it is about is: it applies if PATH (`path`, as the
// caller has it) leads to its program and there is more in its places than empty directories, so
// that advice without places is none of a scan's (`lull rules` lists it). Only looks; a file with
// several names counts once; a size that would take more than some ten thousand entries, or that
// cannot be seen, is unknown.
std::vector<model::AdviceReport> find_advice(const std::vector<Advice>& advice,
                                             const Variables& variables, std::string_view path,
                                             const WalkOptions& options);

}  // namespace lull::scan
