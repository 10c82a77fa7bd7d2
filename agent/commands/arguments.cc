// SPDX-License-Identifier: MIT
#include "agent/commands/arguments.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <CLI/CLI.hpp>

#include "core/base/text.h"

namespace lull::commands {
namespace {

// Nothing that long was meant to be one of our words, and comparing takes time.
constexpr std::size_t kLongestGuess = 64;

using Parsed = std::vector<std::pair<std::string, CLI::Option*>>;

std::vector<const OptionSpec*> options_of(const CommandSpec& command) {
  std::vector<const OptionSpec*> options;
  for (const OptionSpec& option : command.options) options.push_back(&option);
  for (const OptionSpec& option : common_options()) options.push_back(&option);
  return options;
}

CLI::Option* add_option(CLI::App& app, const OptionSpec& spec) {
  std::string names(spec.name);
  if (!spec.short_name.empty()) names = std::string(spec.short_name) + "," + names;
  if (spec.value.empty()) return app.add_flag(names);
  CLI::Option* option = app.add_option(names);
  if (spec.value_optional) return option->expected(0, 1);
  return option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

base::Error wrong_usage(const CommandSpec& command, std::string message) {
  message += " (see `lull " + std::string(command.name) + " --help`)";
  return {base::ErrorCode::kInvalidArgument, std::move(message), {}, 0, {}};
}

base::Error unexpected_word(const CommandSpec& command, const std::string& word, bool is_option) {
  const std::string shown = base::percent_escape_path(word);
  if (!is_option)
    return wrong_usage(command,
                       "lull " + std::string(command.name) + " does not expect '" + shown + "'");
  std::vector<std::string_view> names;
  for (const OptionSpec* option : options_of(command)) names.push_back(option->name);
  const std::string name = shown.substr(0, shown.find('='));
  return wrong_usage(command, "unknown option '" + name + "'" + suggestion(name, names));
}

// The library's own words speak of its types.
base::Error missing_value(const CommandSpec& command, const std::string& library_says) {
  for (const OptionSpec* option : options_of(command))
    if (!option->value.empty() && library_says.find(option->name) != std::string::npos)
      return wrong_usage(command, "option " + std::string(option->name) + " needs one value " +
                                      std::string(option->value));
  return wrong_usage(command, library_says);
}

std::optional<base::Error> check_words(const CommandSpec& command, std::string_view name,
                                       const std::vector<std::string_view>& words,
                                       const std::vector<std::string>& values,
                                       bool other_words = false) {
  if (words.empty()) return std::nullopt;
  for (const std::string& value : values) {
    if (std::find(words.begin(), words.end(), value) != words.end()) continue;
    if (other_words && suggestion(value, words).empty()) continue;
    std::string list;
    for (const std::string_view word : words)
      list += (list.empty() ? "" : ", ") + std::string(word);
    return wrong_usage(command, "'" + base::percent_escape_path(value) + "' is no " +
                                    std::string(name) + " (" + list + ")" +
                                    suggestion(value, words));
  }
  return std::nullopt;
}

}  // namespace

std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates) {
  if (word.size() > kLongestGuess) return "";
  const std::string_view nearest = base::nearest_word(word, candidates);
  return nearest.empty() ? "" : ", did you mean '" + std::string(nearest) + "'?";
}

base::Result<Arguments> Arguments::parse(const CommandSpec& command,
                                         const std::vector<std::string>& words) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  Parsed parsed;
  for (const OptionSpec* option : options_of(command))
    parsed.emplace_back(option->name, add_option(app, *option));
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ArgumentMismatch& error) {
    return tl::unexpected(missing_value(command, error.what()));
  } catch (const CLI::Error& error) {
    return tl::unexpected(wrong_usage(command, error.what()));
  }
  Arguments arguments;
  for (const auto& [name, option] : parsed)
    if (option->count() > 0) arguments.values_[name] = option->results();
  if (arguments.has("--help")) return arguments;
  LULL_TRY(arguments.take_positional(command, app.remaining()));
  LULL_TRY(arguments.check(command));
  return arguments;
}

// The library's own positional arguments would read "[x]" as a list of one.
base::Status Arguments::take_positional(const CommandSpec& command,
                                        const std::vector<std::string>& words) {
  bool options_ended = false;
  std::size_t index = 0;
  for (const std::string& word : words) {
    if (!options_ended && word == "--") {
      options_ended = true;
      continue;
    }
    const bool is_option = !options_ended && word.size() > 1 && word.starts_with('-');
    if (is_option || index >= command.arguments.size())
      return tl::unexpected(unexpected_word(command, word, is_option));
    const ArgumentSpec& spec = command.arguments[index];
    values_[std::string(spec.name)].push_back(word);
    if (!spec.many) ++index;
  }
  return {};
}

base::Status Arguments::check(const CommandSpec& command) const {
  for (const ArgumentSpec& spec : command.arguments)
    if (spec.required && !has(spec.name))
      return tl::unexpected(wrong_usage(
          command, "lull " + std::string(command.name) + " needs a " + std::string(spec.name)));
  for (const OptionSpec* option : options_of(command))
    if (auto error = check_words(command, option->value, option->words, all(option->name)))
      return tl::unexpected(*std::move(error));
  for (const ArgumentSpec& spec : command.arguments)
    if (auto error = check_words(command, spec.name, spec.words, all(spec.name), spec.other_words))
      return tl::unexpected(*std::move(error));
  return {};
}

std::string Arguments::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() || found->second.empty() ? std::string() : found->second.back();
}

std::vector<std::string> Arguments::all(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

base::Result<std::optional<std::int64_t>> Arguments::number(std::string_view name,
                                                            std::int64_t least,
                                                            std::int64_t most) const {
  if (!has(name)) return std::nullopt;
  const std::string text = this->text(name);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && value >= least && value <= most)
    return value;
  return base::fail(base::ErrorCode::kInvalidArgument,
                    "'" + base::percent_escape_path(text) + "' for " + std::string(name) +
                        " is not a whole number from " + std::to_string(least) + " to " +
                        std::to_string(most));
}

}  // namespace lull::commands
