// SPDX-License-Identifier: MIT
#include "core/scan/path_guard.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/base/text.h"
#include "core/scan/glob.h"
#include "core/scan/real_path.h"

namespace lull::scan {
namespace {

std::string joined(const std::vector<std::string_view>& parts, std::size_t from, std::size_t to) {
  std::string path;
  for (std::size_t i = from; i < to; ++i) path += "/" + std::string(parts[i]);
  return path;
}

// `path`, of which the names up to `literal` are no patterns, with the links in those resolved, as
// a walk spells its paths: a pattern. Empty if that is no different.
std::string resolved(const std::vector<std::string_view>& parts, std::size_t literal,
                     const Variables& variables) {
  const std::string rest = joined(parts, literal, parts.size());
  for (std::size_t known = literal; known > 0; --known) {
    const std::string head = joined(parts, 0, known);
    const auto real = real_path(head, variables.mounts(), variables.home());
    if (!real) continue;  // does not exist, or no walk gets there: try the directory above
    const std::string_view found(*real);
    if (found == head) return {};
    return escape_glob(std::string(found == "/" ? "" : found) + joined(parts, known, literal)) +
           rest;
  }
  return {};
}

constexpr std::string_view kOnKeepList = "on your keep list";

// The names of `path` up to `literal` are taken as they are, what follows is a pattern.
void keep(PathGuard& guard, const std::string& path, std::size_t literal,
          const Variables& variables) {
  const auto parts = split_path(path);
  guard.add(escape_glob(joined(parts, 0, literal)) + joined(parts, literal, parts.size()),
            kOnKeepList);
  if (const std::string real = resolved(parts, literal, variables); !real.empty())
    guard.add(real, kOnKeepList);
}

void keep_pattern(PathGuard& guard, const std::string& path, std::size_t literal,
                  const Variables& variables) {
  const auto parts = split_path(path);
  while (literal < parts.size() && !has_wildcard(parts[literal])) ++literal;
  keep(guard, path, literal, variables);
}

bool ends_in_control_byte(const std::string& text) {
  const auto last = static_cast<unsigned char>(text.empty() ? ' ' : text.back());
  return last < 0x20 || last == 0x7f;
}

base::Result<std::string> absolute_pattern(const std::string& pattern, const Variables& variables) {
  if (ends_in_control_byte(pattern))
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "clean.keep: '" + base::percent_escape_path(pattern) +
                          "' ends in a control character: no name does");
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
  globs_.add(folded(pattern));
  for (std::string& glob : unless) glob = folded(glob);
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
                                   const Variables& variables, LetterCase letter_case) {
  PathGuard guard(letter_case);
  for (const std::string& pattern : patterns) {
    const auto whole = absolute_pattern(pattern, variables);
    if (!whole) return tl::unexpected(whole.error());
    // What is written may also be the very name of a file: "film [2024].mkv", "a{b,c}".
    keep(guard, *whole, split_path(*whole).size(), variables);
    std::vector<std::string> spelled;
    if (!expand_braces(*whole, spelled))
      return base::fail(base::ErrorCode::kInvalidArgument,
                        "clean.keep: a pattern stands for more than 1000 paths");
    const std::size_t of_home = pattern.starts_with('~') ? split_path(variables.home()).size() : 0;
    for (const std::string& one : spelled) keep_pattern(guard, one, of_home, variables);
  }
  return guard;
}

}  // namespace lull::scan
