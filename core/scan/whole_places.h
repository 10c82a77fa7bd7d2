// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/scan/glob.h"
#include "core/scan/rule_pattern.h"

namespace lull::scan {

// Places of which a rule may name a part, but which it may not take as a whole: the profile of a
// browser or a mail program, the drive of a Wine prefix, the data of an app. Why `pattern` is such
// a place or holds one; empty if not. Pure; any thread.
std::string whole_place_reason(const AnchoredPattern& pattern,
                               LetterCase letter_case = LetterCase::kCounts);

// Places full of what people start and have started for them: only what is broken there may go. Why
// `pattern` is one or lies in one; empty if not.
std::string started_reason(const AnchoredPattern& pattern,
                           LetterCase letter_case = LetterCase::kCounts);

}  // namespace lull::scan
