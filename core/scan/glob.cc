// SPDX-License-Identifier: MIT
#include "core/scan/glob.h"

#include <algorithm>
#include <cstddef>

namespace lull::scan {
namespace {

constexpr std::size_t kMostExpansions = 1000;
constexpr std::size_t kNone = std::string_view::npos;

struct SetMatch {
  bool closed = false;  // else "[" stands for itself
  bool matched = false;
  std::size_t end = 0;  // behind the "]"
};

// `at` points behind the "[".
SetMatch match_set(std::string_view pattern, std::size_t at, unsigned char byte) {
  SetMatch result;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  const std::size_t first = at;
  while (at < pattern.size() && (pattern[at] != ']' || at == first)) {
    const auto low = static_cast<unsigned char>(pattern[at]);
    auto high = low;
    if (at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']') {
      high = static_cast<unsigned char>(pattern[at + 2]);
      at += 2;
    }
    if (low <= byte && byte <= high) result.matched = true;
    ++at;
  }
  result.closed = at < pattern.size();
  result.end = at + 1;
  if (negated) result.matched = !result.matched;
  return result;
}

// Matches one byte of the name; where the pattern goes on, or kNone.
std::size_t match_one(std::string_view pattern, std::size_t at, char byte) {
  if (pattern[at] == '?') return at + 1;
  if (pattern[at] == '[') {
    const SetMatch set = match_set(pattern, at + 1, static_cast<unsigned char>(byte));
    if (set.closed) return set.matched ? set.end : kNone;
  }
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return pattern[at] == byte ? at + 1 : kNone;
}

// Where the brace that opens at `open` ends, or kNone; fills the commas of its own level.
std::size_t closing_brace(std::string_view pattern, std::size_t open,
                          std::vector<std::size_t>& commas) {
  int depth = 0;
  for (std::size_t at = open; at < pattern.size(); ++at) {
    if (pattern[at] == '{') ++depth;
    if (pattern[at] == ',' && depth == 1) commas.push_back(at);
    if (pattern[at] == '}' && --depth == 0) return at;
  }
  return kNone;
}

}  // namespace

// Greedy with one way back: after a `*` failed to match, it takes one byte more. An earlier `*`
// need never be tried again.
bool name_matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0, star = kNone, star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_name = n;
      continue;
    }
    const std::size_t next = p < pattern.size() ? match_one(pattern, p, name[n]) : kNone;
    if (next != kNone) {
      p = next;
      ++n;
      continue;
    }
    if (star == kNone) return false;
    p = star + 1;
    n = ++star_name;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool has_wildcard(std::string_view component) {
  return component.find_first_of("*?[\\") != std::string_view::npos;
}

std::string in_case(std::string_view text, LetterCase letter_case) {
  std::string result(text);
  if (letter_case == LetterCase::kIgnored)
    for (char& c : result)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string escape_glob(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern;
}

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  while (from < path.size()) {
    const std::size_t slash = std::min(path.find('/', from), path.size());
    if (slash > from) parts.push_back(path.substr(from, slash - from));
    from = slash + 1;
  }
  return parts;
}

bool expand_braces(std::string_view pattern, std::vector<std::string>& results) {
  const std::size_t open = pattern.find('{');
  std::vector<std::size_t> commas;
  const std::size_t close = open == kNone ? kNone : closing_brace(pattern, open, commas);
  if (close == kNone) {
    results.emplace_back(pattern);
    return results.size() <= kMostExpansions;
  }
  commas.push_back(close);
  std::size_t from = open + 1;
  for (const std::size_t comma : commas) {
    std::string one(pattern.substr(0, open));
    one += pattern.substr(from, comma - from);
    one += pattern.substr(close + 1);
    if (!expand_braces(one, results)) return false;
    from = comma + 1;
  }
  return true;
}

}  // namespace lull::scan
