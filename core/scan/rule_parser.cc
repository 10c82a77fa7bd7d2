// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "core/scan/builtin_rule_files.h"
#include "core/scan/rule_file.h"
#include "core/scan/rule_reader.h"
#include "core/scan/rule_tables.h"

namespace lull::scan {
namespace {

constexpr std::size_t kLargestFile = 256 * 1024;
// The library recurses by dotted keys; a line of this length cannot nest deep enough to hurt.
constexpr std::size_t kLongestLine = 4000;
constexpr auto kTopLevel = std::to_array<std::string_view>({"rule", "advice", "platform"});

class FileReader {
 public:
  explicit FileReader(const std::string& file) : file_(file) {}

  ParsedRuleFile read(std::string_view text) {
    if (!has_sane_size(text)) return finish();
    try {
      read_document(toml::parse(text, std::string_view(file_)));
    } catch (const toml::parse_error& error) {
      problem(error.source(), std::string(error.description()));
    } catch (const std::exception& error) {
      parsed_.problems.push_back({file_, 1, 1, error.what()});
    }
    return finish();
  }

 private:
  void problem(const toml::source_region& place, const std::string& message) {
    parsed_.problems.push_back({file_, place.begin.line, place.begin.column, message});
  }

  bool has_sane_size(std::string_view text) {
    if (text.size() > kLargestFile) {
      parsed_.problems.push_back({file_, 1, 1, "larger than 256 KiB"});
      return false;
    }
    std::size_t line = 1;
    for (std::size_t from = 0; from < text.size(); ++line) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      if (end - from > kLongestLine) {
        parsed_.problems.push_back({file_, line, 1, "a line of more than 4000 bytes"});
        return false;
      }
      from = end + 1;
    }
    return true;
  }

  void read_document(const toml::table& document) {
    for (auto&& [key, node] : document) {
      const std::string name(key.str());
      if (std::find(kTopLevel.begin(), kTopLevel.end(), name) == kTopLevel.end())
        problem(key.source(), "unknown key " + in_quotes(name) + did_you_mean(name, kTopLevel));
      else if (name != "platform" && !node.is_array_of_tables())
        problem(key.source(), "'" + name + "' must be written as [[" + name + "]]");
    }
    if (const auto platform = TableReader(document, file_, parsed_.problems)
                                  .word("platform", "system", kPlatformNames))
      parsed_.platform = static_cast<Platform>(*platform);
    if (parsed_.platform.value_or(this_platform()) == Platform::kMacos)
      context_.letter_case = LetterCase::kIgnored;
    read_tables(document, "rule", parsed_.rules, read_rule);
    read_tables(document, "advice", parsed_.advice, read_advice);
  }

  template <class Value, class Read>
  void read_tables(const toml::table& document, std::string_view key, std::vector<Value>& values,
                   Read read_one) {
    const toml::array* tables = document[key].as_array();
    if (tables == nullptr || !tables->is_array_of_tables()) return;
    for (const toml::node& table : *tables) {
      const std::size_t before = parsed_.problems.size();
      Value value = read_one(*table.as_table(), file_, parsed_.problems, context_);
      if (!value.id.empty() && !ids_.insert(value.id).second)
        problem(table.source(), "a second " + std::string(key) + " called " + value.id);
      note_id(value.id, *table.as_table());
      if (parsed_.problems.size() == before) values.push_back(std::move(value));
    }
  }

  void note_id(const std::string& id, const toml::table& table) {
    const toml::node* node = table.get("id");
    if (id.empty() || node == nullptr) return;
    const toml::source_position& begin = node->source().begin;
    parsed_.ids.push_back({id, begin.line, begin.column});
  }

  ParsedRuleFile finish() {
    std::stable_sort(parsed_.problems.begin(), parsed_.problems.end(),
                     [](const RuleProblem& a, const RuleProblem& b) {
                       return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                     });
    return std::move(parsed_);
  }

  const std::string& file_;
  std::set<std::string> ids_;
  FileContext context_;
  ParsedRuleFile parsed_;
};

}  // namespace

std::string RuleProblem::to_string() const {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + message;
}

ParsedRuleFile parse_rule_file(std::string_view toml, const std::string& file) {
  return FileReader(file).read(toml);
}

base::Result<std::vector<Rule>> parse_rules(std::string_view toml, const std::string& file) {
  ParsedRuleFile parsed = parse_rule_file(toml, file);
  if (parsed.problems.empty()) return std::move(parsed.rules);
  return base::fail(base::ErrorCode::kInvalidArgument, parsed.problems.front().to_string());
}

}  // namespace lull::scan
