// SPDX-License-Identifier: MIT
#include "agent/settings_layers.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.h"

namespace lull::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Layers : public ::testing::Test {
 protected:
  LayeredSettings load() {
    auto layers = load_layers({system_, user_});
    EXPECT_TRUE(layers.has_value()) << layers.error().to_string();
    return layers.value_or(LayeredSettings{});
  }
  static SettingState state(const std::vector<SettingState>& states, std::string_view key) {
    const auto table = setting_table();
    for (std::size_t i = 0; i < table.size(); ++i)
      if (dotted(table[i]) == key) return states.at(i);
    ADD_FAILURE() << key;
    return {};
  }
  // What is wrong with a machine's file of this text.
  std::vector<std::string> errors_of(std::string_view text) {
    std::vector<std::string> lines;
    for (const auto& error : find_settings_errors(text, "etc.toml", SettingsFileKind::kSystem))
      lines.push_back(error.to_string());
    return lines;
  }

  const support::TempDir temp_;
  const std::string system_ = temp_ / "etc.toml";
  const std::string user_ = temp_ / "config.toml";
};

TEST_F(Layers, without_any_file_everything_is_a_default) {
  const LayeredSettings layers = load();
  EXPECT_EQ(show_settings(layers.values), show_settings(Settings{}));
  ASSERT_EQ(layers.states.size(), setting_table().size());
  for (const SettingState& one : layers.states) {
    EXPECT_EQ(one.source, SettingSource::kDefault);
    EXPECT_EQ(one.locked_by, "");
  }
  EXPECT_TRUE(load_layers({}).has_value());
}

TEST_F(Layers, each_value_knows_whose_it_is) {
  temp_.write("etc.toml", "[ui]\ntheme = \"light\"\nicon = \"bars\"\n");
  temp_.write("config.toml", "[ui]\ntheme = \"dark\"\n[automation]\nrelief = true\n");
  const LayeredSettings layers = load();
  EXPECT_EQ(layers.values.ui.theme, "dark");
  EXPECT_EQ(state(layers.states, "ui.theme").source, SettingSource::kUser);
  EXPECT_EQ(state(layers.states, "ui.icon").source, SettingSource::kSystem);
  EXPECT_EQ(state(layers.states, "ui.label").source, SettingSource::kDefault);
  EXPECT_EQ(state(layers.states, "automation.relief").source, SettingSource::kUser)
      << "said, if only the default";
}

TEST_F(Layers, a_locked_value_of_the_user_is_ignored_with_its_place) {
  temp_.write("etc.toml",
              "locked = [\"automation.clean\", \"ui.icon\"]\n[automation]\nclean = \"off\"\n");
  temp_.write("config.toml",
              "[ui]\nicon = \"bars\"\ntheme = \"dark\"\n\n[automation]\n  clean = \"on\"\n");
  const LayeredSettings layers = load();
  EXPECT_EQ(layers.values.automation.clean, "off");
  EXPECT_EQ(layers.values.ui.icon, "gauge") << "the default can be locked too";
  EXPECT_EQ(layers.values.ui.theme, "dark");
  EXPECT_EQ(state(layers.states, "automation.clean").locked_by, system_);
  EXPECT_THAT(layers.remarks,
              ::testing::UnorderedElementsAre(
                  user_ + ":2:1: ui.icon is locked by " + system_ + ": what stands here is ignored",
                  user_ + ":6:3: automation.clean is locked by " + system_ +
                      ": what stands here is ignored"));
}

TEST_F(Layers, a_locked_value_is_ignored_however_it_is_written_and_however_wrong_it_is) {
  temp_.write("etc.toml", "locked = [\"automation.clean\"]\n");
  for (const char* text : {"automation.clean = \"on\"\n", "automation = {clean = \"on\"}\n",
                           "[automation]\n\"clean\" = \"on\"\n", "[automation]\nclean = 7\n"}) {
    temp_.write("config.toml", text);
    EXPECT_EQ(load().values.automation.clean, "rehearse") << text;
  }
}

TEST_F(Layers, locks_of_several_files_of_the_machine_add_up) {
  temp_.write("etc.toml", "locked = [\"ui.theme\"]\n[ui]\ntheme = \"light\"\n");
  const std::string more = temp_.write("more.toml", "locked = [\"ui.icon\"]\n");
  temp_.write("config.toml", "[ui]\ntheme = \"dark\"\nicon = \"bars\"\n");
  const auto layers = load_layers({system_, more, user_});
  ASSERT_TRUE(layers.has_value());
  EXPECT_EQ(layers->values.ui.theme, "light");
  EXPECT_EQ(layers->values.ui.icon, "gauge");
}

