// SPDX-License-Identifier: MIT
#include "core/scan/rule_pattern.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/scan/glob.h"

namespace lull::scan {
namespace {

using base::ErrorCode;

constexpr std::size_t kLongest = 2000;
// "$HOME/*" or "$CACHE/?*" would be everything: the first name below a variable says at least this
// much of what it means.
constexpr std::size_t kFewestLiteralBytes = 3;

tl::unexpected<base::Error> wrong(std::string message) {
  return base::fail(ErrorCode::kInvalidArgument, std::move(message));
}

std::string in_quotes(std::string_view text) {
  return "'" + base::percent_escape_path(text.substr(0, 80)) + "'";
}

bool has_control_byte(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

base::Status check_text(std::string_view text) {
  if (text.empty()) return wrong("an empty pattern");
  if (text.size() > kLongest) return wrong("a pattern longer than 2000 bytes");
  if (has_control_byte(text)) return wrong("a control character in " + in_quotes(text));
  return {};
}

// "a//b", "a/../b" and "a/./b" never mean what they seem to.
base::Status check_components(std::string_view path, std::string_view whole) {
  std::size_t from = 0;
  while (from <= path.size()) {
    const std::size_t slash = std::min(path.find('/', from), path.size());
    const std::string_view component = path.substr(from, slash - from);
    if (component.empty())
      return wrong("an empty name (a doubled or outer slash) in " + in_quotes(whole));
    if (component == "." || component == "..")
      return wrong("'" + std::string(component) + "' in " + in_quotes(whole));
    from = slash + 1;
  }
  return {};
}

std::optional<Variable> variable_of(std::string_view name) {
  const auto found = std::find(kVariableNames.begin(), kVariableNames.end(), name);
  if (found == kVariableNames.end()) return std::nullopt;
  return static_cast<Variable>(found - kVariableNames.begin());
}

base::Status unknown_variable(std::string_view name) {
  const std::string_view nearest = base::nearest_word(name, kVariableNames);
  std::string message = "unknown variable " + in_quotes("$" + std::string(name));
  if (!nearest.empty()) return wrong(message + "; did you mean '$" + std::string(nearest) + "'?");
  return wrong(message + "; one of $HOME $CACHE $CONFIG $DATA $STATE $TEMP");
}

base::Status check_width(const AnchoredPattern& pattern, std::string_view whole) {
  if (pattern.variable == Variable::kTemp) return {};
  if (pattern.components.empty())
    return wrong(in_quotes(whole) + " is too wide: name something below the variable");
  const std::string& first = pattern.components.front();
  const std::size_t literal = std::min(first.find_first_of("*?[\\"), first.size());
  if (literal < first.size() && literal < kFewestLiteralBytes)
    return wrong(in_quotes(whole) +
                 " is too wide: its first name must begin with three plain letters");
  return {};
}

base::Result<AnchoredPattern> parse_one(std::string_view text, Width width) {
  if (!text.starts_with('$'))
    return wrong(in_quotes(text) +
                 " must begin with $HOME, $CACHE, $CONFIG, $DATA, $STATE or $TEMP");
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string_view name = text.substr(1, slash - 1);
  const auto variable = variable_of(name);
  if (!variable) return tl::unexpected(unknown_variable(name).error());
  AnchoredPattern pattern{*variable, {}};
  if (slash < text.size()) {
    LULL_TRY(check_components(text.substr(slash + 1), text));
    for (const std::string_view component : split_path(text.substr(slash + 1))) {
      if (component.find("**") != std::string_view::npos)
        return wrong("'**' in " + in_quotes(text) + ": say how deep");
      pattern.components.emplace_back(component);
    }
  }
  if (width == Width::kNarrow) LULL_TRY(check_width(pattern, text));
  return pattern;
}

}  // namespace

base::Result<std::vector<AnchoredPattern>> parse_anchored(std::string_view text, Width width) {
  LULL_TRY(check_text(text));
  std::vector<std::string> spelled;
  if (!expand_braces(text, spelled))
    return wrong(in_quotes(text) + " stands for more than 1000 paths");
  std::vector<AnchoredPattern> patterns;
  for (const std::string& one : spelled) {
    auto pattern = parse_one(one, width);
    if (!pattern) return tl::unexpected(std::move(pattern).error());
    patterns.push_back(*std::move(pattern));
  }
  return patterns;
}

base::Result<std::vector<std::string>> parse_relative_glob(std::string_view text) {
  LULL_TRY(check_text(text));
  if (text.starts_with('/') || text.starts_with('$') || text.starts_with('~'))
    return wrong(in_quotes(text) + " must be relative: it is matched below the root");
  std::vector<std::string> spelled;
  if (!expand_braces(text, spelled))
    return wrong(in_quotes(text) + " stands for more than 1000 globs");
  for (const std::string& one : spelled) LULL_TRY(check_components(one, text));
  return spelled;
}

}  // namespace lull::scan
