// SPDX-License-Identifier: MIT
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/settings.h"

namespace lull::agent {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SettingsFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "lull-settings-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    file_ = name + "/config/lull/config.toml";
  }
  void TearDown() override { fs::remove_all(root_); }

  static void write(const fs::path& file, std::string_view text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  static std::string read(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return std::move(text).str();
  }
  static mode_t mode_of(const fs::path& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return status.st_mode & 07777;
  }
  std::vector<std::string> names_beside() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(fs::path(file_).parent_path()))
      names.push_back(entry.path().filename());
    return names;
  }

  fs::path root_;
  std::string file_;
};

TEST_F(SettingsFile, is_created_with_its_directory_for_this_user_only) {
  ASSERT_TRUE(set_setting(file_, "ui.theme", "dark").has_value());
  EXPECT_EQ(read(file_), "[ui]\ntheme = \"dark\"\n");
  EXPECT_EQ(mode_of(file_), 0600);
  EXPECT_EQ(mode_of(fs::path(file_).parent_path()), 0700);
  EXPECT_THAT(names_beside(), ElementsAre("config.toml"));
}

TEST_F(SettingsFile, keeps_its_mode) {
  write(file_, "[ui]\n");
  ::chmod(file_.c_str(), 0640);
  ASSERT_TRUE(set_setting(file_, "ui.theme", "dark").has_value());
  EXPECT_EQ(mode_of(file_), 0640);
}

TEST_F(SettingsFile, that_is_a_link_has_its_target_changed) {
  const fs::path dotfile = root_ / "dotfiles/lull.toml";
  write(dotfile, "# from my repository\n");
  fs::create_directories(fs::path(file_).parent_path());
  fs::create_symlink("../../dotfiles/second", file_);
  fs::create_symlink("lull.toml", root_ / "dotfiles/second");
  ASSERT_TRUE(set_setting(file_, "ui.theme", "dark").has_value());
  EXPECT_TRUE(fs::is_symlink(file_));
  EXPECT_TRUE(fs::is_symlink(root_ / "dotfiles/second"));
  EXPECT_EQ(read(dotfile), "# from my repository\n\n[ui]\ntheme = \"dark\"\n");
}

TEST_F(SettingsFile, that_is_a_dangling_link_has_its_target_created) {
  fs::create_directories(fs::path(file_).parent_path());
  fs::create_symlink(root_ / "later.toml", file_);
  ASSERT_TRUE(set_setting(file_, "ui.theme", "dark").has_value());
  EXPECT_TRUE(fs::is_symlink(file_));
  EXPECT_EQ(read(root_ / "later.toml"), "[ui]\ntheme = \"dark\"\n");
}

TEST_F(SettingsFile, that_links_to_itself_is_an_error) {
  fs::create_directories(fs::path(file_).parent_path());
  fs::create_symlink(file_, file_);
  EXPECT_FALSE(set_setting(file_, "ui.theme", "dark").has_value());
  EXPECT_FALSE(load_settings({file_}).has_value());
}

TEST_F(SettingsFile, with_errors_is_not_touched) {
  const std::string broken = "[ui]\ntheme = dark\n";
  write(file_, broken);
  const auto status = set_setting(file_, "ui.label", "cpu");
  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().to_string(), HasSubstr(file_ + ":2:"));
  EXPECT_EQ(read(file_), broken);
  EXPECT_THAT(names_beside(), ElementsAre("config.toml"));
}

TEST_F(SettingsFile, is_not_even_begun_for_a_bad_value) {
  EXPECT_FALSE(set_setting(file_, "ui.theme", "purple").has_value());
  EXPECT_FALSE(set_setting(file_, "ui.colour", "dark").has_value());
  EXPECT_FALSE(fs::exists(root_ / "config"));
}

TEST_F(SettingsFile, that_is_something_else_is_refused_without_waiting) {
  fs::create_directories(file_);
  EXPECT_FALSE(load_settings({file_}).has_value());
  EXPECT_FALSE(set_setting(file_, "ui.theme", "dark").has_value());
  fs::remove(file_);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_FALSE(load_settings({file_}).has_value());
  EXPECT_FALSE(set_setting(file_, "ui.theme", "dark").has_value());
}

TEST_F(SettingsFile, that_is_masked_by_dev_null_is_empty) {
  fs::create_directories(fs::path(file_).parent_path());
  fs::create_symlink("/dev/null", file_);
  ASSERT_TRUE(load_settings({file_}).has_value());
  EXPECT_FALSE(set_setting(file_, "ui.theme", "dark").has_value());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(SettingsFile, that_never_ends_is_too_large) {
  fs::create_directories(fs::path(file_).parent_path());
  fs::create_symlink("/dev/zero", file_);
  const auto settings = load_settings({file_});
  ASSERT_FALSE(settings.has_value());
  EXPECT_EQ(settings.error().code, base::ErrorCode::kTooLarge);
}

TEST_F(SettingsFile, later_ones_override_and_missing_ones_are_fine) {
  write(root_ / "system.toml", "[ui]\ntheme = \"light\"\nlabel = \"cpu\"\n");
  write(file_, "[ui]\ntheme = \"dark\"\n");
  const auto settings =
      load_settings({(root_ / "system.toml").string(), (root_ / "none.toml").string(), file_});
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->ui.theme, "dark");
  EXPECT_EQ(settings->ui.label, "cpu");
}