TEST_F(Layers, only_the_machines_file_can_lock) {
  temp_.write("config.toml", "locked = [\"ui.theme\"]\n");
  const auto layers = load_layers({system_, user_});
  ASSERT_FALSE(layers.has_value());
  EXPECT_THAT(layers.error().to_string(), HasSubstr(user_ + ":1:1: locked has no effect here"));
}

TEST_F(Layers, unknown_names_in_locked_are_errors_with_line_and_the_nearest) {
  EXPECT_THAT(errors_of("locked = [\n  \"ui.theme\",\n  \"automation.claen\",\n]\n"),
              ElementsAre(::testing::AllOf(HasSubstr("etc.toml:3:3: locked: unknown key"),
                                           HasSubstr("did you mean \"clean\"?"))));
  EXPECT_THAT(errors_of("locked = [\"theme\"]\n"),
              ElementsAre(HasSubstr("did you mean \"ui.theme\"?")));
  EXPECT_THAT(errors_of("locked = [\"ui\"]\n").size(), 1u);
  EXPECT_THAT(errors_of("locked = [7]\n"), ElementsAre(HasSubstr("etc.toml:1:11: locked: 7")));
  EXPECT_THAT(errors_of("locked = \"ui.theme\"\n"), ElementsAre(HasSubstr("is a list")));
  EXPECT_THAT(errors_of("[ui]\nlocked = [\"ui.theme\"]\n"),
              ElementsAre(HasSubstr("stands above the first section")));
  EXPECT_THAT(errors_of("locked = []\n"), IsEmpty());
}

TEST_F(Layers, a_broken_file_of_the_machine_takes_away_what_acts_by_itself) {
  temp_.write("etc.toml", "locked = [\"ui.theme\"]\n[ui]\ntheme = \"light\"\nicon = 3\n");
  temp_.write("config.toml",
              "[automation]\nclean = \"on\"\nrelief = true\non_battery = true\n"
              "[clean]\npurge_after = \"1 h\"\n[ui]\ntheme = \"dark\"\nlabel = \"cpu\"\n");
  const LayeredSettings layers = load();
  EXPECT_EQ(layers.values.automation.clean, "off");
  EXPECT_FALSE(layers.values.automation.relief);
  EXPECT_FALSE(layers.values.automation.on_battery);
  EXPECT_FALSE(layers.values.performance.enable_background_refresh);
  EXPECT_EQ(layers.values.clean.purge_after, std::chrono::hours(24 * 3650));
  EXPECT_EQ(layers.values.ui.theme, "light") << "what could be read of it counts";
  EXPECT_EQ(layers.values.ui.label, "cpu") << "the rest is still the user's";
  ASSERT_FALSE(layers.remarks.empty());
  EXPECT_THAT(layers.remarks.front(), HasSubstr(system_ + ":4:8: ui.icon"));
  EXPECT_THAT(layers.remarks.front(), HasSubstr("nothing is done by itself"));
}

TEST_F(Layers, a_file_of_the_machine_that_is_no_file_is_a_broken_one) {
  std::filesystem::create_directory(system_);
  EXPECT_EQ(load().values.automation.clean, "off");
  std::filesystem::remove(system_);
  ASSERT_EQ(::mkfifo(system_.c_str(), 0644), 0);
  EXPECT_EQ(load().values.automation.clean, "off");
  EXPECT_THAT(load().remarks, ElementsAre(HasSubstr("not a regular file")));
}

TEST_F(Layers, with_the_last_good_ones_a_broken_file_changes_nothing) {
  temp_.write("etc.toml", "locked = [\"ui.theme\"]\n[automation]\nclean = \"on\"\n");
  const MachineSettings good = load_machine_settings({system_});
  EXPECT_EQ(good.trouble, "");
  temp_.write("etc.toml", "locked = [\n");
  const MachineSettings now = load_machine_settings({system_}, &good);
  EXPECT_EQ(show_settings(now.values), show_settings(good.values));
  EXPECT_EQ(state(now.states, "ui.theme").locked_by, system_);
  EXPECT_THAT(now.trouble, HasSubstr("last good settings stay"));
}

TEST_F(Layers, what_is_locked_is_refused_by_name) {
  temp_.write("etc.toml", "locked = [\"automation.clean\"]\n");
  const MachineSettings machine = load_machine_settings({system_});
  const base::Status status = check_not_locked("automation.clean", machine);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_EQ(status.error().to_string(), "automation.clean is locked by " + system_);
  EXPECT_TRUE(check_not_locked("automation.relief", machine).has_value());
  EXPECT_TRUE(check_not_locked("no.such", machine).has_value());
}

TEST_F(Layers, the_machines_file_is_a_constant) {
  EXPECT_EQ(standard_settings_files("/home/u/.config").front(), "/etc/lull/config.toml");
}

}  // namespace
}  // namespace lull::agent
