// SPDX-License-Identifier: MIT
// What settings say to people, and how they stand in a file.
#include <algorithm>
#include <array>
#include <cstdio>

#include "agent/settings_table.h"
#include "core/base/text.h"

namespace lull::agent {
namespace {

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr std::size_t kLongestGuess = 64;  // comparing takes time, and nobody means that
  if (word.size() > kLongestGuess) return "";
  const std::string_view nearest = base::nearest_word(word, candidates);
  return nearest.empty() ? "" : ", did you mean " + in_quotes(nearest) + "?";
}

}  // namespace

std::string join_words(std::span<const std::string_view> words, std::string_view last_separator) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? last_separator : ", ";
    text += words[i];
  }
  return text;
}

std::string toml_string(std::string_view text) {
  std::string toml = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      toml += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04X", static_cast<unsigned char>(c));
      toml += escaped.data();
    } else {
      toml += c;
    }
  }
  return toml + "\"";
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  if (text.size() <= kLongest) return toml_string(base::percent_escape_path(text));
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return toml_string(base::percent_escape_path(text.substr(0, end)) + "…");
}

std::string unknown_key_message(std::string_view section, std::string_view key) {
  std::string message = "unknown ";
  message += section.empty() ? "section or key " + in_quotes(key)
                             : "key " + in_quotes(key) + " in [" + std::string(section) + "]";
  for (const SettingRow& row : setting_rows())
    if (row.info.key == key)
      return message + ", it belongs in [" + std::string(row.info.section) + "]";
  if (section.empty()) return message + did_you_mean(key, setting_sections());
  std::vector<std::string_view> keys;
  for (const SettingRow& row : setting_rows())
    if (row.info.section == section) keys.push_back(row.info.key);
  std::string hint = did_you_mean(key, keys);
  if (hint.empty()) hint = "; its keys are " + join_words(keys, " and ");
  return message + hint;
}

std::string bad_value_message(const SettingRow& row, const RawValue* value,
                              std::string_view shown) {
  std::string message = std::string(row.info.section) + "." + std::string(row.info.key) + ": " +
                        std::string(shown) + " is not " + row.expected;
  if (value == nullptr || row.info.words.empty()) return message;
  std::vector<std::string> written;
  if (const auto* word = std::get_if<std::string>(value)) written = {*word};
  if (const auto* words = std::get_if<std::vector<std::string>>(value)) written = *words;
  for (const std::string& word : written)
    if (std::find(row.info.words.begin(), row.info.words.end(), word) == row.info.words.end())
      return message + did_you_mean(word, row.info.words);
  return message;
}

}  // namespace lull::agent
