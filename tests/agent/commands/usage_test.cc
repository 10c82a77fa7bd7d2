// SPDX-License-Identifier: MIT
// Wrong words, help and version: what the table promises.
#include <algorithm>
#include <set>

#include "agent/commands/command_table.h"
#include "agent/version.h"
#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using Words = std::vector<std::string>;

TEST_F(CliTest, has_every_command_of_this_version) {
  std::set<std::string_view> names;
  for (const CommandSpec& command : all_commands()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    EXPECT_NE(command.run, nullptr) << command.name;
    EXPECT_FALSE(command.summary.empty()) << command.name;
    EXPECT_GE(command.examples.size(), 2u) << command.name;
  }
  const std::set<std::string_view> contract = {
      "agent",  "status",  "top",     "size",     "scan",      "clean",   "undo",
      "jobs",   "why",     "run",     "pause",    "resume",    "history", "rules",
      "config", "metrics", "popover", "optimize", "completion"};
  EXPECT_EQ(names, contract);
}

TEST_F(CliTest, every_command_and_option_is_in_the_help) {
  ASSERT_EQ(lull({"--help"}), 0);
  const std::string general = out();
  for (const CommandSpec& command : all_commands()) {
    EXPECT_THAT(general, HasSubstr("\n  " + std::string(command.name) + " "));
    ASSERT_EQ(lull({std::string(command.name), "--help"}), 0) << command.name;
    EXPECT_THAT(out(), HasSubstr("Usage: lull " + std::string(command.name)));
    for (const OptionSpec& option : command.options)
      EXPECT_THAT(out(), HasSubstr(std::string(option.name))) << command.name;
    for (const ArgumentSpec& argument : command.arguments)
      EXPECT_THAT(out(), HasSubstr(std::string(argument.name))) << command.name;
    EXPECT_THAT(err(), IsEmpty());
  }
  EXPECT_THAT(calls_, IsEmpty());
}

TEST_F(CliTest, help_fits_an_ordinary_terminal) {
  std::vector<Words> pages = {{"--help"}};
  for (const CommandSpec& command : all_commands())
    pages.push_back({std::string(command.name), "-h"});
  for (const Words& page : pages) {
    ASSERT_EQ(lull(page), 0);
    std::istringstream lines(out());
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 96u) << line;
  }
}

TEST_F(CliTest, no_words_at_all_show_the_help) {
  EXPECT_EQ(lull({}), 0);
  EXPECT_THAT(out(), StartsWith("lull - "));
  EXPECT_EQ(lull({"help"}), 0);
  EXPECT_THAT(out(), StartsWith("lull - "));
  EXPECT_EQ(lull({"help", "size"}), 0);
  EXPECT_THAT(out(), StartsWith("lull size - "));
}

TEST_F(CliTest, tells_its_version) {
  for (const char* word : {"--version", "-V"}) {
    EXPECT_EQ(lull({word}), 0);
    EXPECT_EQ(out(), "lull " + std::string(agent::kVersion) + "\n");
  }
}

struct Wrong {
  Words words;
  std::string says;
};

TEST_F(CliTest, wrong_words_exit_2_and_name_the_nearest) {
  const std::vector<Wrong> wrongs = {
      {{"statsu"}, "unknown command 'statsu', did you mean 'status'?"},
      {{"frobnicate"}, "unknown command 'frobnicate'; `lull --help` lists them"},
      {{""}, "unknown command ''"},
      {{"--versoin"}, "unknown option '--versoin', did you mean '--version'?"},
      {{"--socket"}, "--socket needs one value PATH"},
      {{"status", "--jsno"}, "unknown option '--jsno', did you mean '--json'?"},
      {{"status", "--watch=x"}, "'x' for --watch is not a number of seconds"},
      {{"status", "--watch=0"}, "'0' for --watch"},
      {{"status", "--watch=nan"}, "'nan' for --watch"},
      {{"status", "--format", "waybra"}, "'waybra' is no FORMAT"},
      {{"status", "--format", "waybra"}, "did you mean 'waybar'?"},
      {{"status", "--format=plain", "--json"}, "exclude each other"},
      {{"status", "extra"}, "lull status does not expect 'extra'"},
      {{"status", "--format"}, "option --format needs one value FORMAT"},
      {{"top", "-n", "0"}, "'0' for --limit is not a whole number from 1 to 10000"},
      {{"top", "-n", "ten"}, "'ten' for --limit"},
      {{"top", "-n", "5x"}, "'5x' for --limit"},
      {{"top", "-n", "99999999999999999999"}, "for --limit is not a whole number"},
      {{"top", "--sort", "memoy"}, "did you mean 'memory'?"},
      {{"size"}, "lull size needs a PATH"},
      {{"size", ""}, "a PATH is empty"},
      {{"why"}, "lull why needs a JOB"},
      {{"why", "scan", "more"}, "lull why does not expect 'more'"},
      {{"history", "-n", "-1"}, "'-1' for --limit is not a whole number"},
      {{"rules", "lst"}, "did you mean 'list'?"},
      {{"rules", "show"}, "lull rules show needs an ID"},
      {{"rules", "check"}, "lull rules check needs a FILE"},
      {{"rules", "list", "x"}, "does not expect 'x'"},
      {{"rules", "pip", "x"}, "lull rules pip does not expect 'x'"},
      {{"config", "shwo"}, "did you mean 'show'?"},
      {{"config", "set"}, "needs a KEY and a VALUE"},
      {{"config", "set", "ui.theme"}, "needs a KEY and a VALUE"},
      {{"config", "path", "x"}, "lull config path does not expect 'x'"},
      {{"config", "check", "a", "b"}, "lull config check does not expect 'b'"},
      {{"completion"}, "lull completion needs a SHELL"},
      {{"completion", "basch"}, "did you mean 'bash'?"},
      {{"pause", "soon"}, "'soon' is neither a duration"},
      {{"pause", "0"}, "is neither a duration"},
      {{"pause", "400 d"}, "is neither a duration"},
      {{"pause", ""}, "is neither a duration"},
      {{"metrics", "--json"}, "unknown option '--json'"}};
  for (const Wrong& wrong : wrongs) {
    EXPECT_EQ(lull(wrong.words), 2) << wrong.says;
    const bool as_json = wrong.words.back() == "--json";
    EXPECT_THAT(as_json ? out() : err(), HasSubstr(wrong.says));
    EXPECT_THAT(as_json ? err() : out(), IsEmpty()) << wrong.says;
  }
  EXPECT_THAT(calls_, IsEmpty());
}

