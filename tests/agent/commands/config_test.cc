// SPDX-License-Identifier: MIT
#include <filesystem>

#include "agent/settings.h"
#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConfigCommand : public CliTest {
 protected:
  std::string file() const { return root_ + "/home/.config/lull/config.toml"; }
  std::string system() const { return root_ + "/etc/lull/config.toml"; }
};

TEST_F(ConfigCommand, names_the_file_of_the_user) {
  EXPECT_EQ(lull({"config", "path"}), 0);
  EXPECT_EQ(out(), file() + "\n");
  variables_["XDG_CONFIG_HOME"] = "/elsewhere";
  EXPECT_EQ(lull({"config", "path"}), 0);
  EXPECT_EQ(out(), "/elsewhere/lull/config.toml\n");
}

TEST_F(ConfigCommand, what_show_prints_is_a_settings_file_with_the_same_settings) {
  write("home/.config/lull/config.toml",
        "[clean]\nkeep = [\"a # b\", \"\\u001b\"]\n[automation]\nquiet_hours = \"22:00-07:00\"\n");
  EXPECT_EQ(lull({"config", "show"}), 0);
  const auto again = agent::parse_settings(out(), "shown");
  ASSERT_TRUE(again.has_value()) << again.error().to_string() << out();
  EXPECT_EQ(agent::show_settings(*again), agent::show_settings(*agent::load_settings({file()})));
}

TEST_F(ConfigCommand, shows_what_the_agent_uses_if_there_is_one) {
  agent_runs_ = true;
  answer("GetConfig", R"({"settings": [{"key": "ui.theme", "value": "\"light\"",
                          "default": "\"system\"", "help": "colours"}], "files": ["/x.toml"]})");
  EXPECT_EQ(lull({"config"}), 0);
  EXPECT_EQ(out(),
            "# /x.toml\n\n[ui]\ntheme = \"light\"  # unknown (default \"system\"); colours\n")
      << "an older agent does not say where it is from";
}

TEST_F(ConfigCommand, shows_where_each_value_is_from_and_what_is_locked) {
  write("etc/lull/config.toml",
        "locked = [\"ui.theme\"]\n[ui]\ntheme = \"light\"\nicon = \"bars\"\n");
  write("home/.config/lull/config.toml", "[ui]\nlabel = \"cpu\"\ntheme = \"dark\"\n");
  EXPECT_EQ(lull({"config", "show"}), 0);
  EXPECT_THAT(out(),
              ContainsRegex("theme = \"light\" +# system, locked \\(default \"system\"\\);"));
  EXPECT_THAT(out(), ContainsRegex("icon = \"bars\" +# system \\(default \"gauge\"\\);"));
  EXPECT_THAT(out(), ContainsRegex("label = \"cpu\" +# user \\(default \"none\"\\);"));
  EXPECT_THAT(out(), ContainsRegex("accessible_text = false +# default;"));
  EXPECT_EQ(err(), "lull: " + file() + ":3:1: ui.theme is locked by " + system() +
                       ": what stands here is ignored\n");
  EXPECT_EQ(lull({"config", "show", "--json"}), 0);
  const auto document = json();
  for (const auto& row : document.at("settings").as_array())
    if (row.at("key") == "ui.theme") {
      EXPECT_EQ(row.at("source"), "system");
      EXPECT_EQ(row.at("locked_by"), boost::json::value(system()));
    }
  EXPECT_EQ(document.at("remarks").as_array().size(), 1u);
}

TEST_F(ConfigCommand, set_of_a_locked_setting_is_refused) {
  write("etc/lull/config.toml", "locked = [\"automation.clean\"]\n");
  EXPECT_EQ(lull({"config", "set", "automation.clean", "on"}), 2);
  EXPECT_THAT(err(), HasSubstr("automation.clean is locked by " + system()));
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_EQ(lull({"config", "set", "ui.theme", "dark"}), 0) << err();
}

TEST_F(ConfigCommand, no_variable_of_a_user_takes_a_lock_away) {
  write("etc/lull/config.toml", "locked = [\"automation.clean\"]\n");
  for (const char* name : {"XDG_CONFIG_DIRS", "XDG_CONFIG_HOME", "HOME", "LULL_SYSTEM_CONFIG"}) {
    variables_[name] = root_ + "/elsewhere";
    EXPECT_EQ(lull({"config", "set", "automation.clean", "on"}), 2) << name;
  }
}

TEST_F(ConfigCommand, a_broken_file_of_the_machine_stops_nobody_and_lets_nothing_run) {
  write("etc/lull/config.toml", "locked = [\"automation.claen\"]\n[ui]\ntheme = \"light\"\n");
  write("home/.config/lull/config.toml", "[automation]\nclean = \"on\"\n");
  EXPECT_EQ(lull({"config", "show"}), 0);
  EXPECT_THAT(out(), ContainsRegex("\nclean = \"off\" +# system, locked"));
  EXPECT_THAT(out(), ContainsRegex("theme = \"light\" +# system"));
  EXPECT_THAT(err(), HasSubstr(system() + ":1:11: locked: "));
  EXPECT_THAT(err(), HasSubstr("nothing is done by itself"));
  EXPECT_EQ(lull({"config", "set", "automation.clean", "on"}), 2);
  EXPECT_EQ(lull({"config", "check"}), 2);
  EXPECT_THAT(err(), HasSubstr("did you mean \"clean\"?"));
}

