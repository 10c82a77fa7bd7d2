// SPDX-License-Identifier: MIT
#include "agent/commands/command_table.h"
#include "agent/commands/completion.h"
#include "agent/settings.h"

namespace lull::commands {
namespace {

// Inside single quotes, in a place where brackets and colons mean something.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string action(Complete complete, const std::vector<std::string_view>& words) {
  std::string all;
  switch (complete) {
    case Complete::kNothing:
      return "";
    case Complete::kFiles:
      return "_files";
    case Complete::kJobs:
      return "_lull_jobs";
    case Complete::kCategories:
      return "_lull_rules";
    case Complete::kSettings:
      return "_lull_settings";
    case Complete::kWords:
      for (const std::string_view word : words) all += (all.empty() ? "" : " ") + std::string(word);
      return "(" + all + ")";
  }
  return "";
}

std::string option_spec(const OptionSpec& option) {
  const std::string help = "[" + escaped(option.help) + "]";
  std::string value;
  if (!option.value.empty())
    value = ":" + escaped(option.value) + ":" + action(option.complete, option.words);
  std::string name(option.name);
  if (option.value_optional) name += "=-";
  const std::string repeat = option.repeated ? "*" : "";
  if (option.short_name.empty()) return "'" + repeat + name + help + value + "'";
  const std::string both = std::string(option.short_name) + "," + name;
  const std::string exclusive = option.repeated ? "'*'"
                                                : "'(" + std::string(option.short_name) + " " +
                                                      std::string(option.name) + ")'";
  return exclusive + "{" + both + "}'" + help + value + "'";
}

std::string argument_spec(const ArgumentSpec& argument, std::size_t index) {
  const std::string place = argument.many ? "*" : std::to_string(index + 1);
  return "'" + place + ":" + escaped(argument.name) + ":" +
         action(argument.complete, argument.words) + "'";
}

std::string command_case(const CommandSpec& command) {
  std::string text = "        " + std::string(command.name) + ")\n          _arguments";
  const auto add = [&](const std::string& spec) { text += " \\\n            " + spec; };
  for (const OptionSpec& option : command.options) add(option_spec(option));
  for (const OptionSpec& option : common_options()) add(option_spec(option));
  for (std::size_t i = 0; i < command.arguments.size(); ++i)
    add(argument_spec(command.arguments[i], i));
  return text + "\n          ;;\n";
}

constexpr const char* kHelpers = R"sh(_lull_jobs() {
  local -a names; names=(${(f)"$(lull jobs 2>/dev/null | awk 'NR > 1 {print $1}')"})
  compadd -a names
}
_lull_rules() {
  if [[ $words[2] == check ]]; then _files; return; fi
  local -a names; names=(${(f)"$(lull rules list 2>/dev/null | awk 'NR > 1 {print $1}')"})
  compadd -a names
}
)sh";

}  // namespace

std::string zsh_completion() {
  std::string keys;
  for (const agent::SettingInfo& info : agent::setting_table())
    keys += " " + std::string(info.section) + "." + std::string(info.key);
  std::string descriptions;
  std::string cases;
  for (const CommandSpec& command : all_commands()) {
    descriptions += "    '" + std::string(command.name) + ":" + escaped(command.summary) + "'\n";
    cases += command_case(command);
  }
  return "#compdef lull\n# zsh completion for lull; load it with: source <(lull completion zsh)\n" +
         std::string(kHelpers) +
         "_lull_settings() {\n  if [[ $words[2] == check ]]; then _files; return; fi\n"
         "  if [[ $words[2] == set ]]; then compadd" +
         keys +
         "; fi\n}\n_lull() {\n  local curcontext=$curcontext state line\n"
         "  local -a commands\n  commands=(\n" +
         descriptions +
         "  )\n  _arguments -C '--socket[control socket]:PATH:_files' \\\n"
         "    '(-h --help)'{-h,--help}'[this text]' '(-V --version)'{-V,--version}'[the version]' "
         "\\\n"
         "    '1:command:->command' '*::argument:->argument'\n"
         "  case $state in\n    command) _describe command commands ;;\n    argument)\n"
         "      case $words[1] in\n" +
         cases +
         "      esac\n      ;;\n  esac\n}\n"
         "if [[ $funcstack[1] == _lull ]]; then _lull \"$@\"; else compdef _lull lull; fi\n";
}

}  // namespace lull::commands
