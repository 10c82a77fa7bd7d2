// SPDX-License-Identifier: MIT
#include "agent/commands/command_table.h"
#include "agent/commands/completion.h"
#include "agent/settings.h"

namespace lull::commands {
namespace {

std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// The part of a `complete` line that says what may follow.
std::string values(Complete complete, const std::vector<std::string_view>& words) {
  std::string all;
  switch (complete) {
    case Complete::kNothing:
      return " -x";
    case Complete::kFiles:
      return " -r -F";
    case Complete::kJobs:
      return " -x -a \"(lull jobs 2>/dev/null | awk 'NR > 1 {print \\$1}')\"";
    case Complete::kCategories:
      return " -x -a \"(lull rules list 2>/dev/null | awk 'NR > 1 {print \\$1}')\"";
    case Complete::kSettings:
      for (const agent::SettingInfo& info : agent::setting_table())
        all += std::string(info.section) + "." + std::string(info.key) + " ";
      return " -x -a " + in_quotes(all);
    case Complete::kWords:
      for (const std::string_view word : words) all += (all.empty() ? "" : " ") + std::string(word);
      return " -x -a " + in_quotes(all);
  }
  return "";
}

std::string option_line(const std::string& condition, const OptionSpec& option) {
  std::string line = "complete -c lull" + condition + " -l " + std::string(option.name.substr(2));
  if (!option.short_name.empty()) line += " -s " + std::string(option.short_name.substr(1));
  line += " -d " + in_quotes(option.help);
  if (!option.value.empty() && !option.value_optional)
    line += values(option.complete, option.words);
  return line + "\n";
}

std::string argument_lines(const std::string& name, const ArgumentSpec& argument,
                           std::size_t index) {
  if (argument.complete == Complete::kNothing) return "";
  const std::string command = "__fish_seen_subcommand_from " + name;
  if (argument.complete == Complete::kFiles)
    return "complete -c lull -n " + in_quotes(command) + " -F\n";
  const std::string here = command + "; and __lull_at " + std::to_string(index + 1);
  return "complete -c lull -n " + in_quotes(here) + values(argument.complete, argument.words) +
         "\n";
}

constexpr const char* kHead =
    R"fish(# fish completion for lull; load it with: lull completion fish | source
complete -c lull -f
# True while the argument with that number is being typed (the command itself has none).
function __lull_at
    set -l words (commandline -opc | string match -v -- '-*')
    test (count $words) -eq (math $argv[1] + 1)
end
# "check" takes a file.
complete -c lull -n '__fish_seen_subcommand_from check' -F
)fish";

}  // namespace

std::string fish_completion() {
  std::string script = kHead;
  for (const CommandSpec& command : all_commands())
    script += "complete -c lull -n __fish_use_subcommand -a " + std::string(command.name) + " -d " +
              in_quotes(command.summary) + "\n";
  script += "complete -c lull -n __fish_use_subcommand -l version -s V -d 'the version'\n";
  for (const OptionSpec& option : common_options()) script += option_line("", option);
  for (const CommandSpec& command : all_commands()) {
    const std::string name(command.name);
    const std::string condition = " -n " + in_quotes("__fish_seen_subcommand_from " + name);
    for (const OptionSpec& option : command.options) script += option_line(condition, option);
    for (std::size_t i = 0; i < command.arguments.size(); ++i)
      script += argument_lines(name, command.arguments[i], i);
  }
  return script;
}

}  // namespace lull::commands
