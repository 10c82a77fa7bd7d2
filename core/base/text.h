// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/clock.h"

// Small text helpers that more than one folder needs.
namespace lull::base {

// The candidate nearest to `word` (Damerau–Levenshtein) if at most a third of its length (or 1)
// off; else the first it is the beginning of ("npm": "npm-cache"); else empty. For "did you mean".
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

bool is_valid_utf8(std::string_view bytes);
// A path as JSON and terminals may show it: UTF-8 stays; bytes that are not, control characters
// and '%' only when something else had to be escaped become %XX.
std::string percent_escape_path(std::string_view path);
// For URIs: everything but RFC 3986's unreserved characters, and '/', as %XX.
std::string percent_encoded(std::string_view bytes);
std::string base64_encode(std::string_view bytes);

// "250 ms", "12 s", "3 min 20 s", "6 h", "7 d": for people.
std::string format_duration(Duration duration);
// "120 s", "120s", "6 h", "7d", "1 h 30 min", "90" (seconds); nullopt otherwise, negative or on
// overflow.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace lull::base
