// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "core/base/text.h"
#include "core/scan/rule_pattern.h"
#include "core/scan/rules.h"

// Rule files are strict: what is not understood is an error with its place, never a guess, because
// what a rule says is what will be deleted.
namespace lull::scan {
namespace {

using base::ErrorCode;

constexpr std::size_t kLargestFile = 256 * 1024;
// The library recurses by dotted keys; a line of this length cannot nest deep enough to hurt.
constexpr std::size_t kLongestLine = 4000;
constexpr std::size_t kLongestText = 300;
constexpr std::size_t kLongestId = 40;

constexpr std::array<std::string_view, 13> kKeys{"id",
                                                 "title",
                                                 "tier",
                                                 "cost",
                                                 "source",
                                                 "roots",
                                                 "match",
                                                 "keep",
                                                 "older_than",
                                                 "not_running",
                                                 "lock_files",
                                                 "sqlite_family_as_one",
                                                 "by_deletion_date"};
constexpr std::array<std::string_view, 6> kRequired{"id",   "title",  "tier",
                                                    "cost", "source", "roots"};
constexpr std::array<std::string_view, 3> kTiers{"safe", "costly", "review"};
constexpr std::array<std::string_view, 1> kTopLevel{"rule"};

std::string place(const std::string& file, std::size_t line, std::size_t column) {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": ";
}

std::string in_quotes(std::string_view text) {
  return "'" + base::percent_escape_path(text.substr(0, 80)) + "'";
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> words) {
  const std::string_view nearest = base::nearest_word(word, words);
  if (!nearest.empty()) return "; did you mean '" + std::string(nearest) + "'?";
  std::string list;
  for (const std::string_view one : words) list += (list.empty() ? "" : ", ") + std::string(one);
  return "; one of " + list;
}

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

// Reads one [[rule]] table.
class RuleReader {
 public:
  RuleReader(const std::string& file, const toml::table& table) : file_(file), table_(table) {}

  base::Result<Rule> read() {
    LULL_TRY(check_keys());
    Rule rule;
    rule.file = file_;
    LULL_TRY(read_words(rule));
    LULL_TRY(read_patterns(rule));
    LULL_TRY(read_conditions(rule));
    return rule;
  }

 private:
  using Unexpected = tl::unexpected<base::Error>;

  Unexpected at(const toml::node& node, const std::string& message) const {
    const toml::source_position where = node.source().begin;
    return base::fail(ErrorCode::kInvalidArgument,
                      place(file_, where.line, where.column) + message);
  }
  Unexpected wrong_type(const toml::node& node, std::string_view key,
                        std::string_view needed) const {
    return at(node, "'" + std::string(key) + "' is " + std::string(type_name(node)) + "; needs " +
                        std::string(needed));
  }

  base::Status check_keys() const {
    for (auto&& [key, node] : table_) {
      if (std::find(kKeys.begin(), kKeys.end(), key.str()) != kKeys.end()) continue;
      const toml::source_position where = key.source().begin;
      return base::fail(ErrorCode::kInvalidArgument, place(file_, where.line, where.column) +
                                                         "unknown key " + in_quotes(key.str()) +
                                                         did_you_mean(key.str(), kKeys));
    }
    for (const std::string_view key : kRequired)
      if (!table_.contains(key)) return at(table_, "the rule has no '" + std::string(key) + "'");
    return {};
  }

  base::Status text(std::string_view key, std::string& value) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const auto* string = node->as_string();
    if (string == nullptr) return wrong_type(*node, key, "a text");
    if (string->get().empty() || string->get().size() > kLongestText)
      return at(*node, "'" + std::string(key) + "' must have 1 to 300 bytes");
    value = string->get();
    return {};
  }

  base::Status flag(std::string_view key, bool& value) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const auto* boolean = node->as_boolean();
    if (boolean == nullptr) return wrong_type(*node, key, "true or false");
    value = boolean->get();
    return {};
  }

