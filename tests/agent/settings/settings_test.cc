// SPDX-License-Identifier: MIT
#include "agent/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lull::agent {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

Settings parsed(std::string_view toml) {
  auto settings = parse_settings(toml, "config.toml");
  EXPECT_TRUE(settings.has_value()) << settings.error().to_string();
  return settings.value_or(Settings{});
}

// The message of the refusal; fails the test if there is none.
std::string refusal(std::string_view toml) {
  const auto settings = parse_settings(toml, "config.toml");
  EXPECT_FALSE(settings.has_value()) << "accepted: " << toml;
  if (settings) return {};
  EXPECT_EQ(settings.error().code, base::ErrorCode::kInvalidArgument);
  return settings.error().to_string();
}

TEST(Settings, an_empty_file_leaves_every_default) {
  EXPECT_EQ(show_settings(parsed("")), show_settings(Settings{}));
  EXPECT_EQ(show_settings(parsed("# nothing\n[ui]\n")), show_settings(Settings{}));
}

TEST(Settings, every_kind_of_value_reaches_its_field) {
  const Settings settings = parsed(R"(
    [performance]
    max_parallel_deletes = 8
    dir_cache_ttl = "10 min"
    adaptive_memory = false
    max_memory_chunk = "1 GiB"
    [automation]
    clean = "on"
    quiet_hours = "22:00-07:30"
    idle_cpu_percent = 12.5
    [clean]
    tiers = ["safe", "costly"]
    keep = ["/home/u/keep", "*.iso"]
    [metrics]
    textfile = "/var/lib/node/lull.prom")");
  EXPECT_EQ(settings.performance.max_parallel_deletes, 8);
  EXPECT_EQ(settings.performance.dir_cache_ttl, 10min);
  EXPECT_FALSE(settings.performance.adaptive_memory);
  EXPECT_EQ(settings.performance.max_memory_chunk, 1ull << 30);
  EXPECT_EQ(settings.automation.clean, "on");
  ASSERT_TRUE(settings.automation.quiet_hours.has_value());
  EXPECT_EQ(settings.automation.quiet_hours->from, 22h);
  EXPECT_EQ(settings.automation.quiet_hours->to, 7h + 30min);
  EXPECT_EQ(settings.automation.idle_cpu_percent, 12.5);
  EXPECT_THAT(settings.clean.tiers, ElementsAre("safe", "costly"));
  EXPECT_THAT(settings.clean.keep, ElementsAre("/home/u/keep", "*.iso"));
  EXPECT_EQ(settings.metrics.textfile, "/var/lib/node/lull.prom");
}

TEST(Settings, durations_and_sizes_may_be_whole_numbers) {
  const Settings settings = parsed(
      "performance.dir_cache_ttl = 90\nperformance.max_memory_chunk = 2097152\n"
      "relief.target_available_percent = 15\n");
  EXPECT_EQ(settings.performance.dir_cache_ttl, 90s);
  EXPECT_EQ(settings.performance.max_memory_chunk, 2u << 20);
  EXPECT_EQ(settings.relief.target_available_percent, 15.0);
}

TEST(Settings, words_for_nothing_are_understood) {
  EXPECT_FALSE(parsed("[automation]\nquiet_hours = \"none\"").automation.quiet_hours.has_value());
  EXPECT_EQ(parsed("[metrics]\ntextfile = \"off\"").metrics.textfile, "");
  EXPECT_THAT(parsed("[clean]\ntiers = []").clean.tiers, IsEmpty());
}

TEST(Settings, what_is_shown_can_be_read_again) {
  Settings settings;
  settings.performance.dir_cache_ttl = 3h + 25min + 45s;
  settings.performance.max_memory_chunk = (50u << 20) + 1;
  settings.automation.quiet_hours = QuietHours{23h + 5min, 6h};
  settings.clean.keep = {"C:\\odd \"name\"", "tab\there", "naïve/été"};
  std::string toml;
  for (const auto& [key, value] : show_settings(settings)) toml += key + " = " + value + "\n";
  EXPECT_EQ(show_settings(parsed(toml)), show_settings(settings)) << toml;
}

TEST(Settings, an_unknown_key_names_place_and_nearest_key) {
  EXPECT_EQ(refusal("[performance]\n\n  max_paralel_scans = 4\n"),
            "config.toml:3:3: unknown key \"max_paralel_scans\" in [performance], "
            "did you mean \"max_parallel_scans\"?");
  EXPECT_EQ(refusal("[perfomance]\n"),
            "config.toml:1:2: unknown section or key \"perfomance\", "
            "did you mean \"performance\"?");
}

TEST(Settings, a_key_in_the_wrong_section_is_told_where_it_belongs) {
  EXPECT_THAT(refusal("[ui]\nidle_after = \"1 min\"\n"), HasSubstr("it belongs in [automation]"));
  EXPECT_THAT(refusal("theme = \"dark\"\n"), HasSubstr("it belongs in [ui]"));
}

TEST(Settings, a_key_like_no_other_lists_the_keys_there_are) {
  EXPECT_THAT(refusal("[ui]\nzzzzzzzzzz = 1\n"),
              HasSubstr("its keys are theme, text_size, icon, label and accessible_text"));
}

