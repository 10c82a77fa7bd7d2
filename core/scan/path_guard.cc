// SPDX-License-Identifier: MIT
#include "core/scan/path_guard.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <utility>

#include "core/base/text.h"
#include "core/scan/glob.h"

namespace lull::scan {
namespace {

std::string joined(const std::vector<std::string_view>& parts, std::size_t from, std::size_t to) {
  std::string path;
  for (std::size_t i = from; i < to; ++i) path += "/" + std::string(parts[i]);
  return path;
}

// The pattern with the links in its literal part resolved, as a walk spells its paths; empty if
// that is no different.
std::string resolved(std::string_view pattern) {
  const auto parts = split_path(pattern);
  std::size_t literal = 0;
  while (literal < parts.size() && !has_wildcard(parts[literal])) ++literal;
  for (; literal > 0; --literal) {
    const std::string head = joined(parts, 0, literal);
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(head.c_str(), nullptr),
                                                           &std::free);
    if (!real) continue;  // does not exist: try the directory above
    const std::string_view found(real.get());
    if (found == head) return {};
    return std::string(found == "/" ? "" : found) + joined(parts, literal, parts.size());
  }
  return {};
}

base::Result<std::string> absolute_pattern(const std::string& pattern, const Variables& variables) {
  std::string whole = pattern;
  if (pattern == "~" || pattern.starts_with("~/")) whole = variables.home() + pattern.substr(1);
  if (!whole.starts_with('/'))
    return base::fail(
        base::ErrorCode::kInvalidArgument,
        "clean.keep: '" + base::percent_escape_path(pattern) + "' must begin with '/' or '~/'");
  for (const std::string_view part : split_path(whole))
    if (part == ".." || part == ".")
      return base::fail(base::ErrorCode::kInvalidArgument,
                        "clean.keep: '" + std::string(part) + "' in '" +
                            base::percent_escape_path(pattern) + "'");
  return whole;
}

}  // namespace

void PathGuard::add(std::string_view pattern, std::string_view reason,
                    std::vector<std::string> unless) {
  globs_.add(pattern);
  entries_.push_back({std::string(reason), std::move(unless)});
}

bool PathGuard::is_excepted(const Entry& entry, std::string_view name) {
  return std::any_of(entry.unless.begin(), entry.unless.end(),
                     [name](const std::string& glob) { return name_matches(glob, name); });
}

const std::string* PathGuard::cover(std::string_view path) const {
  State state = globs_.begin();
  for (const std::string_view name : split_path(path)) {
    if (const std::string* reason = match(state, name, true)) return reason;
    state = descend(state, name);
  }
  return nullptr;
}

base::Result<PathGuard> keep_guard(const std::vector<std::string>& patterns,
                                   const Variables& variables) {
  PathGuard guard;
  for (const std::string& pattern : patterns) {
    const auto whole = absolute_pattern(pattern, variables);
    if (!whole) return tl::unexpected(whole.error());
    std::vector<std::string> spelled;
    if (!expand_braces(*whole, spelled))
      return base::fail(base::ErrorCode::kInvalidArgument,
                        "clean.keep: a pattern stands for more than 1000 paths");
    // A name with braces in it is kept as well.
    spelled.push_back(*whole);
    for (const std::string& one : spelled) {
      guard.add(one, "on your keep list");
      if (const std::string real = resolved(one); !real.empty())
        guard.add(real, "on your keep list");
    }
  }
  return guard;
}

}  // namespace lull::scan