  // Each text of a list goes through `check`, which fails with a message.
  template <class Check>
  base::Status list(std::string_view key, std::vector<std::string>& values, Check check) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const toml::array* array = node->as_array();
    if (array == nullptr) return wrong_type(*node, key, "a list of texts");
    for (const toml::node& element : *array) {
      const auto* string = element.as_string();
      if (string == nullptr) return wrong_type(element, key, "texts in its list");
      if (const auto fine = check(string->get()); !fine)
        return at(element, "'" + std::string(key) + "': " + fine.error().message);
      values.push_back(string->get());
    }
    return {};
  }

  base::Status read_words(Rule& rule) const {
    LULL_TRY(text("id", rule.id));
    const bool plain = std::all_of(rule.id.begin(), rule.id.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!plain || rule.id.size() > kLongestId || rule.id.front() == '-')
      return at(*table_.get("id"), "the id " + in_quotes(rule.id) +
                                       " may have small letters, digits and hyphens, 40 at most");
    LULL_TRY(text("title", rule.title));
    LULL_TRY(text("cost", rule.cost));
    LULL_TRY(text("source", rule.source));
    std::string tier;
    LULL_TRY(text("tier", tier));
    const auto found = std::find(kTiers.begin(), kTiers.end(), tier);
    if (found == kTiers.end())
      return at(*table_.get("tier"),
                "unknown tier " + in_quotes(tier) + did_you_mean(tier, kTiers));
    rule.tier = static_cast<model::Tier>(found - kTiers.begin());
    return {};
  }

  base::Status read_patterns(Rule& rule) const {
    const auto anchored = [](const std::string& one) { return parse_anchored(one); };
    const auto relative = [](const std::string& one) { return parse_relative_glob(one); };
    LULL_TRY(list("roots", rule.roots, anchored));
    if (rule.roots.empty()) return at(*table_.get("roots"), "'roots' is empty");
    LULL_TRY(list("match", rule.match, relative));
    if (table_.contains("match") && rule.match.empty())
      return at(*table_.get("match"), "'match' is empty; leave it out to mean everything");
    LULL_TRY(list("keep", rule.keep, relative));
    return {};
  }

  base::Status read_conditions(Rule& rule) const {
    LULL_TRY(list("not_running", rule.not_running, [](const std::string& name) -> base::Status {
      if (!name.empty() && name.find('/') == std::string::npos) return {};
      return base::fail(ErrorCode::kInvalidArgument, in_quotes(name) + " is no name of a program");
    }));
    LULL_TRY(list("lock_files", rule.lock_files, [](const std::string& lock) -> base::Status {
      if (lock.starts_with('$')) {
        const auto anchored = parse_anchored(lock);
        return anchored ? base::Status{} : tl::unexpected(anchored.error());
      }
      if (!lock.empty() && lock.find('/') == std::string::npos && lock != "." && lock != "..")
        return {};
      return base::fail(
          ErrorCode::kInvalidArgument,
          in_quotes(lock) + " must be a name beside the root or begin with a variable");
    }));
    LULL_TRY(flag("sqlite_family_as_one", rule.sqlite_family_as_one));
    LULL_TRY(flag("by_deletion_date", rule.by_deletion_date));
    LULL_TRY(read_age(rule));
    if (rule.by_deletion_date && (!rule.older_than || !rule.match.empty() || !rule.keep.empty()))
      return at(*table_.get("by_deletion_date"),
                "'by_deletion_date' needs 'older_than' and goes with neither 'match' nor 'keep'");
    return {};
  }

  base::Status read_age(Rule& rule) const {
    std::string age;
    LULL_TRY(text("older_than", age));
    if (age.empty()) return {};
    rule.older_than = base::parse_duration(age);
    if (!rule.older_than || rule.older_than->count() <= 0)
      return at(*table_.get("older_than"),
                in_quotes(age) + " is no duration; write \"30 d\" or \"12 h\"");
    return {};
  }

  const std::string& file_;
  const toml::table& table_;
};

base::Status check_size(std::string_view text, const std::string& file) {
  if (text.size() > kLargestFile)
    return base::fail(ErrorCode::kInvalidArgument, place(file, 1, 1) + "larger than 256 KiB");
  std::size_t line = 1;
  for (std::size_t from = 0; from < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    if (end - from > kLongestLine)
      return base::fail(ErrorCode::kInvalidArgument,
                        place(file, line, 1) + "a line of more than 4000 bytes");
    from = end + 1;
  }
  return {};
}

base::Result<std::vector<Rule>> read_rules(const toml::table& document, const std::string& file) {
  for (auto&& [key, node] : document) {
    const toml::source_position where = key.source().begin;
    if (key.str() != "rule")
      return base::fail(ErrorCode::kInvalidArgument, place(file, where.line, where.column) +
                                                         "unknown key " + in_quotes(key.str()) +
                                                         did_you_mean(key.str(), kTopLevel));
    if (!node.is_array_of_tables())
      return base::fail(ErrorCode::kInvalidArgument, place(file, where.line, where.column) +
                                                         "'rule' must be written as [[rule]]");
  }
  std::vector<Rule> rules;
  std::set<std::string> ids;
  if (const toml::array* tables = document["rule"].as_array()) {
    for (const toml::node& table : *tables) {
      auto rule = RuleReader(file, *table.as_table()).read();
      if (!rule) return tl::unexpected(std::move(rule).error());
      const toml::source_position where = table.source().begin;
      if (!ids.insert(rule->id).second)
        return base::fail(ErrorCode::kInvalidArgument, place(file, where.line, where.column) +
                                                           "a second rule called " + rule->id);
      rules.push_back(*std::move(rule));
    }
  }
  return rules;
}

}  // namespace

base::Result<std::vector<Rule>> parse_rules(std::string_view text, const std::string& file) {
  LULL_TRY(check_size(text, file));
  try {
    return read_rules(toml::parse(text, std::string_view(file)), file);
  } catch (const toml::parse_error& error) {
    const toml::source_position where = error.source().begin;
    return base::fail(ErrorCode::kInvalidArgument,
                      place(file, where.line, where.column) + std::string(error.description()));
  } catch (const std::exception& error) {
    return base::fail(ErrorCode::kInternal, error.what(), file);
  }
}

}  // namespace lull::scan
