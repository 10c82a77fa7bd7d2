// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace lull::scan {

// The only places a rule may begin at.
enum class Variable : std::uint8_t { kHome, kCache, kConfig, kData, kState, kTemp };
inline constexpr std::array<std::string_view, 6> kVariableNames{"HOME", "CACHE", "CONFIG",
                                                                "DATA", "STATE", "TEMP"};

// "$CACHE/mozilla/*/cache2" taken apart: a variable and the names (globs) below it.
struct AnchoredPattern {
  Variable variable = Variable::kHome;
  std::vector<std::string> components;
};

// kNarrow: what a rule may take; kAny: what a refusal may cover.
enum class Width : std::uint8_t { kNarrow, kAny };

// Braces expanded. Fails (message only, the caller knows file and line) for an unknown variable,
// an empty or dotted component, `**`, or a pattern so wide that it would take a whole home.
base::Result<std::vector<AnchoredPattern>> parse_anchored(std::string_view text,
                                                          Width width = Width::kNarrow);
// A glob on a path below a root: relative, without "..", braces expanded.
base::Result<std::vector<std::string>> parse_relative_glob(std::string_view text);

}  // namespace lull::scan
