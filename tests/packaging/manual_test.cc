// SPDX-License-Identifier: MIT
#include <array>
#include <cstdio>
#include <regex>
#include <sstream>

#include "packaging/manual/pages.h"
#include "packaging/manual/roff.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/commands/command_table.h"
#include "agent/settings.h"
#include "tests/support/temp_dir.h"
#include "ui/options.h"

namespace lull::manual {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Edition kEdition{"0.1.0", "2026-11-26"};

struct Made {
  const char* file;
  std::string text;
};

std::vector<Made> all_pages() {
  return {{"lull.1", lull_page(kEdition)},
          {"lull-popover.1", popover_page(kEdition)},
          {"lull.toml.5", settings_page(kEdition)}};
}

// What a shell command says, and whether it ended well.
std::pair<std::string, bool> shell(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    text.append(buffer.data(), n);
  return {text, ::pclose(pipe) == 0};
}

TEST(Roff, shows_text_byte_for_byte) {
  EXPECT_EQ(literal("--n \\fB"), "\\-\\-n \\efB");
  EXPECT_EQ(literal("it's `x` ~/a^b \"c\""), "it\\(aqs \\(gax\\(ga \\(ti/a\\(hab \\(dqc\\(dq");
  EXPECT_EQ(literal("a · b €"), "a \\[u00B7] b \\[u20AC]");
  EXPECT_EQ(prose("see `lull why`, then"), "see \\fBlull why\\fR, then");
  EXPECT_EQ(prose(""), "");
}

TEST(Roff, no_line_of_text_is_a_request) {
  Page page({"x", "1", "2026-11-26", "1", "User Commands"});
  page.paragraph(literal(".so /etc/passwd"));
  page.command("'br");
  page.item(".tag", ".text");
  EXPECT_THAT(page.text(), HasSubstr("\n\\&.so /etc/passwd\n"));
  EXPECT_THAT(page.text(), HasSubstr("\\(aqbr"));
  EXPECT_THAT(page.text(), HasSubstr(".TP\n\\&.tag\n\\&.text\n"));
}

TEST(Roff, lines_are_short_and_hold_every_word) {
  Page page({"x", "1", "2026-11-26", "1", "User Commands"});
  std::string text;
  for (int i = 0; i < 100; ++i) text += "word" + std::to_string(i) + " ";
  page.paragraph(text);
  std::string joined;
  std::istringstream lines(page.text().substr(page.text().find("word0")));
  for (std::string line; std::getline(lines, line); joined += line + " ")
    EXPECT_LE(line.size(), 78u);
  EXPECT_EQ(joined, text);
}

TEST(Manual, names_every_command_option_and_argument) {
  const std::string page = lull_page(kEdition);
  for (const commands::CommandSpec& command : commands::all_commands()) {
    EXPECT_THAT(page, HasSubstr(".SS " + literal(command.name) + "\n"));
    EXPECT_THAT(page, HasSubstr(bold(commands::usage_line(command))));
    for (const commands::OptionSpec& option : command.options)
      EXPECT_THAT(page, HasSubstr(bold(option.name))) << command.name;
    for (const commands::ExampleSpec& example : command.examples)
      EXPECT_THAT(page, HasSubstr(bold(example.command))) << command.name;
  }
}

TEST(Manual, names_every_option_of_the_window_and_its_help_does_too) {
  const std::string page = popover_page(kEdition);
  for (const ui::OptionInfo& option : ui::option_table()) {
    EXPECT_THAT(page, HasSubstr(bold(option.name)));
    EXPECT_THAT(ui::usage(), HasSubstr(std::string(option.help)));
  }
}

TEST(Manual, names_every_setting_with_its_default) {
  const std::string page = settings_page(kEdition);
  for (const agent::SettingInfo& info : agent::setting_table()) {
    EXPECT_THAT(page, HasSubstr(".SS [" + std::string(info.section) + "]\n"));
    EXPECT_THAT(page, HasSubstr(bold(info.key) + " = " + italic(info.default_text) + "\n"));
  }
}

TEST(Manual, mandoc_has_no_complaint) {
  if (!shell("command -v mandoc").second) GTEST_SKIP() << "no mandoc";
  const support::TempDir directory;
  for (const Made& page : all_pages()) {
    const std::string file = directory.write(page.file, page.text);
    // (Pages that a "see also" names need not be installed where it is built.)
    const auto [talk, well] =
        shell("mandoc -T lint -W style " + file + " | grep -v 'referenced manual not found'");
    EXPECT_THAT(talk, IsEmpty());
  }
}

TEST(Manual, groff_has_no_warning_and_shows_what_was_written) {
  if (!shell("command -v man && command -v groff").second) GTEST_SKIP() << "no man with groff";
  const support::TempDir directory;
  for (const Made& page : all_pages()) {
    const std::string file = directory.write(page.file, page.text);
    EXPECT_THAT(shell("LC_ALL=C.UTF-8 MANROFFSEQ= man --warnings -E UTF-8 -l -Tutf8 -Z " + file +
                      " 2>&1 >/dev/null")
                    .first,
                IsEmpty());
  }
  EXPECT_THAT(
      shell("LC_ALL=C.UTF-8 MANWIDTH=100 man -l " + directory.path() + "/lull.1 | col -b").first,
      HasSubstr("lull size PATH... [--json] [--fresh]"));
}

TEST(SettingsExample, changes_nothing_and_every_line_is_right_when_uncommented) {
  const std::string example = settings_example();
  ASSERT_TRUE(agent::parse_settings(example, "example"));
  for (const std::string& text :
       {example, std::regex_replace(example, std::regex("(^|\n)#([a-z\\[])"), "$1$2")}) {
    const auto settings = agent::parse_settings(text, "example");
    ASSERT_TRUE(settings) << settings.error().to_string();
    EXPECT_EQ(agent::show_settings(*settings), agent::show_settings({}));
  }
  for (const agent::SettingInfo& info : agent::setting_table())
    EXPECT_THAT(example, HasSubstr("\n#" + std::string(info.key) + " = "));
}

}  // namespace
}  // namespace lull::manual
