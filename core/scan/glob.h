// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lull::scan {

// A glob is a pattern over the bytes of a path. `*` is any run of bytes within a name (a leading
// dot is nothing special), `?` one byte, `[a-z]` and `[!a-z]` sets, `\` takes the next byte as it
// is, and
// `**` as a whole component any number of components (GlobSet). Matching takes at most the product
// of the two lengths: no pattern makes it slow.

// Are "Caches" and "caches" two names? On the volumes of macOS they mostly are one. Guards that
// ignore the case of ASCII letters there keep too much rather than too little.
enum class LetterCase : std::uint8_t { kCounts, kIgnored };
// In small ASCII letters if the case is ignored.
std::string in_case(std::string_view text, LetterCase letter_case);

// One component against one name.
bool name_matches(std::string_view pattern, std::string_view name);
bool has_wildcard(std::string_view component);
// The pattern that matches `text` alone.
std::string escape_glob(std::string_view text);

// "a/{b,c}/d" → "a/b/d", "a/c/d"; nested braces too. Unbalanced braces stay as they are. At most
// 1,000 results: false if there would be more.
bool expand_braces(std::string_view pattern, std::vector<std::string>& results);

// The names between the slashes, empty ones left out.
std::vector<std::string_view> split_path(std::string_view path);

}  // namespace lull::scan
