// SPDX-License-Identifier: MIT
#include "core/scan/rule_reader.h"

#include "core/base/bytes.h"
#include "core/base/text.h"

namespace lull::scan {
namespace {

constexpr std::size_t kLongestText = 300;

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

}  // namespace

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

void TableReader::at(const toml::source_region& place, const std::string& message) {
  problems_.push_back({file_, place.begin.line, place.begin.column, message});
}

void TableReader::problem(const toml::node& node, const std::string& message) {
  at(node.source(), message);
}

void TableReader::problem(std::string_view key, const std::string& message) {
  const toml::node* node = table_.get(key);
  problem(node == nullptr ? table_ : *node, message);
}

void TableReader::wrong_type(const toml::node& node, std::string_view key,
                             std::string_view needed) {
  problem(node, "'" + std::string(key) + "' is " + std::string(type_name(node)) + "; needs " +
                    std::string(needed));
}

void TableReader::only_keys(std::span<const std::string_view> known,
                            std::span<const std::string_view> required) {
  for (auto&& [key, node] : table_)
    if (std::find(known.begin(), known.end(), key.str()) == known.end())
      at(key.source(), "unknown key " + in_quotes(key.str()) + did_you_mean(key.str(), known));
  for (const std::string_view key : required)
    if (!has(key)) problem(table_, "the rule has no '" + std::string(key) + "'");
}

void TableReader::text(std::string_view key, std::string& value) {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return;
  const auto* string = node->as_string();
  if (string == nullptr) return wrong_type(*node, key, "a text");
  if (string->get().empty() || string->get().size() > kLongestText)
    return problem(*node, "'" + std::string(key) + "' must have 1 to 300 bytes");
  value = string->get();
}

void TableReader::flag(std::string_view key, bool& value) {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return;
  const auto* boolean = node->as_boolean();
  if (boolean == nullptr) return wrong_type(*node, key, "true or false");
  value = boolean->get();
}

void TableReader::count(std::string_view key, std::uint32_t& value, std::uint32_t most) {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return;
  const auto* number = node->as_integer();
  if (number == nullptr) return wrong_type(*node, key, "a whole number");
  if (number->get() < 1 || number->get() > most)
    return problem(*node, "'" + std::string(key) + "' must be from 1 to " + std::to_string(most));
  value = static_cast<std::uint32_t>(number->get());
}

void TableReader::duration(std::string_view key, std::optional<base::Duration>& value) {
  std::string words;
  text(key, words);
  if (words.empty()) return;
  const auto parsed = base::parse_duration(words);
  if (!parsed || parsed->count() <= 0)
    return problem(key, in_quotes(words) + " is no duration; write \"30 d\" or \"12 h\"");
  value = parsed;
}

void TableReader::bytes(std::string_view key, std::uint64_t& value) {
  std::string words;
  text(key, words);
  if (words.empty()) return;
  const auto parsed = base::parse_bytes(words);
  if (!parsed || *parsed == 0)
    return problem(key, in_quotes(words) + " is no size; write \"1 MiB\" or \"500 kB\"");
  value = *parsed;
}

std::optional<std::size_t> TableReader::word(std::string_view key, std::string_view kind,
                                             std::span<const std::string_view> words) {
  std::string value;
  text(key, value);
  if (value.empty()) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), value);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  problem(key,
          "unknown " + std::string(kind) + " " + in_quotes(value) + did_you_mean(value, words));
  return std::nullopt;
}

std::vector<std::size_t> TableReader::words(std::string_view key, std::string_view kind,
                                            std::span<const std::string_view> words) {
  std::vector<std::string> values;
  list(key, values, [&](const std::string& value) -> base::Status {
    if (std::find(words.begin(), words.end(), value) != words.end()) return {};
    return base::fail(
        base::ErrorCode::kInvalidArgument,
        "unknown " + std::string(kind) + " " + in_quotes(value) + did_you_mean(value, words));
  });
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < words.size(); ++i)
    if (std::find(values.begin(), values.end(), words[i]) != values.end()) indices.push_back(i);
  return indices;
}

const toml::array* TableReader::list_of(std::string_view key) {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return nullptr;
  const toml::array* array = node->as_array();
  if (array == nullptr) wrong_type(*node, key, "a list of texts");
  return array;
}

}  // namespace lull::scan
