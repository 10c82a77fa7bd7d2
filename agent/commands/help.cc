// SPDX-License-Identifier: MIT
// Help from the table.
#include <algorithm>

#include "agent/commands/command_table.h"

namespace lull::commands {
namespace {

constexpr std::size_t kTextColumn = 26;

// "  left                    right", right below left if that is too long.
std::string entry(const std::string& left, std::string_view right) {
  std::string text = "  " + left;
  const std::size_t from = text.size();
  text += from + 2 > kTextColumn ? "\n" + std::string(kTextColumn, ' ')
                                 : std::string(kTextColumn - from, ' ');
  return text.append(right) + "\n";
}

std::string value_part(const OptionSpec& option) {
  if (option.value.empty()) return "";
  std::string value(option.value);
  return option.value_optional ? "[=" + value + "]" : " " + value;
}

std::string option_left(const OptionSpec& option) {
  const std::string short_part =
      option.short_name.empty() ? "    " : std::string(option.short_name) + ", ";
  return short_part + std::string(option.name) + value_part(option);
}

std::string option_usage(const OptionSpec& option) {
  std::string words;
  for (const std::string_view word : option.words)
    words += (words.empty() ? "" : "|") + std::string(word);
  const std::string_view name =
      option.short_name.empty() || option.value_optional ? option.name : option.short_name;
  const std::string value = words.empty() ? value_part(option) : " " + words;
  return "[" + std::string(name) + value + "]" + (option.repeated ? "..." : "");
}

std::string argument_usage(const ArgumentSpec& argument) {
  std::string name(argument.name);
  if (argument.many && argument.required) name += "...";
  return argument.required ? name : "[" + name + "]";
}

// A long usage goes on below its first option.
std::string folded(const std::string& usage) {
  constexpr std::size_t kWidth = 96;
  const std::string indent(usage.find('[') == std::string::npos ? 0 : usage.find('['), ' ');
  std::string text, line;
  for (std::size_t at = 0; at < usage.size();) {
    const std::size_t end = std::min(usage.find(" [", at + 1), usage.size());
    const std::string piece = usage.substr(at, end - at);
    if (!line.empty() && line.size() + piece.size() > kWidth) {
      text += line + "\n";
      line = indent + piece.substr(1);
    } else {
      line += piece;
    }
    at = end;
  }
  return text + line;
}

}  // namespace

std::string usage_line(const CommandSpec& command) {
  std::string line = "lull " + std::string(command.name);
  for (const ArgumentSpec& argument : command.arguments) line += " " + argument_usage(argument);
  for (const OptionSpec& option : command.options) line += " " + option_usage(option);
  return line;
}

std::string command_help(const CommandSpec& command) {
  std::string text = "lull " + std::string(command.name) + " - " + std::string(command.summary) +
                     "\n\n" + folded("Usage: " + usage_line(command)) + "\n";
  if (!command.details.empty()) text += "\n" + std::string(command.details) + "\n";
  if (!command.arguments.empty()) {
    text += "\nArguments:\n";
    for (const ArgumentSpec& argument : command.arguments)
      text += entry(std::string(argument.name), argument.help);
  }
  text += "\nOptions:\n";
  for (const OptionSpec& option : command.options) text += entry(option_left(option), option.help);
  for (const OptionSpec& option : common_options()) text += entry(option_left(option), option.help);
  text += "\nExamples:\n";
  for (const ExampleSpec& example : command.examples)
    text += "  " + std::string(example.command) + "\n      " + std::string(example.what) + "\n";
  return text;
}

std::string general_help() {
  std::string text =
      "lull - keeps memory and disk in order while nobody is waiting\n\n"
      "Usage: lull COMMAND [OPTIONS]\n\n"
      "Commands:\n";
  for (const CommandSpec& command : all_commands())
    text += entry(std::string(command.name), command.summary);
  text += "\nOptions:\n";
  for (const OptionSpec& option : common_options()) text += entry(option_left(option), option.help);
  text += entry("-V, --version", "the version");
  text +=
      "\nCommands ask the running agent; without one most do the same work themselves.\n"
      "`lull COMMAND --help` says more about each.\n\n"
      "Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 done in part,\n"
      "4 needs a running agent, 130 cancelled.\n";
  return text;
}

}  // namespace lull::commands