TEST_F(ConfigCommand, check_lists_what_is_ignored_without_calling_it_an_error) {
  write("etc/lull/config.toml", "locked = [\"ui.theme\"]\n");
  write("home/.config/lull/config.toml", "[ui]\ntheme = \"dark\"\n");
  EXPECT_EQ(lull({"config", "check"}), 0);
  EXPECT_THAT(err(), HasSubstr(file() + ":2:1: ui.theme is locked by " + system()));
  EXPECT_EQ(lull({"config", "check", system()}), 0) << err();
  EXPECT_EQ(lull({"config", "check", "--json"}), 0);
  EXPECT_EQ(json().at("files").at(1).at("ignored").as_array().size(), 1u);
}

TEST_F(ConfigCommand, set_writes_the_file_and_keeps_its_comments) {
  write("home/.config/lull/config.toml", "# mine\n[ui]\ntheme = \"dark\" # at night\n");
  EXPECT_EQ(lull({"config", "set", "ui.theme", "light"}), 0) << err();
  EXPECT_EQ(out(), "ui.theme = \"light\"\n");
  EXPECT_EQ(read(file()), "# mine\n[ui]\ntheme = \"light\" # at night\n");
  EXPECT_THAT(calls_, IsEmpty());
}

TEST_F(ConfigCommand, set_takes_values_of_several_words) {
  EXPECT_EQ(lull({"config", "set", "automation.scan_interval", "12", "h"}), 0) << err();
  EXPECT_EQ(out(), "automation.scan_interval = \"12 h\"\n");
  EXPECT_EQ(lull({"config", "set", "clean.keep", "[\"a\", \"b\"]", "--json"}), 0);
  EXPECT_EQ(json().at("value"), "[\"a\", \"b\"]");
}

TEST_F(ConfigCommand, set_lets_a_running_agent_write) {
  agent_runs_ = true;
  answer("SetConfig", R"({"settings": [{"key": "ui.theme", "value": "\"dark\""}]})");
  EXPECT_EQ(lull({"config", "set", "ui.theme", "dark"}), 0);
  EXPECT_EQ(out(), "ui.theme = \"dark\"\n");
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(ConfigCommand, set_refuses_wrong_keys_and_values_with_the_nearest) {
  EXPECT_EQ(lull({"config", "set", "ui.thme", "dark"}), 2);
  EXPECT_THAT(err(), HasSubstr("did you mean \"theme\"?"));
  EXPECT_EQ(lull({"config", "set", "ui.theme", "drak"}), 2);
  EXPECT_THAT(err(), HasSubstr("did you mean \"dark\"?"));
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(ConfigCommand, a_broken_file_is_named_with_line_and_column) {
  write("home/.config/lull/config.toml", "[ui]\ntheme = dark\n");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"config", "show"},
                                                {"config", "check"},
                                                {"config", "set", "ui.label", "cpu"}}) {
    EXPECT_EQ(lull(words), 2);
    EXPECT_THAT(err(), HasSubstr(file() + ":2:"));
  }
  EXPECT_EQ(read(file()), "[ui]\ntheme = dark\n");
}

TEST_F(ConfigCommand, check_lists_every_error_of_a_file) {
  const std::string mine = write("mine.toml", "[ui]\ntheme = 1\nbogus = 2\n[x]\n");
  EXPECT_EQ(lull({"config", "check", mine}), 2);
  EXPECT_THAT(err(), HasSubstr("mine.toml:2:9"));
  EXPECT_THAT(err(), HasSubstr("mine.toml:3:1"));
  EXPECT_THAT(err(), HasSubstr("mine.toml:4:2"));
  EXPECT_EQ(lull({"config", "check", mine, "--json"}), 2);
  EXPECT_EQ(json().at("files").at(0).at("errors").as_array().size(), 3u);
  EXPECT_EQ(lull({"config", "check", write("good.toml", "[ui]\ntheme = \"dark\"\n")}), 0);
  EXPECT_THAT(out(), HasSubstr("good.toml: no errors\n"));
}

TEST_F(ConfigCommand, check_of_a_file_that_is_not_there_is_wrong_usage) {
  EXPECT_EQ(lull({"config", "check", root_ + "/none.toml"}), 2);
  EXPECT_THAT(err(), HasSubstr("there is no such file"));
  EXPECT_EQ(lull({"config", "check"}), 0) << "nobody needs a settings file";
}

TEST_F(ConfigCommand, a_rule_file_is_checked_without_an_agent) {
  const std::string broken = write("rules.toml", "[[rule]\nid = 1\n");
  EXPECT_EQ(lull({"rules", "check", broken}), 2);
  EXPECT_THAT(err(), HasSubstr("rules.toml:1:"));
  EXPECT_EQ(lull({"rules", "check", root_ + "/none.toml"}), 2);
  EXPECT_THAT(calls_, IsEmpty());
}

}  // namespace
}  // namespace lull::commands
