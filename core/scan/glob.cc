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

bool is_deep(const std::string& component) { return component == "**"; }

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

Glob::Glob(std::string_view pattern) : pattern_(pattern) {
  for (const std::string_view component : split_path(pattern)) components_.emplace_back(component);
}

bool Glob::matches(std::string_view path) const {
  // Most patterns fail on the last name; the rest of the path need not be looked at then.
  if (!components_.empty() && !is_deep(components_.back())) {
    while (!path.empty() && path.back() == '/') path.remove_suffix(1);
    const std::size_t slash = path.rfind('/');
    const std::string_view last = slash == kNone ? path : path.substr(slash + 1);
    if (!name_matches(components_.back(), last)) return false;
  }
  const auto names = split_path(path);
  std::size_t p = 0, n = 0, deep = kNone, deep_name = 0;
  while (n < names.size()) {
    if (p < components_.size() && is_deep(components_[p])) {
      deep = p++;
      deep_name = n;
    } else if (p < components_.size() && name_matches(components_[p], names[n])) {
      ++p;
      ++n;
    } else if (deep != kNone) {
      p = deep + 1;
      n = ++deep_name;
    } else {
      return false;
    }
  }
  while (p < components_.size() && is_deep(components_[p])) ++p;
  return p == components_.size();
}

bool Glob::may_match_below(std::string_view directory) const {
  const auto names = split_path(directory);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i == components_.size()) return false;
    if (is_deep(components_[i])) return true;
    if (!name_matches(components_[i], names[i])) return false;
  }
  return true;
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
