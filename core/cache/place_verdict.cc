// SPDX-License-Identifier: MIT
#include "core/cache/place_verdict.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/path_text.h"
#include "core/scan/path_guard.h"
#include "core/scan/rule_pattern.h"
#include "core/scan/variables.h"

namespace lull::cache {
namespace {

using model::CategoryReport;
using model::ScanEntry;

constexpr std::size_t kMostNames = 3;  // of rules in a sentence

// The reason of a guard that holds for `path` or for a directory above it.
const std::string* reason_of(const scan::PathGuard& guard, const std::string& path,
                             bool is_directory) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return nullptr;
  const std::string above = path.substr(0, slash);
  if (const std::string* reason = guard.cover(above)) return reason;
  return guard.match(guard.enter(above), std::string_view(path).substr(slash + 1), is_directory);
}

// What goes at a path and below it, of all the rules.
struct Inside {
  std::uint64_t items = 0, bytes = 0;
  std::vector<std::string> rules;  // that take something of it, in the order of the table
};

void add_items(const CategoryReport& category, const std::string& path, Inside& inside) {
  const auto before = [](const ScanEntry& entry, std::string_view p) { return entry.path < p; };
  bool any = false;
  const std::string first = path == "/" ? path : path + "/";
  for (auto entry =
           std::lower_bound(category.entries.begin(), category.entries.end(), first, before);
       entry != category.entries.end() && entry->path.starts_with(first); ++entry) {
    if (entry->stays) continue;
    any = true;
    ++inside.items;
    inside.bytes += entry->bytes;
  }
  if (any) inside.rules.push_back(category.id);
}

std::string names(const std::vector<std::string>& rules) {
  std::string all;
  for (std::size_t i = 0; i < std::min(rules.size(), kMostNames); ++i)
    all += (i == 0 ? "" : ", ") + rules[i];
  if (rules.size() > kMostNames)
    all += " and " + std::to_string(rules.size() - kMostNames) + " more";
  return all;
}

Inside what_goes_in(const model::ScanReport& report, const PlaceQuestion& question) {
  Inside inside;
  if (!question.is_directory) return inside;
  for (const CategoryReport& category : report.categories)
    add_items(category, question.path, inside);
  return inside;
}

// "12 items in it go (3.00 MiB): pip".
std::string words(const Inside& inside) {
  if (inside.items == 0) return "nothing in it goes now";
  return (inside.items == 1 ? "1 item in it goes ("
                            : std::to_string(inside.items) + " items in it go (") +
         base::format_bytes(inside.bytes) + "): " + names(inside.rules);
}

// Where a rule looks: a directory, and which rule it is.
struct Place {
  std::string_view root;
  const CategoryReport* category = nullptr;
};

// Everybody's directories ($HOME, $CACHE): single files of them are some rule's, they are not.
bool is_shared(const std::string& root, const scan::Variables& variables) {
  for (std::size_t i = 0; i < scan::kVariableNames.size(); ++i)
    for (const auto& value : variables.values(static_cast<scan::Variable>(i)))
      if (root == value.real || root == value.spelled) return true;
  return false;
}

// The narrowest that `path` is or lies in.
std::optional<Place> find_place(const model::ScanReport& report, const std::string& path,
                                const scan::Variables& variables) {
  std::optional<Place> found;
  for (const CategoryReport& category : report.categories)
    for (const std::string& root : category.roots)
      if (base::is_at_or_below(path, root) && (!found || root.size() > found->root.size()) &&
          !is_shared(root, variables))
        found = Place{root, &category};
  return found;
}

// The commands that something is left to, by where they act.
scan::PathGuard advice_guard(const std::vector<scan::Advice>& advice,
                             const scan::Variables& variables) {
  scan::PathGuard guard(scan::letter_case_of_volumes());
  const auto add = [&](const std::string& pattern, const scan::Advice& one) {
    guard.add(pattern, "Lull leaves this to `" + one.command + "`");
  };
  for (const scan::Advice& one : advice)
    for (const std::string& root : one.roots) {
      if (const auto anchored = scan::parse_anchored(root, scan::Width::kAny)) {
        for (const auto& pattern : *anchored)
          for (const std::string& path : variables.patterns(pattern)) add(path, one);
      } else if (const auto absolute = scan::parse_absolute_glob(root)) {
        for (const std::string& path : *absolute) add(path, one);
      }
    }
  return guard;
}

std::string words_of_advice(const scan::RuleSet& rules, const PlaceQuestion& question,
                            const scan::Variables& variables) {
  const auto guard = advice_guard(rules.advice(), variables);
  const auto* command = reason_of(guard, question.path, question.is_directory);
  return command != nullptr ? *command : std::string();
}

// "never touched: credentials", "on your keep list".
std::optional<std::string> forbidden(const PlaceQuestion& question,
                                     const scan::Variables& variables) {
  const auto letter_case = scan::letter_case_of_volumes();
  const auto never = scan::never_guard(variables, question.directories, letter_case);
  if (const auto* reason = reason_of(never, question.path, question.is_directory))
    return "never touched: " + *reason;
  const auto keep = scan::keep_guard(question.keep, variables, letter_case);
  if (!keep) return std::nullopt;  // no scan is made with such a list
  if (const auto* reason = reason_of(*keep, question.path, question.is_directory)) return *reason;
  return std::nullopt;
}

// What goes at the path, in words, and whose place it is. Empty: no rule has to do with it.
std::string words_of_rules(const std::optional<Place>& place, const std::string& path,
                           const Inside& inside) {
  if (!place) return inside.items == 0 ? "" : "no rule takes it as a whole; " + words(inside);
  const std::string of_rule = "a place of " + place->category->id;
  if (place->root == path) return of_rule + "; " + words(inside);
  return inside.items == 0 ? "" : "in " + of_rule + "; " + words(inside);
}

}  // namespace

PlaceVerdict explain_place(const model::ScanReport& report, const scan::RuleSet& rules,
                           const PlaceQuestion& question) {
  PlaceVerdict place;
  place.verdict.path = question.path;
  place.verdict.as_of = report.as_of;
  const scan::Variables variables(question.directories, question.places, question.owner);
  if (const auto reason = forbidden(question, variables)) {
    place.verdict.reason = *reason;
    return place;
  }
  const auto rule_place = find_place(report, question.path, variables);
  const Inside inside = what_goes_in(report, question);
  place.verdict.reason = words_of_rules(rule_place, question.path, inside);
  place.lasts = place.verdict.reason.empty();
  if (place.lasts) place.verdict.reason = words_of_advice(rules, question, variables);
  const bool is_advice = place.lasts && !place.verdict.reason.empty();
  if (rule_place && !is_advice) {
    place.verdict.rule = rule_place->category->id;
    place.verdict.tier = rule_place->category->tier;
  }
  if (!place.verdict.reason.empty()) return place;
  place.verdict.reason = rule_place
                             ? "in a place of " + place.verdict.rule + ", but not what that takes"
                             : "no rule is about it";
  return place;
}

}  // namespace lull::cache
