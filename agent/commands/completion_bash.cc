// SPDX-License-Identifier: MIT
#include "agent/commands/command_table.h"
#include "agent/commands/completion.h"
#include "agent/settings.h"

namespace lull::commands {
namespace {

std::string joined(const std::vector<std::string_view>& words) {
  std::string all;
  for (const std::string_view word : words) all += (all.empty() ? "" : " ") + std::string(word);
  return all;
}

// The shell words that fill COMPREPLY.
std::string offer(Complete complete, const std::vector<std::string_view>& words) {
  switch (complete) {
    case Complete::kNothing:
      return ":";
    case Complete::kWords:
      return "_lull_words '" + joined(words) + "'";
    case Complete::kFiles:
      return "_lull_files";
    case Complete::kJobs:
      return "_lull_words \"$(lull jobs 2>/dev/null | awk 'NR > 1 {print $1}')\"";
    case Complete::kCategories:
      return "_lull_words \"$(lull rules list 2>/dev/null | awk 'NR > 1 {print $1}')\"";
    case Complete::kSettings:
      return "_lull_words \"$_lull_settings\"";
  }
  return ":";
}

std::string option_names(const CommandSpec& command) {
  std::vector<std::string_view> names;
  for (const OptionSpec& option : command.options) names.push_back(option.name);
  for (const OptionSpec& option : common_options()) names.push_back(option.name);
  return joined(names);
}

std::string option_cases(const CommandSpec& command) {
  std::string cases;
  const auto add = [&](const OptionSpec& option) {
    if (option.value.empty() || option.value_optional) return;
    std::string names(option.name);
    if (!option.short_name.empty()) names += "|" + std::string(option.short_name);
    cases += "        " + names + ") " + offer(option.complete, option.words) + "; return ;;\n";
  };
  for (const OptionSpec& option : command.options) add(option);
  for (const OptionSpec& option : common_options()) add(option);
  return cases;
}

std::string argument_cases(const CommandSpec& command) {
  std::string cases;
  for (std::size_t i = 0; i < command.arguments.size(); ++i) {
    const ArgumentSpec& argument = command.arguments[i];
    const bool to_the_end = argument.many && i + 1 == command.arguments.size();
    cases += "        " + (to_the_end ? std::string("*") : std::to_string(i + 1)) + ") " +
             offer(argument.complete, argument.words) + " ;;\n";
  }
  return cases;
}

std::string command_case(const CommandSpec& command) {
  std::string text = "    " + std::string(command.name) + ")\n      case $previous in\n" +
                     option_cases(command) + "      esac\n" +
                     "      if [[ $current == -* ]]; then _lull_words '" + option_names(command) +
                     "'; return; fi\n";
  if (!command.arguments.empty())
    text += "      case $position in\n" + argument_cases(command) + "      esac\n";
  return text + "      ;;\n";
}

constexpr const char* kHead =
    R"sh(# bash completion for lull; load it with: source <(lull completion bash)
_lull_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current"); }
_lull_files() {
  mapfile -t COMPREPLY < <(compgen -f -- "$current")
  compopt -o filenames 2>/dev/null
}
)sh";

constexpr const char* kFunction = R"sh(_lull() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command='' first='' second='' position=0 i word
  # "--format=x" comes as three words.
  if [[ $current == = ]]; then current=''; elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      --socket) ((i++)) ;;
      -* | =) ;;
      *)
        if [[ -z $command ]]; then command=$word; else
          ((position++))
          case $position in 1) first=$word ;; 2) second=$word ;; esac
        fi
        ;;
    esac
  done
  ((position++))
  if [[ $first == check && $position == 2 ]]; then _lull_files; return; fi
  if [[ $command == config && $first == set && $position == 3 ]]; then
    _lull_values "$second"
    return
  fi
  case $command in
)sh";

std::string setting_functions() {
  std::string keys;
  std::string cases;
  for (const agent::SettingInfo& info : agent::setting_table()) {
    const std::string key = std::string(info.section) + "." + std::string(info.key);
    keys += (keys.empty() ? "" : " ") + key;
    if (!info.words.empty())
      cases += "    " + key + ") _lull_words '" + joined({info.words.begin(), info.words.end()}) +
               "' ;;\n";
  }
  return "_lull_settings='" + keys + "'\n_lull_values() {\n  case $1 in\n" + cases + "  esac\n}\n";
}

}  // namespace

std::string bash_completion() {
  std::string names;
  std::string cases;
  for (const CommandSpec& command : all_commands()) {
    names += std::string(command.name) + " ";
    cases += command_case(command);
  }
  return kHead + setting_functions() + kFunction +
         "    '')\n      if [[ $previous == --socket ]];" +
         " then _lull_files; return; fi\n      _lull_words '" + names +
         "--help --version --socket'\n      ;;\n" + cases + "  esac\n}\ncomplete -F _lull lull\n";
}

}  // namespace lull::commands
