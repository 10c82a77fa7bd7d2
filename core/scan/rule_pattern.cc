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

std::string all_variables() {
  std::string all;
  for (const std::string_view name : kVariableNames) all += " $" + std::string(name);
  return all;
}

base::Status unknown_variable(std::string_view name) {
  const std::string_view nearest = base::nearest_word(name, kVariableNames);
  std::string message = "unknown variable " + in_quotes("$" + std::string(name));
  if (!nearest.empty()) return wrong(message + "; did you mean '$" + std::string(nearest) + "'?");
  return wrong(message + "; one of" + all_variables());
}

// The trash directories of the specification are the only thing on a volume that is ours.
base::Status check_uid(const AnchoredPattern& pattern, std::string_view whole) {
  const auto& names = pattern.components;
  if (pattern.variable == Variable::kVolumes) {
    const bool shared = names.size() == 2 && names[0] == ".Trash" && names[1] == kUidWord;
    const bool own = names.size() == 1 && names[0] == ".Trash-" + std::string(kUidWord);
    const bool macos = names.size() == 2 && names[0] == ".Trashes" && names[1] == kUidWord;
    if (shared || own || macos) return {};
    return wrong(in_quotes(whole) +
                 ": of a volume only $VOLUMES/.Trash/$UID, $VOLUMES/.Trash-$UID and "
                 "$VOLUMES/.Trashes/$UID may be named");
  }
  for (const std::string& name : names)
    if (name.find(kUidWord) != std::string::npos)
      return wrong("'$UID' in " + in_quotes(whole) + " is only known below $VOLUMES");
  return {};
}

base::Result<AnchoredPattern> parse_one(std::string_view text, Width width) {
  if (!text.starts_with('$'))
    return wrong(in_quotes(text) + " must begin with one of" + all_variables());
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
  LULL_TRY(check_uid(pattern, text));
  if (width == Width::kNarrow) LULL_TRY(check_width(pattern, text));
  return pattern;
}

// Directories, below the home directory, in which every program keeps something.
constexpr auto kShared = std::to_array<std::string_view>(
    {"", ".cache", ".config", ".local", ".local/share", ".local/state", ".var", ".var/app", "snap",
     "Library", "Library/Caches", "Library/Application Support", "Library/Containers",
     "Library/Group Containers", "Library/Preferences", ".cargo", ".rustup"});

// How many of the names (globs) may lead to the deepest shared directory.
std::size_t shared_depth(const std::vector<std::string>& names,
                         LetterCase letter_case = LetterCase::kCounts) {
  std::size_t depth = 0;
  for (const std::string_view shared : kShared) {
    const std::string spelled = in_case(shared, letter_case);
    const auto parts = split_path(spelled);
    if (parts.size() > names.size() || parts.size() <= depth) continue;
    if (std::equal(parts.begin(), parts.end(), names.begin(),
                   [](auto part, const auto& name) { return name_matches(name, part); }))
      depth = parts.size();
  }
  return depth;
}

// "com.", "org.a", "co": does a name that begins so say whose it is? Programs are called by their
// domain turned round, so that the first label is everybody's.
bool is_mostly_domain(std::string_view literal) {
  constexpr auto kDomains = std::to_array<std::string_view>(
      {"com", "org", "net", "edu", "gov", "info", "mobi", "group", "io"});
  const std::size_t dot = literal.find('.');
  const std::string_view label = literal.substr(0, dot);
  const bool is_domain =
      label.size() == 2 || std::any_of(kDomains.begin(), kDomains.end(), [&](auto domain) {
        return dot == std::string_view::npos ? domain.starts_with(label) : domain == label;
      });
  if (!is_domain) return false;
  return dot == std::string_view::npos || literal.find('.', dot + 1) == std::string_view::npos;
}

// What is wrong with a name (a glob) in a directory in which everybody keeps something; or null.
const char* fault_in_shared(std::string_view name) {
  if (!has_wildcard(name)) return nullptr;
  const std::string_view literal = name.substr(0, name.find_first_of("*?[\\"));
  if (literal.size() < kFewestLiteralBytes) return "must begin with three plain letters";
  if (is_mostly_domain(literal)) return "must say whose it is: two labels before the wildcard";
  return nullptr;
}

