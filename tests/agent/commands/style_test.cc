// SPDX-License-Identifier: MIT
#include "agent/commands/style.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lull::commands {
namespace {

Style style(bool terminal, unsigned width, const std::string& locale = "C.UTF-8") {
  return Style(
      [locale](std::string_view name) -> std::optional<std::string> {
        if (name == "LC_ALL") return locale;
        if (name == "NO_COLOR") return "1";
        return std::nullopt;
      },
      terminal, width);
}

TEST(DisplayWidth, counts_columns_and_not_bytes) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("é"), 1u);
  EXPECT_EQ(display_width("e\u0301"), 1u);
  EXPECT_EQ(display_width("漢字"), 4u);
  EXPECT_EQ(display_width("🙂"), 2u);
}

TEST(Printable, escapes_what_could_change_the_terminal_or_deceive) {
  EXPECT_EQ(printable("plain é 漢 100%"), "plain é 漢 100%");
  EXPECT_EQ(printable("\x1b[31m"), "%1B[31m");
  EXPECT_EQ(printable("a\nb"), "a%0Ab");
  EXPECT_EQ(printable("\xff"), "%FF");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "%C2%9B31m")
      << "CSI as one character";
  EXPECT_EQ(printable("exe.\u202Etxt"), "exe.%E2%80%AEtxt") << "right-to-left override";
}

TEST(StyleCut, cuts_at_columns_and_never_inside_a_character) {
  const Style narrow = style(true, 80);
  EXPECT_EQ(narrow.cut("abcdef", 6), "abcdef");
  EXPECT_EQ(narrow.cut("abcdef", 4), "abc…");
  EXPECT_EQ(narrow.cut("漢字漢字", 4), "漢…");
  EXPECT_EQ(narrow.cut("abc", 0), "");
  EXPECT_EQ(style(true, 80, "C").cut("abcdef", 5), "ab...");
}

TEST(TextTable, aligns_and_leaves_nothing_behind_the_last_column) {
  TextTable table({{"NAME"}, {"SIZE", TextTable::Align::kRight}, {"NOTE"}});
  table.add({{"é"}, {"1"}, {""}});
  table.add({{"longer"}, {"1000"}, {"x"}});
  EXPECT_EQ(table.render(style(false, 0)),
            "NAME    SIZE  NOTE\n"
            "é          1\n"
            "longer  1000  x\n");
}

TEST(TextTable, shrinks_only_the_columns_that_may) {
  TextTable table({{"PID", TextTable::Align::kRight}, {"NAME", TextTable::Align::kLeft, true}});
  table.add({{"123456"}, {"a very long name indeed"}});
  EXPECT_EQ(table.render(style(true, 20)), "   PID  NAME\n123456  a very long…\n");
  EXPECT_EQ(table.render(style(true, 5)), "   PID  NAME\n123456  a very …\n");
  EXPECT_EQ(table.render(style(false, 20)), "   PID  NAME\n123456  a very long name indeed\n");
}

}  // namespace
}  // namespace lull::commands