TEST_F(SettingsFile, with_an_error_names_itself_among_others) {
  write(root_ / "system.toml", "[ui]\ntheme = \"dark\"\n");
  write(file_, "[ui]\ntheme = 3\n");
  const auto settings = load_settings({(root_ / "system.toml").string(), file_});
  ASSERT_FALSE(settings.has_value());
  EXPECT_THAT(settings.error().to_string(), HasSubstr("config.toml:2:9"));
}

// Permissions mean nothing to root, so the act happens in a child that is nobody in particular.
int as_ordinary_user(const fs::path& tree, const std::function<bool()>& act) {
  for (const auto& entry : fs::recursive_directory_iterator(tree))
    if (::geteuid() == 0 && ::lchown(entry.path().c_str(), 65534, 65534) != 0) return -1;
  if (::geteuid() == 0 && ::chown(tree.c_str(), 65534, 65534) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 &&
        (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0))
      ::_exit(2);
    ::_exit(act() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
}

TEST_F(SettingsFile, in_a_read_only_directory_is_an_error_value) {
  write(file_, "[ui]\ntheme = \"light\"\n");
  const fs::path directory = fs::path(file_).parent_path();
  ::chmod(directory.c_str(), 0500);
  EXPECT_EQ(as_ordinary_user(root_,
                             [&] {
                               const auto status = set_setting(file_, "ui.theme", "dark");
                               return !status &&
                                      status.error().code == base::ErrorCode::kPermissionDenied;
                             }),
            0);
  EXPECT_EQ(read(file_), "[ui]\ntheme = \"light\"\n");
}

TEST_F(SettingsFile, that_is_read_only_or_unreadable_is_an_error_value) {
  write(file_, "[ui]\ntheme = \"light\"\n");
  ::chmod(file_.c_str(), 0400);
  const auto denied = [](const auto& result) {
    return !result && result.error().code == base::ErrorCode::kPermissionDenied;
  };
  EXPECT_EQ(as_ordinary_user(root_, [&] { return denied(set_setting(file_, "ui.theme", "dark")); }),
            0);
  EXPECT_EQ(read(file_), "[ui]\ntheme = \"light\"\n");
  ::chmod(file_.c_str(), 0);
  EXPECT_EQ(as_ordinary_user(root_, [&] { return denied(load_settings({file_})); }), 0);
}

TEST_F(SettingsFile, keeps_every_change_of_many_processes_at_once) {
  write(file_, "# shared\n");
  std::vector<pid_t> children;
  for (const SettingInfo& info : setting_table()) {
    const std::string key = std::string(info.section) + "." + std::string(info.key);
    const pid_t child = ::fork();
    if (child == 0) ::_exit(set_setting(file_, key, info.default_text).has_value() ? 0 : 1);
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  const std::string text = read(file_);
  EXPECT_TRUE(find_settings_errors(text, file_).empty()) << text;
  for (const SettingInfo& info : setting_table())
    EXPECT_THAT(text, HasSubstr("\n" + std::string(info.key) + " = "));
  EXPECT_THAT(names_beside(), ElementsAre("config.toml"));
}

TEST_F(SettingsFile, cleans_up_what_a_killed_writer_left) {
  write(file_, "");
  write(file_ + ".new-" + std::to_string(::getpid()), "half");
  ASSERT_TRUE(set_setting(file_, "ui.theme", "dark").has_value());
  EXPECT_THAT(names_beside(), ElementsAre("config.toml"));
}

// The whole or nothing, whenever a writer dies.
TEST_F(SettingsFile, is_whole_after_a_kill_at_any_moment) {
  write(file_, "[ui]\ntheme = \"dark\"\n");
  for (int round = 0; round < 20; ++round) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      for (int i = 0;; ++i) {
        (void)set_setting(file_, "ui.theme", i % 2 == 0 ? "light" : "dark");
        if (i == round) (void)!::write(ready[1], "x", 1);
      }
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ready[0]);
    ::close(ready[1]);
    const std::string text = read(file_);
    EXPECT_TRUE(text == "[ui]\ntheme = \"dark\"\n" || text == "[ui]\ntheme = \"light\"\n") << text;
  }
}

}  // namespace
}  // namespace lull::agent
