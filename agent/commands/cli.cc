// SPDX-License-Identifier: MIT
// From words to a command: what stands before its name, what is wrong with it, and its help.
#include <algorithm>
#include <exception>
#include <optional>
#include <ostream>
#include <vector>

#include "agent/commands/arguments.h"
#include "agent/commands/command.h"
#include "agent/commands/command_table.h"
#include "agent/commands/context.h"
#include "agent/version.h"
#include "core/base/text.h"

namespace lull::commands {
namespace {

// The words before the command, which only choose the socket, or end it here.
struct Leading {
  bool help = false;
  bool version = false;
  std::string socket;
  std::size_t used = 0;
};

base::Error wrong_words(std::string message) {
  return {base::ErrorCode::kInvalidArgument, std::move(message), {}, 0, {}};
}

base::Result<Leading> read_leading(const std::vector<std::string>& words) {
  constexpr std::string_view kSocket = "--socket=";
  Leading leading;
  for (; leading.used < words.size(); ++leading.used) {
    const std::string& word = words[leading.used];
    if (word == "-h" || word == "--help") {
      leading.help = true;
    } else if (word == "-V" || word == "--version") {
      leading.version = true;
    } else if (word.starts_with(kSocket)) {
      leading.socket = word.substr(kSocket.size());
    } else if (word == "--socket" && leading.used + 1 < words.size()) {
      leading.socket = words[++leading.used];
    } else if (word == "--socket") {
      return tl::unexpected(wrong_words("option --socket needs one value PATH"));
    } else if (word.starts_with('-')) {
      return tl::unexpected(wrong_words("unknown option '" + printable(word) + "'" +
                                        suggestion(word, {"--help", "--version", "--socket"}) +
                                        "; see `lull --help`"));
    } else {
      break;
    }
  }
  return leading;
}

base::Error unknown_command(const std::string& word) {
  std::vector<std::string_view> names;
  for (const CommandSpec& command : all_commands()) names.push_back(command.name);
  std::string hint = suggestion(word, names);
  if (hint.empty()) hint = "; `lull --help` lists them";
  return wrong_words("unknown command '" + printable(word) + "'" + hint);
}

bool wants_json(const std::vector<std::string>& words) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::find(words.begin(), end, "--json") != end;
}

int say(CliEnvironment& environment, const std::string& text) {
  Context context(environment, "", "", false);
  context.print(text);
  return context.finish(kDone);
}

int refuse(CliEnvironment& environment, const std::vector<std::string>& words,
           const base::Error& error) {
  Context context(environment, "", "", wants_json(words));
  return context.finish(context.fail(error));
}

int run_named(const std::string& name, std::string socket, const std::vector<std::string>& rest,
              CliEnvironment& environment) {
  const CommandSpec* command = find_command(name);
  if (command == nullptr) return refuse(environment, rest, unknown_command(name));
  const auto arguments = Arguments::parse(*command, rest);
  if (!arguments) return refuse(environment, rest, arguments.error());
  if (arguments->has("--help")) return say(environment, command_help(*command));
  if (arguments->has("--socket")) socket = arguments->text("--socket");
  Context context(environment, name, std::move(socket), arguments->has("--json"));
  return context.finish(command->run(*arguments, context));
}

int run_words(std::vector<std::string> words, CliEnvironment& environment) {
  const auto leading = read_leading(words);
  if (!leading) return refuse(environment, words, leading.error());
  if (leading->version) return say(environment, "lull " + std::string(agent::kVersion) + "\n");
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(leading->used));
  if (leading->help || words.empty()) return say(environment, general_help());
  const std::string name = words.front();
  words.erase(words.begin());
  if (name != "help") return run_named(name, leading->socket, words, environment);
  if (words.empty()) return say(environment, general_help());
  return run_named(words.front(), {}, {"--help"}, environment);
}

}  // namespace

int run_cli(int argc, const char* const* argv, CliEnvironment& environment) {
  // Out of memory and the like; what can be said about anything else was said as a value.
  try {
    return run_words(std::vector<std::string>(argv + std::min(argc, 1), argv + argc), environment);
  } catch (const std::exception& error) {
    environment.err << "lull: internal error: " << error.what() << "\n";
    return kFailed;
  }
}

}  // namespace lull::commands
