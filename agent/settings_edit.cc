// SPDX-License-Identifier: MIT
// Changing one value in a text that somebody wrote by hand: everything else stays as it is.
#include "agent/settings_edit.h"

#include <algorithm>
#include <span>
#include <utility>

#include "agent/settings_table.h"
#include "agent/settings_toml.h"
#include "core/base/text.h"

namespace lull::agent {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The text between two offsets becomes `with`.
struct Edit {
  std::size_t from = 0, to = 0;
  std::string with;
};

std::size_t line_begin(std::string_view text, std::uint32_t line) {
  std::size_t at = 0;
  for (std::uint32_t i = 1; i < line; ++i) {
    const std::size_t newline = text.find('\n', at);
    if (newline == std::string_view::npos) return text.size();
    at = newline + 1;
  }
  return at;
}

// Behind the newline of that line, or the end of the text.
std::size_t line_end(std::string_view text, std::uint32_t line) {
  return line_begin(text, line + 1);
}

// The library counts code points, from 1, and not the byte order mark.
std::size_t offset_of(std::string_view text, const toml::source_position& where) {
  std::size_t at = line_begin(text, where.line);
  if (where.line == 1 && text.starts_with(kByteOrderMark)) at += kByteOrderMark.size();
  for (std::uint32_t column = 1; column < where.column && at < text.size(); ++column) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

std::string_view newline_of(std::string_view text) {
  const std::size_t first = text.find('\n');
  return first != std::string_view::npos && first > 0 && text[first - 1] == '\r' ? "\r\n" : "\n";
}

std::string_view indent_of(std::string_view text, std::uint32_t line) {
  const std::size_t from = line_begin(text, line);
  const std::size_t to = text.find_first_not_of(" \t", from);
  return text.substr(from, std::min(to, text.size()) - from);
}

// A line of its own behind `line`.
Edit line_behind(std::string_view text, std::uint32_t line, const std::string& content) {
  const std::size_t at = line_end(text, line);
  const std::string newline(newline_of(text));
  const bool open_end = at == text.size() && !text.empty() && !text.ends_with('\n');
  return {at, at, (open_end ? newline : "") + content + newline};
}

Edit into_inline_table(std::string_view text, const toml::table& section,
                       const std::string& assignment) {
  const std::size_t brace = offset_of(text, section.source().end) - 1;
  std::size_t from = brace;
  while (from > 0 && (text[from - 1] == ' ' || text[from - 1] == '\t')) --from;
  return {from, brace, (section.empty() ? " " : ", ") + assignment + " "};
}

// Behind the last key of the section, written as that one is.
Edit into_section(std::string_view text, const toml::table& section, const SettingInfo& info,
                  const std::string& value) {
  std::string assignment = std::string(info.key) + " = " + value;
  if (section.is_inline()) return into_inline_table(text, section, assignment);
  const std::uint32_t first_line = section.source().begin.line;
  std::uint32_t key_line = first_line;
  std::uint32_t last_line = first_line;
  for (const auto& [key, node] : section) {
    if (node.source().end.line < last_line) continue;
    last_line = node.source().end.line;
    key_line = key.source().begin.line;
  }
  const std::string indent(indent_of(text, key_line));
  const bool has_header =
      text.substr(line_begin(text, first_line) + indent_of(text, first_line).size())
          .starts_with('[');
  // Without a header the section exists through keys like "ui.label = …".
  if (!has_header) assignment.insert(0, std::string(info.section) + ".");
  return line_behind(text, last_line, indent + assignment);
}

Edit new_section(std::string_view text, const SettingInfo& info, const std::string& value) {
  const std::string newline(newline_of(text));
  std::string with = text.empty() || text.ends_with('\n') ? "" : newline;
  if (!text.empty() && text != kByteOrderMark) with += newline;
  with += "[" + std::string(info.section) + "]" + newline;
  with += std::string(info.key) + " = " + value + newline;
  return {text.size(), text.size(), with};
}

Edit plan_edit(std::string_view text, const toml::table& root, const SettingInfo& info,
               const std::string& value) {
  const toml::table* section = root[info.section].as_table();
  if (section == nullptr) return new_section(text, info, value);
  const toml::node* node = section->get(info.key);
  if (node == nullptr) return into_section(text, *section, info, value);
  return {offset_of(text, node->source().begin), offset_of(text, node->source().end), value};
}

// The value of `x = …` alone; nullopt if that is not one value.
std::optional<RawValue> value_as_toml(std::string_view text) {
  const auto root = parse_toml("x = " + std::string(text), "value");
  if (!root || root->size() != 1) return std::nullopt;
  const toml::node* node = root->get("x");
  return node == nullptr ? std::nullopt : raw_value(*node);
}

}  // namespace

base::Result<const SettingRow*> find_dotted_setting(std::string_view dotted_key) {
  const std::size_t dot = std::min(dotted_key.find('.'), dotted_key.size());
  const std::string_view section = dotted_key.substr(0, dot);
  const std::string_view key =
      dot < dotted_key.size() ? dotted_key.substr(dot + 1) : std::string_view();
  if (const SettingRow* row = find_setting(section, key)) return row;
  const auto sections = setting_sections();
  const bool known = std::find(sections.begin(), sections.end(), section) != sections.end();
  if (known)
    return base::fail(base::ErrorCode::kInvalidArgument, unknown_key_message(section, key));
  std::vector<std::string> names;
  for (const SettingRow& row : setting_rows())
    names.push_back(std::string(row.info.section) + "." + std::string(row.info.key));
  const std::vector<std::string_view> views(names.begin(), names.end());
  std::string message = "unknown setting " + in_quotes(dotted_key);
  for (const SettingRow& row : setting_rows())
    if (row.info.key == (key.empty() ? section : key))
      return base::fail(
          base::ErrorCode::kInvalidArgument,
          message + ", did you mean " +
              in_quotes(std::string(row.info.section) + "." + std::string(row.info.key)) + "?");
  const std::string_view nearest =
      dotted_key.size() > 64 ? std::string_view() : base::nearest_word(dotted_key, views);
  if (!nearest.empty()) message += ", did you mean " + in_quotes(nearest) + "?";
  return base::fail(base::ErrorCode::kInvalidArgument, message);
}

base::Status assign_setting(const SettingRow& row, std::string_view value, Settings& settings) {
  if (!base::is_valid_utf8(value))
    return base::fail(base::ErrorCode::kInvalidArgument, "the value is not UTF-8");
  const std::optional<RawValue> typed = value_as_toml(value);
  if (typed && row.assign(*typed, settings)) return {};
  const RawValue word = std::string(value);
  if (row.assign(word, settings)) return {};
  const RawValue only_item = std::vector<std::string>{std::string(value)};
  if (!typed && row.assign(only_item, settings)) return {};
  const bool is_text = typed && std::holds_alternative<std::string>(*typed);
  return base::fail(
      base::ErrorCode::kInvalidArgument,
      bad_value_message(row, typed ? &*typed : &word,
                        is_text ? in_quotes(std::get<std::string>(*typed)) : in_quotes(value)));
}

base::Result<std::string> edit_settings(std::string_view text, const std::string& file,
                                        const SettingRow& row, std::string_view value) {
  auto settings = parse_settings(text, file);
  if (!settings) return tl::unexpected(std::move(settings).error());
  LULL_TRY(assign_setting(row, value, *settings));
  const auto root = parse_toml(text, file);
  if (!root) return tl::unexpected(root.error());
  const Edit edit = plan_edit(text, *root, row.info, row.show(*settings));
  std::string edited(text);
  edited.replace(edit.from, edit.to - edit.from, edit.with);
  // What stands there now must be the old settings with this one changed, whatever was in the file.
  const auto result = parse_settings(edited, file);
  if (!result || show_settings(*result) != show_settings(*settings))
    return base::fail(base::ErrorCode::kInternal,
                      "the change cannot be made safely; edit the file by hand", file);
  return edited;
}

}  // namespace lull::agent
