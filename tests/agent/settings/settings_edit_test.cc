// SPDX-License-Identifier: MIT
#include "agent/settings_edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lull::agent {
namespace {

using ::testing::HasSubstr;

std::string edited(std::string_view text, std::string_view key, std::string_view value) {
  const auto row = find_dotted_setting(key);
  EXPECT_TRUE(row.has_value()) << key;
  const auto result = edit_settings(text, "c.toml", **row, value);
  EXPECT_TRUE(result.has_value()) << result.error().to_string();
  return result.value_or("");
}

std::string refusal(std::string_view text, std::string_view key, std::string_view value) {
  const auto row = find_dotted_setting(key);
  if (!row) return row.error().to_string();
  const auto result = edit_settings(text, "c.toml", **row, value);
  EXPECT_FALSE(result.has_value()) << *result;
  return result ? "" : result.error().to_string();
}

TEST(SettingsEdit, replaces_the_value_and_nothing_else) {
  EXPECT_EQ(edited("# mine\n[ui]\n  theme   =  \"dark\"   # at night\nicon='bars'\n", "ui.theme",
                   "light"),
            "# mine\n[ui]\n  theme   =  \"light\"   # at night\nicon='bars'\n");
}

TEST(SettingsEdit, finds_the_value_behind_wide_characters_and_a_byte_order_mark) {
  EXPECT_EQ(edited("\xEF\xBB\xBFui={ \"label\" = \"none\", 'theme' = \"dark\" } # né\n", "ui.theme",
                   "light"),
            "\xEF\xBB\xBFui={ \"label\" = \"none\", 'theme' = \"light\" } # né\n");
  EXPECT_EQ(edited("clean={keep=[\"é€𝄞\"],purge_after=\"1 d\"}", "clean.purge_after", "2 d"),
            "clean={keep=[\"é€𝄞\"],purge_after=\"2 d\"}");
}

TEST(SettingsEdit, replaces_a_list_over_several_lines) {
  EXPECT_EQ(edited("[clean]\nkeep = [\n  \"a\", # one\n  \"b\",\n] # end\ntiers = []\n",
                   "clean.keep", "[\"c\"]"),
            "[clean]\nkeep = [\"c\"] # end\ntiers = []\n");
}

TEST(SettingsEdit, adds_a_key_behind_the_last_of_its_section) {
  EXPECT_EQ(edited("[ui]\n\ttheme = \"dark\"\n\n# other\n[clean]\ntiers = []\n", "ui.label", "cpu"),
            "[ui]\n\ttheme = \"dark\"\n\tlabel = \"cpu\"\n\n# other\n[clean]\ntiers = []\n");
  EXPECT_EQ(edited("[ui] # empty\n[clean]\n", "ui.label", "cpu"),
            "[ui] # empty\nlabel = \"cpu\"\n[clean]\n");
  EXPECT_EQ(edited("[ui]", "ui.label", "cpu"), "[ui]\nlabel = \"cpu\"\n");
  EXPECT_EQ(edited("[clean]\nkeep = [\n  \"a\",\n]\n[ui]\n", "clean.tiers", "safe"),
            "[clean]\nkeep = [\n  \"a\",\n]\ntiers = [\"safe\"]\n[ui]\n");
}

TEST(SettingsEdit, adds_to_inline_tables_and_dotted_keys_as_they_are_written) {
  EXPECT_EQ(edited("ui = { theme = \"dark\" }\n", "ui.label", "cpu"),
            "ui = { theme = \"dark\", label = \"cpu\" }\n");
  EXPECT_EQ(edited("ui = {}\n", "ui.label", "cpu"), "ui = { label = \"cpu\" }\n");
  EXPECT_EQ(edited("ui.theme = \"dark\"\nclean.keep = []\n", "ui.label", "cpu"),
            "ui.theme = \"dark\"\nui.label = \"cpu\"\nclean.keep = []\n");
}

TEST(SettingsEdit, adds_a_section_at_the_end) {
  EXPECT_EQ(edited("", "ui.theme", "dark"), "[ui]\ntheme = \"dark\"\n");
  EXPECT_EQ(edited("[clean]\ntiers = [] # x", "ui.theme", "dark"),
            "[clean]\ntiers = [] # x\n\n[ui]\ntheme = \"dark\"\n");
}

TEST(SettingsEdit, keeps_the_line_ends_of_the_file) {
  EXPECT_EQ(edited("[ui]\r\ntheme = \"dark\"\r\n", "ui.label", "cpu"),
            "[ui]\r\ntheme = \"dark\"\r\nlabel = \"cpu\"\r\n");
  EXPECT_EQ(edited("[ui]\r\ntheme = \"dark\"\r\n", "clean.purge_after", "1 d"),
            "[ui]\r\ntheme = \"dark\"\r\n\r\n[clean]\r\npurge_after = \"1 d\"\r\n");
}

TEST(SettingsEdit, takes_toml_and_bare_words) {
  EXPECT_EQ(edited("", "automation.scan_interval", "90"),
            "[automation]\nscan_interval = \"90 s\"\n");
  EXPECT_EQ(edited("", "automation.scan_interval", "6h"),
            "[automation]\nscan_interval = \"6 h\"\n");
  EXPECT_EQ(edited("", "automation.scan_interval", "\"1 d\""),
            "[automation]\nscan_interval = \"1 d\"\n");
  EXPECT_EQ(edited("", "automation.quiet_hours", "22:00-07:00"),
            "[automation]\nquiet_hours = \"22:00-07:00\"\n");
  EXPECT_EQ(edited("", "performance.max_memory_chunk", "64 MiB"),
            "[performance]\nmax_memory_chunk = \"64 MiB\"\n");
  EXPECT_EQ(edited("", "performance.adaptive_memory", "false"),
            "[performance]\nadaptive_memory = false\n");
  EXPECT_EQ(edited("", "clean.keep", "/home/u/a b"), "[clean]\nkeep = [\"/home/u/a b\"]\n");
  EXPECT_EQ(edited("", "clean.keep", "[\"a\", \"b\"]"), "[clean]\nkeep = [\"a\", \"b\"]\n");
  EXPECT_EQ(edited("", "metrics.textfile", "/tmp/a.prom"),
            "[metrics]\ntextfile = \"/tmp/a.prom\"\n");
}

TEST(SettingsEdit, a_value_cannot_bring_other_keys_along) {
  EXPECT_THAT(refusal("", "performance.dir_cache_size", "1\n[ui]\ntheme = \"dark\""),
              HasSubstr("is not a whole number"));
  EXPECT_EQ(edited("", "clean.keep", "x\" ]\n[ui]\ntheme=\"dark\"\n#"),
            "[clean]\nkeep = [\"x\\\" ]\\u000A[ui]\\u000Atheme=\\\"dark\\\"\\u000A#\"]\n");
}

TEST(SettingsEdit, says_what_is_wrong_with_key_and_value) {
  EXPECT_THAT(refusal("", "ui.thme", "dark"), HasSubstr("did you mean \"theme\"?"));
  EXPECT_THAT(refusal("", "uy.theme", "dark"), HasSubstr("did you mean \"ui.theme\"?"));
  EXPECT_THAT(refusal("", "theme", "dark"), HasSubstr("did you mean \"ui.theme\"?"));
  EXPECT_THAT(refusal("", "", "dark"), HasSubstr("unknown setting"));
  EXPECT_THAT(refusal("", "ui", "dark"), HasSubstr("its keys are"));
  EXPECT_THAT(refusal("", "ui.theme", "drak"), HasSubstr("did you mean \"dark\"?"));
  EXPECT_THAT(refusal("", "performance.dir_cache_size", "-1"), HasSubstr("is not a whole number"));
  EXPECT_THAT(refusal("", "clean.keep", "a\xFF"), HasSubstr("not UTF-8"));
}

TEST(SettingsEdit, does_not_touch_a_text_with_errors) {
  EXPECT_THAT(refusal("[ui]\ntheme = dark\n", "ui.label", "cpu"), HasSubstr("c.toml:2:"));
  EXPECT_THAT(refusal("[ui]\nbogus = 1\n", "ui.label", "cpu"), HasSubstr("unknown key \"bogus\""));
  // Not even to mend the key itself: what else is wrong cannot be known.
  EXPECT_THAT(refusal("[ui]\ntheme = \"x\"\n", "ui.theme", "dark"), HasSubstr("c.toml:2:9"));
}

// Whatever layout the file has, after a change of any key the value is there and all else is kept.
TEST(SettingsEdit, every_key_can_be_changed_in_every_layout) {
  const std::vector<std::string> layouts = {
      "",
      "\n\n# only a comment",
      "[ui]\n[clean]\n[relief]\n[automation]\n[performance]\n[metrics]\n",
      "ui={}\nclean={}\nrelief={}\nautomation={}\nperformance={}\nmetrics={}\n",
      "ui={theme=\"dark\"}\nclean.tiers=[]\n[relief]\nexclude=[\n]#x\n[performance]#y\r\n",
      "ui.theme='dark'\n  clean . tiers = [ 'safe' ]\n[automation]\n on_battery=true"};
  for (const std::string& layout : layouts)
    for (const SettingInfo& info : setting_table()) {
      const std::string key = std::string(info.section) + "." + std::string(info.key);
      auto expected = *parse_settings(layout, "x");
      const auto row = find_dotted_setting(key);
      ASSERT_TRUE(assign_setting(**row, info.default_text, expected).has_value()) << key;
      const auto result = edit_settings(layout, "x", **row, info.default_text);
      ASSERT_TRUE(result.has_value()) << key << " in " << layout << result.error().to_string();
      EXPECT_EQ(show_settings(*parse_settings(*result, "x")), show_settings(expected)) << *result;
    }
}

}  // namespace
}  // namespace lull::agent
