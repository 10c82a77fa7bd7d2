// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/scan/rule_file.h"

namespace lull::scan {

// "'value'", shortened and with odd bytes escaped, as messages show it.
std::string in_quotes(std::string_view text);
// "; did you mean 'x'?", or the list of what is possible.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> words);

// Reads the values of one table of a rule file. Each method leaves `value` alone if the key is not
// there, and notes a problem at the value's place if it is wrong. Lives as long as the document.
class TableReader {
 public:
  TableReader(const toml::table& table, const std::string& file, std::vector<RuleProblem>& problems)
      : table_(table), file_(file), problems_(problems), before_(problems.size()) {}

  void only_keys(std::span<const std::string_view> known,
                 std::span<const std::string_view> required);
  bool has(std::string_view key) const { return table_.contains(key); }
  bool fine() const { return problems_.size() == before_; }

  void text(std::string_view key, std::string& value);
  void flag(std::string_view key, bool& value);
  void count(std::string_view key, std::uint32_t& value, std::uint32_t most);
  void duration(std::string_view key, std::optional<base::Duration>& value);
  void bytes(std::string_view key, std::uint64_t& value);
  // The index of the word; `kind` is what a message calls it.
  std::optional<std::size_t> word(std::string_view key, std::string_view kind,
                                  std::span<const std::string_view> words);
  // Indices of the words of a list, without doubles; empty if the key is not there.
  std::vector<std::size_t> words(std::string_view key, std::string_view kind,
                                 std::span<const std::string_view> words);

  // Each text of a list goes through `check`, which returns a Status.
  template <class Check>
  void list(std::string_view key, std::vector<std::string>& values, Check check) {
    const toml::array* array = list_of(key);
    if (array == nullptr) return;
    for (const toml::node& element : *array) {
      const auto* string = element.as_string();
      if (string == nullptr) {
        wrong_type(element, key, "texts in its list");
      } else if (const base::Status fine = check(string->get()); !fine) {
        problem(element, "'" + std::string(key) + "': " + fine.error().message);
      } else {
        values.push_back(string->get());
      }
    }
    if (array->empty()) problem(*array, "'" + std::string(key) + "' is empty; leave it out");
  }

  // A problem at the value of `key`, or at the table if there is none.
  void problem(std::string_view key, const std::string& message);
  void problem(const toml::node& node, const std::string& message);

 private:
  const toml::array* list_of(std::string_view key);
  void wrong_type(const toml::node& node, std::string_view key, std::string_view needed);
  void at(const toml::source_region& place, const std::string& message);

  const toml::table& table_;
  const std::string& file_;
  std::vector<RuleProblem>& problems_;
  const std::size_t before_;
};

}  // namespace lull::scan
