// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/commands/command_table.h"
#include "core/base/result.h"

namespace lull::commands {

// What stood on the command line behind the command's name, checked against its table entry.
class Arguments {
 public:
  // kInvalidArgument with the nearest option or word.
  static base::Result<Arguments> parse(const CommandSpec& command,
                                       const std::vector<std::string>& words);

  // By the names of the table: "--json", "PATH".
  bool has(std::string_view name) const { return values_.contains(name); }
  // Empty if absent; the last one if given several times.
  std::string text(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
  // nullopt if absent; kInvalidArgument if it is no whole number in the range.
  base::Result<std::optional<std::int64_t>> number(std::string_view name, std::int64_t least,
                                                   std::int64_t most) const;

 private:
  base::Status take_positional(const CommandSpec& command, const std::vector<std::string>& words);
  base::Status check(const CommandSpec& command) const;

  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

// ", did you mean X?" or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace lull::commands