bool is_anybodys(Variable variable) {
  return variable == Variable::kTemp || variable == Variable::kVarTemp ||
         variable == Variable::kDarwinTemp || variable == Variable::kDarwinCache ||
         variable == Variable::kVolumes;
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

std::vector<std::string> names_below_home(const AnchoredPattern& pattern) {
  std::string_view prefix;
  switch (pattern.variable) {
    case Variable::kHome:
      break;
    case Variable::kCache:
      prefix = ".cache";
      break;
    case Variable::kConfig:
      prefix = ".config";
      break;
    case Variable::kData:
      prefix = ".local/share";
      break;
    case Variable::kState:
      prefix = ".local/state";
      break;
    case Variable::kDownloads:
      prefix = "Downloads";
      break;
    case Variable::kLibrary:
      prefix = "Library";
      break;
    default:
      return {};
  }
  std::vector<std::string> names;
  for (const std::string_view name : split_path(prefix)) names.emplace_back(name);
  names.insert(names.end(), pattern.components.begin(), pattern.components.end());
  return names;
}

bool hides_shared(const AnchoredPattern& pattern) {
  const auto names = names_below_home(pattern);
  std::vector<std::string> folded;
  for (const std::string& name : names) folded.push_back(in_case(name, LetterCase::kIgnored));
  return shared_depth(folded, LetterCase::kIgnored) != shared_depth(names);
}

bool names_files_only(const AnchoredPattern& pattern) {
  if (is_anybodys(pattern.variable)) return false;
  if (pattern.variable == Variable::kState) return !check_width(pattern, {});
  const auto names = names_below_home(pattern);
  return shared_depth(names) == names.size();
}

base::Status check_width(const AnchoredPattern& pattern, std::string_view whole) {
  if (is_anybodys(pattern.variable)) return {};
  const auto names = names_below_home(pattern);
  const std::size_t depth = shared_depth(names);
  if (depth == names.size())
    return wrong(in_quotes(whole) + " is too wide: name something below it");
  // "$HOME/*/x" could begin with any program's directory, or with that of the documents.
  const std::size_t top = names[0] == "Library" ? 1 : 0;  // one more name: it is shared itself
  if (has_wildcard(names[0]) || has_wildcard(names[top]))
    return wrong(in_quotes(whole) + " is too wide: name the directory that " +
                 in_quotes(names[top]) + " stands for");
  // Flatpak's apps all keep their caches in a directory that is for nothing else.
  if (names.size() > 3 && depth == 2 && names[1] == "app" && names[3] == "cache") return {};
  for (std::size_t i = 0; i <= depth; ++i)
    if (const char* fault = fault_in_shared(names[i]))
      return wrong(in_quotes(whole) + " is too wide: the name " + in_quotes(names[i]) + " " +
                   fault);
  return {};
}

bool names_some_files(std::string_view glob) {
  std::vector<std::string> spelled;
  if (glob.find('/') != std::string_view::npos || !expand_braces(glob, spelled)) return false;
  return std::all_of(spelled.begin(), spelled.end(), [](const std::string& one) {
    std::size_t run = 0, longest = 0;
    for (const char c : one) {
      run = std::string_view("*?[]\\").find(c) == std::string_view::npos ? run + 1 : 0;
      longest = std::max(longest, run);
    }
    return longest >= kFewestLiteralBytes;
  });
}

base::Result<std::vector<std::string>> parse_absolute_glob(std::string_view text) {
  LULL_TRY(check_text(text));
  if (!text.starts_with('/')) return wrong(in_quotes(text) + " must begin with '/' or a variable");
  std::vector<std::string> spelled;
  if (!expand_braces(text, spelled))
    return wrong(in_quotes(text) + " stands for more than 1000 paths");
  for (const std::string& one : spelled)
    LULL_TRY(check_components(std::string_view(one).substr(1), text));
  return spelled;
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
