// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The one table of commands. Parsing, help and completion derive from it.
namespace lull::commands {

class Arguments;
class Context;

// What a shell may offer for a value.
enum class Complete : std::uint8_t {
  kNothing,
  kWords,  // those listed beside it
  kFiles,
  kJobs,        // first column of `lull jobs`
  kCategories,  // first column of `lull rules list`
  kSettings,    // keys of the setting table
};

struct OptionSpec {
  std::string_view name;             // "--sort"
  std::string_view short_name = {};  // "-n" or empty
  std::string_view value = {};       // "N"; empty: a flag
  std::string_view help = {};
  bool value_optional = false;  // --watch[=SECONDS]
  bool repeated = false;
  Complete complete = Complete::kNothing;
  std::vector<std::string_view> words = {};
};

struct ArgumentSpec {
  std::string_view name;  // "PATH"
  bool required = true;
  bool many = false;
  std::string_view help = {};
  Complete complete = Complete::kNothing;
  std::vector<std::string_view> words = {};
  bool other_words = false;  // may be something else, unless that looks like one of them misspelt
};

struct ExampleSpec {
  std::string_view command;
  std::string_view what;
};

struct CommandSpec {
  std::string_view name;
  std::string_view summary;  // one line
  std::string_view details = {};
  std::vector<ArgumentSpec> arguments = {};
  std::vector<OptionSpec> options = {};
  std::vector<ExampleSpec> examples = {};
  int (*run)(const Arguments&, Context&) = nullptr;  // the exit code
};

// In the order in which help lists them.
std::span<const CommandSpec> all_commands();
const CommandSpec* find_command(std::string_view name);
// Options that every command has.
std::span<const OptionSpec> common_options();

// "lull top [-n N] [--sort memory|cpu] [--json]"
std::string usage_line(const CommandSpec& command);
std::string command_help(const CommandSpec& command);
std::string general_help();

// One file each.
int run_agent_command(const Arguments& arguments, Context& context);
int run_status(const Arguments& arguments, Context& context);
int run_top(const Arguments& arguments, Context& context);
int run_size(const Arguments& arguments, Context& context);
int run_scan(const Arguments& arguments, Context& context);
int run_clean(const Arguments& arguments, Context& context);
int run_optimize(const Arguments& arguments, Context& context);
int run_undo(const Arguments& arguments, Context& context);
int run_jobs(const Arguments& arguments, Context& context);
int run_why(const Arguments& arguments, Context& context);
int run_run(const Arguments& arguments, Context& context);
int run_popover(const Arguments& arguments, Context& context);
int run_pause(const Arguments& arguments, Context& context);
int run_resume(const Arguments& arguments, Context& context);
int run_history(const Arguments& arguments, Context& context);
int run_rules(const Arguments& arguments, Context& context);
int run_config(const Arguments& arguments, Context& context);
int run_metrics(const Arguments& arguments, Context& context);
int run_completion(const Arguments& arguments, Context& context);

}  // namespace lull::commands
