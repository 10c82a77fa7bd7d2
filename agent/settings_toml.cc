// SPDX-License-Identifier: MIT
#include "agent/settings_toml.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace lull::agent {
namespace {

// Settings are two levels deep and lists one more; whoever needs this much is attacking the parser,
// which recurses per level when it reads and when it frees.
constexpr int kDeepest = 16;
constexpr int kMostDotsInLine = 16;

// Reads TOML's outer shape: what is a string or a comment, and how deep brackets and dotted keys
// go.
class ShapeCheck {
 public:
  explicit ShapeCheck(std::string_view text) : text_(text) {}

  // The line in which it gets too deep, 0 if nowhere.
  std::uint32_t line_too_deep() {
    while (at_ < text_.size()) {
      if (!step()) return line_;
    }
    return 0;
  }

 private:
  bool step() {
    const char c = text_[at_];
    if (c == '"' || c == '\'') {
      skip_string(c);
      return true;
    }
    ++at_;
    if (c == '#') at_ = std::min(text_.find('\n', at_), text_.size());
    if (c == '\n') {
      ++line_;
      dots_ = 0;
    }
    if (c == '.') ++dots_;
    if (c == '[' || c == '{') ++depth_;
    if (c == ']' || c == '}') --depth_;
    return depth_ <= kDeepest && dots_ <= kMostDotsInLine;
  }

  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool multi_line = text_.substr(at_, 3) == three;
    at_ += multi_line ? 3 : 1;
    while (at_ < text_.size()) {
      if (multi_line ? text_.substr(at_, 3) == three : text_[at_] == quote) {
        at_ += multi_line ? 3 : 1;
        // Up to two quotes may stand before the closing three.
        while (multi_line && at_ < text_.size() && text_[at_] == quote) ++at_;
        return;
      }
      if (text_[at_] == '\n') {
        if (!multi_line) return;  // broken; the library says so
        ++line_;
      }
      at_ += quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n'
                 ? 2
                 : 1;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  int depth_ = 0;
  int dots_ = 0;
};

std::optional<RawValue> list_of_texts(const toml::array& array) {
  std::vector<std::string> items;
  for (const toml::node& item : array) {
    const auto* text = item.as_string();
    if (text == nullptr) return std::nullopt;
    items.push_back(text->get());
  }
  return items;
}

}  // namespace

base::Error settings_error(const std::string& file, std::uint32_t line, std::uint32_t column,
                           std::string_view message) {
  std::ostringstream text;
  text << file << ':' << line << ':' << column << ": " << message;
  return {base::ErrorCode::kInvalidArgument, std::move(text).str(), {}, 0, {}};
}

base::Result<toml::table> parse_toml(std::string_view text, const std::string& file) {
  if (const std::uint32_t line = ShapeCheck(text).line_too_deep(); line != 0)
    return tl::unexpected(settings_error(file, line, 1, "nested too deeply for settings"));
  try {
    return toml::parse(text, std::string_view(file));
  } catch (const toml::parse_error& error) {
    const auto where = error.source().begin;
    return tl::unexpected(settings_error(file, where.line, where.column, error.description()));
  } catch (const std::exception& error) {
    return base::fail(base::ErrorCode::kMalformed, error.what(), file);
  }
}

std::optional<RawValue> raw_value(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return RawValue(flag->get());
  if (const auto* whole = node.as_integer()) return RawValue(whole->get());
  if (const auto* real = node.as_floating_point()) return RawValue(real->get());
  if (const auto* text = node.as_string()) return RawValue(text->get());
  if (const auto* list = node.as_array()) return list_of_texts(*list);
  return std::nullopt;
}

std::string shown(const toml::node& node) {
  if (const auto* text = node.as_string()) return in_quotes(text->get());
  if (node.is_table()) return "a section";
  if (node.is_array()) {
    const auto list = list_of_texts(*node.as_array());
    if (!list) return "a list of other things";
    std::string text;
    for (const std::string& item : std::get<std::vector<std::string>>(*list))
      text += (text.empty() ? "" : ", ") + in_quotes(item);
    return "[" + text + "]";
  }
  std::ostringstream text;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) text << value;
  });
  return std::move(text).str();
}

}  // namespace lull::agent