TEST_F(CliTest, wrong_words_with_json_are_a_document) {
  EXPECT_EQ(lull({"top", "--sort", "x", "--json"}), 2);
  EXPECT_EQ(json().at("error").at("code"), "invalid-argument");
  EXPECT_TRUE(json().at("error").at("path").is_null());
  EXPECT_THAT(err(), IsEmpty());
  EXPECT_EQ(lull({"optimise", "--json"}), 2);
  EXPECT_EQ(json().at("error").at("message"),
            "unknown command 'optimise', did you mean 'optimize'?");
}

TEST_F(CliTest, words_behind_two_dashes_are_no_options) {
  answer("Size", kSizeDocument);
  (void)lull({"size", "--", "--json", "-x", "--"});
  ASSERT_EQ(calls_.size(), 1u);
  EXPECT_EQ(calls_[0].parameters.at("paths"),
            (boost::json::array{"/work/here/--json", "/work/here/-x", "/work/here/--"}));
}

TEST_F(CliTest, names_of_commands_are_ordinary_words_elsewhere) {
  answer("Size", kSizeDocument);
  (void)lull({"size", "top", "config", "help"});
  ASSERT_EQ(calls_.size(), 1u);
  EXPECT_EQ(calls_[0].parameters.at("paths"),
            (boost::json::array{"/work/here/top", "/work/here/config", "/work/here/help"}));
}

TEST_F(CliTest, words_reach_the_command_as_they_were_typed) {
  answer("Size", kSizeDocument);
  (void)lull({"size", "[a,b]", "\"quoted\"", "{}", "a b", "%%", "-"});
  ASSERT_EQ(calls_.size(), 1u);
  EXPECT_EQ(calls_[0].parameters.at("paths"),
            (boost::json::array{"/work/here/[a,b]", "/work/here/\"quoted\"", "/work/here/{}",
                                "/work/here/a b", "/work/here/%%", "/work/here/-"}));
  answer("Scan", "{}");
  (void)lull({"scan", "--category", "[a,b]", "--category=\"x\""});
  EXPECT_EQ(calls_[1].parameters.at("categories"), (boost::json::array{"[a,b]", "\"x\""}));
}

TEST_F(CliTest, messages_cannot_write_escape_sequences) {
  EXPECT_EQ(lull({"\x1b[31mred\xff\n"}), 2);
  EXPECT_EQ(err().find('\x1b'), std::string::npos);
  EXPECT_EQ(err().find('\n'), err().size() - 1) << "one line";
  EXPECT_EQ(lull({"status", "--\x1b[31m"}), 2);
  EXPECT_EQ(err().find('\x1b'), std::string::npos);
  EXPECT_EQ(lull({"pause", "\x1b]0;x\x07"}), 2);
  EXPECT_EQ(err().find('\x1b'), std::string::npos);
}

TEST_F(CliTest, very_long_and_very_many_words_are_just_wrong) {
  EXPECT_EQ(lull({std::string(1 << 20, 'x')}), 2);
  EXPECT_EQ(lull(Words(10'000, "status")), 2);
  EXPECT_EQ(lull({"top", "--sort=" + std::string(1 << 20, 'x')}), 2);
}

TEST_F(CliTest, the_agent_gets_its_options) {
  const std::string file = write("my.toml", "");
  EXPECT_EQ(lull({"agent"}), 0);
  EXPECT_EQ(lull({"--socket", "/run/s", "agent", "--no-tray", "--config", file}), 0);
  ASSERT_EQ(agents_.size(), 2u);
  EXPECT_EQ(agents_[0].config, "");
  EXPECT_EQ(agents_[0].socket, "");
  EXPECT_TRUE(agents_[0].tray);
  EXPECT_EQ(agents_[1].config, file);
  EXPECT_EQ(agents_[1].socket, "/run/s");
  EXPECT_FALSE(agents_[1].tray);
}

TEST_F(CliTest, an_agent_with_a_settings_file_that_is_not_there_does_not_start) {
  EXPECT_EQ(lull({"agent", "--config", "nowhere.toml"}), 2);
  EXPECT_THAT(err(), HasSubstr("/work/here/nowhere.toml"));
  EXPECT_THAT(agents_, IsEmpty());
}

}  // namespace
}  // namespace lull::commands
