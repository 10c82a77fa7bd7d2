// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

namespace lull::scan {

// "IntelliJIdea" of "IntelliJIdea2023.1": what stands before the first digit.
std::string_view without_version(std::string_view name);

// Natural order: runs of digits by their number ("2023.10" after "2023.9", leading zeros count for
// nothing), everything else byte by byte. A total order: equal numbers are told apart by their
// bytes.
bool natural_less(std::string_view a, std::string_view b);

}  // namespace lull::scan