TEST(Settings, a_wrong_type_or_value_names_place_value_and_range) {
  EXPECT_EQ(refusal("[performance]\nmax_parallel_deletes = \"four\""),
            "config.toml:2:24: performance.max_parallel_deletes: \"four\" is not a whole number "
            "from 1 to 64");
  EXPECT_THAT(refusal("[performance]\nmax_parallel_deletes = 65"), HasSubstr("65 is not a whole"));
  EXPECT_THAT(refusal("[performance]\nmax_parallel_deletes = 4.0"), HasSubstr("is not a whole"));
  EXPECT_THAT(refusal("[performance]\nadaptive_memory = 1"), HasSubstr("1 is not true or false"));
  EXPECT_EQ(refusal("[ui]\ntheme = \"drak\""),
            "config.toml:2:9: ui.theme: \"drak\" is not one of system, dark or light, "
            "did you mean \"dark\"?");
  EXPECT_THAT(refusal("[clean]\ntiers = [\"safe\", \"costy\"]"), HasSubstr("mean \"costly\"?"));
  EXPECT_THAT(refusal("[clean]\nkeep = [1, 2]"), HasSubstr("is not a list of texts"));
  EXPECT_THAT(refusal("[clean]\nkeep = [\"\"]"), HasSubstr("is not a list of texts"));
  EXPECT_THAT(refusal("[clean]\npurge_after = 1979-05-27"), HasSubstr("1979-05-27 is not a dur"));
}

TEST(Settings, numbers_that_are_none_are_refused) {
  EXPECT_THAT(refusal("[automation]\nidle_cpu_percent = nan"), HasSubstr("is not a number from"));
  EXPECT_THAT(refusal("[automation]\nidle_cpu_percent = inf"), HasSubstr("is not a number from"));
  EXPECT_THAT(refusal("[automation]\nidle_after = -1"), HasSubstr("is not a duration"));
  EXPECT_THAT(refusal("[automation]\nidle_after = 9223372036854775807"), HasSubstr("duration"));
  EXPECT_THAT(refusal("[performance]\nmax_memory_chunk = -5"), HasSubstr("is not a size"));
  EXPECT_THAT(refusal("[performance]\nmax_memory_chunk = \"9999999 TiB\""), HasSubstr("a size"));
}

TEST(Settings, quiet_hours_that_are_none_are_refused) {
  for (const char* text : {"22-07", "22:00", "25:00-07:00", "22:60-07:00", "2:00-7:00",
                           "22:00-22:00", "22:00 - 07:00", "22:00-07:00x", "aa:bb-cc:dd"})
    EXPECT_THAT(refusal("[automation]\nquiet_hours = \"" + std::string(text) + "\""),
                HasSubstr("is not hours such as"))
        << text;
}

TEST(Settings, the_metrics_file_must_be_absolute_and_end_in_prom) {
  EXPECT_THAT(refusal("[metrics]\ntextfile = \"lull.prom\""), HasSubstr("absolute path"));
  EXPECT_THAT(refusal("[metrics]\ntextfile = \"/var/lull.txt\""), HasSubstr(".prom"));
}

TEST(Settings, sections_and_keys_cannot_take_each_others_place) {
  EXPECT_THAT(refusal("ui = 3"), HasSubstr("ui is a section: write [ui]"));
  EXPECT_THAT(refusal("[[ui]]\ntheme = \"dark\""), HasSubstr("ui is a section"));
  EXPECT_THAT(refusal("[ui.theme]\na = 1"), HasSubstr("a section is not one of"));
}

TEST(Settings, broken_toml_names_the_place) {
  EXPECT_THAT(refusal("[ui]\ntheme = dark\n"), StartsWith("config.toml:2:"));
  EXPECT_THAT(refusal("[ui]\ntheme = \"dark\"\ntheme = \"light\"\n"), StartsWith("config.toml:3:"));
  EXPECT_THAT(refusal("[ui\n"), StartsWith("config.toml:1:"));
}

TEST(Settings, all_errors_are_listed_in_the_order_of_the_file) {
  const auto errors = find_settings_errors(
      "[ui]\ntheme = \"x\"\nbogus = 1\n[automation]\nclean = 5\n[nowhere]\n", "c.toml");
  ASSERT_EQ(errors.size(), 4u);
  EXPECT_THAT(errors[0].message, StartsWith("c.toml:2:9: ui.theme"));
  EXPECT_THAT(errors[1].message, StartsWith("c.toml:3:1: unknown key \"bogus\""));
  EXPECT_THAT(errors[2].message, StartsWith("c.toml:5:9: automation.clean"));
  EXPECT_THAT(errors[3].message, StartsWith("c.toml:6:2: unknown section"));
  EXPECT_THAT(find_settings_errors("[ui]\ntheme = \"dark\"\n", "c.toml"), IsEmpty());
}

TEST(Settings, quiet_hours_wrap_around_midnight) {
  const QuietHours night{22h, 7h};
  EXPECT_TRUE(night.contains(23h));
  EXPECT_TRUE(night.contains(0min));
  EXPECT_TRUE(night.contains(22h));
  EXPECT_TRUE(night.contains(6h + 59min));
  EXPECT_FALSE(night.contains(7h));
  EXPECT_FALSE(night.contains(12h));
  const QuietHours noon{12h, 13h};
  EXPECT_TRUE(noon.contains(12h));
  EXPECT_FALSE(noon.contains(13h));
  EXPECT_FALSE(noon.contains(23h));
}

}  // namespace
}  // namespace lull::agent
