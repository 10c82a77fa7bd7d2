// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/scan/rules.h"

// Rule files are strict: what is not understood is an error with its place, never a guess, because
// what a rule says is what will be deleted.
namespace lull::scan {

// The systems a file of rules may say it is for.
enum class Platform : std::uint8_t { kLinux, kMacos };
inline constexpr std::array<std::string_view, 2> kPlatformNames{"linux", "macos"};

struct RuleProblem {
  std::string file;
  std::size_t line = 1, column = 1;  // from 1, in bytes
  std::string message;               // names the value and the nearest valid word
  // "file.toml:8:1: unknown key 'olderthan'; did you mean 'older_than'?"
  std::string to_string() const;
};

// Where a rule or an advice says its id.
struct IdPlace {
  std::string id;
  std::size_t line = 1, column = 1;
};

struct ParsedRuleFile {
  std::optional<Platform> platform;  // none: the one it is read on
  std::vector<Rule> rules;           // those without a problem
  std::vector<Advice> advice;
  std::vector<IdPlace> ids;           // of both, in the order of the file
  std::vector<RuleProblem> problems;  // every one of the file, by place
};

// `file` is only named. Never fails: what is wrong is listed.
ParsedRuleFile parse_rule_file(std::string_view toml, const std::string& file);

}  // namespace lull::scan
