// SPDX-License-Identifier: MIT
#include "core/clean/path_check.h"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace lull::clean {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsNull;
using ::testing::NotNull;

base::UserDirectories directories_of(const std::string& home) {
  base::UserDirectories directories;
  directories.home = home;
  directories.config_home = home + "/.config";
  directories.cache_home = home + "/.cache";
  directories.data_home = home + "/.local/share";
  directories.state_home = home + "/.local/state";
  directories.runtime_dir = "/run/user/1000";
  directories.temp_dir = "/tmp";
  return directories;
}

class PathCheck : public ::testing::Test {
 protected:
  std::string why(std::string_view path, std::string_view root = "/home/u/.cache") const {
    const char* reason = path_refusal(path, root, places_);
    return reason == nullptr ? "" : reason;
  }
  ProtectedPlaces places_ = protected_places(directories_of("/home/u"));
};

TEST_F(PathCheck, lets_a_plain_path_below_the_root_pass) {
  EXPECT_EQ(why("/home/u/.cache/app/file"), "");
  EXPECT_EQ(why("/home/u/.cache/app"), "");
  EXPECT_EQ(why("/home/u/.cache/..app/...", "/home/u/.cache"), "") << "dots are only letters";
  EXPECT_EQ(why("/home/u/.cache/\xff\xfe"), "") << "names are bytes";
}

TEST_F(PathCheck, lets_a_whole_root_go_that_is_no_place_of_its_own) {
  EXPECT_EQ(why("/home/u/.cache/app", "/home/u/.cache/app"), "");
}

TEST_F(PathCheck, refuses_an_empty_path) { EXPECT_THAT(why(""), HasSubstr("empty")); }
TEST_F(PathCheck, refuses_a_relative_path) {
  EXPECT_THAT(why("home/u/.cache/app"), HasSubstr("not absolute"));
  EXPECT_THAT(why("./x"), HasSubstr("not absolute"));
  EXPECT_THAT(why("~/x"), HasSubstr("not absolute"));
}
TEST_F(PathCheck, refuses_dots) {
  EXPECT_THAT(why("/home/u/.cache/../x"), HasSubstr("\"..\""));
  EXPECT_THAT(why("/home/u/.cache/app/.."), HasSubstr("\"..\""));
  EXPECT_THAT(why("/home/u/.cache/./x"), HasSubstr("\".\""));
  EXPECT_THAT(why("/home/u/.cache/."), HasSubstr("\".\""));
}

// A "//" once led around a keep list (see the accidents: a whitelist bypass).
TEST_F(PathCheck, refuses_a_doubled_slash_instead_of_repairing_it) {
  EXPECT_THAT(why("/home/u/.cache//app"), HasSubstr("empty component"));
  EXPECT_THAT(why("//home/u/.cache/app"), HasSubstr("empty component"));
  EXPECT_THAT(why("/home/u/.cache/app/"), HasSubstr("empty component"));
}

TEST_F(PathCheck, refuses_control_characters) {
  for (int c = 0; c < 0x20; ++c)
    EXPECT_THAT(why(std::string("/home/u/.cache/a") + static_cast<char>(c) + "b"),
                HasSubstr("control character"));
  EXPECT_THAT(why("/home/u/.cache/\x7f"), HasSubstr("control character"));
}

// An unset variable in front of a path once emptied a disk.
TEST_F(PathCheck, refuses_the_root_of_the_file_system_and_rules_about_it) {
  EXPECT_THAT(why("/"), HasSubstr("root of the file system"));
  EXPECT_THAT(why("/home/u/.cache/app", "/"), HasSubstr("none"));
  EXPECT_THAT(why("/home/u/.cache/app", ""), HasSubstr("none"));
  EXPECT_THAT(why("/home/u/.cache/app", "/home/u/.cache/"), HasSubstr("none"));
}

TEST_F(PathCheck, refuses_what_is_outside_the_root) {
  EXPECT_THAT(why("/home/u/Documents/x"), HasSubstr("outside"));
  EXPECT_THAT(why("/home/u/.cached"), HasSubstr("outside")) << "a longer name is another name";
  EXPECT_THAT(why("/home/u"), HasSubstr("outside"));
}

TEST_F(PathCheck, refuses_home_and_everything_above_it) {
  EXPECT_NE(why("/home/u", "/home/u"), "");
  EXPECT_NE(why("/home", "/home"), "");
  EXPECT_NE(why("/home/u", "/home"), "");
  EXPECT_EQ(why("/home/other/x", "/home"), "") << "whose it is, is asked later";
}

TEST_F(PathCheck, refuses_the_xdg_directories_themselves_and_what_is_above) {
  for (const char* place : {"/home/u/.config", "/home/u/.cache", "/home/u/.local/share",
                            "/home/u/.local/state", "/home/u/.local", "/tmp", "/run/user/1000"})
    EXPECT_NE(why(place, place), "") << place;
}

// A cleaner once removed its own configuration.
TEST_F(PathCheck, refuses_our_own_files) {
  for (const char* path : {"/home/u/.config/lull", "/home/u/.config/lull/config.toml",
                           "/home/u/.local/state/lull/journal.db", "/home/u/.cache/lull/sizes",
                           "/run/user/1000/lull/control"})
    EXPECT_THAT(why(path, "/home/u"), path[1] == 'r' ? HasSubstr("outside") : HasSubstr("lull"));
  EXPECT_EQ(why("/home/u/.cache/lullaby", "/home/u"), "");
}

TEST_F(PathCheck, refuses_the_trash_and_what_is_in_it) {
  EXPECT_THAT(why("/home/u/.local/share/Trash", "/home/u"), HasSubstr("trash"));
  EXPECT_THAT(why("/home/u/.local/share/Trash/files/x", "/home/u"), HasSubstr("trash"));
}

TEST_F(PathCheck, refuses_what_one_of_our_own_places_is_in) {
  const ProtectedPlaces places =
      protected_places(directories_of("/home/u"), {"/home/u/work/journal/db"});
  EXPECT_THAT(path_refusal("/home/u/work/journal", "/home/u", places), NotNull());
  EXPECT_THAT(path_refusal("/home/u/work/journal/db", "/home/u", places), NotNull());
  EXPECT_THAT(path_refusal("/home/u/work/other", "/home/u", places), IsNull());
}

TEST(ProtectedPlacesOf, a_home_that_is_a_link_are_known_by_both_names) {
  const support::TempDir temp;
  std::filesystem::create_directories(temp / "disk/u");
  std::filesystem::create_directory_symlink(temp / "disk", temp / "home");
  const std::string real = std::filesystem::canonical(temp / "disk").string();
  const ProtectedPlaces places = protected_places(directories_of(temp / "home/u"));
  EXPECT_THAT(places.whole, Contains(temp / "home/u"));
  EXPECT_THAT(places.whole, Contains(real + "/u"));
  EXPECT_THAT(places.own, Contains(real + "/u/.config/lull")) << "though it does not exist";
  EXPECT_THAT(path_refusal(real + "/u/.config/lull/x", real, places), NotNull());
}

TEST(ProtectedPlacesOf, directories_that_are_not_set_are_none) {
  const ProtectedPlaces places = protected_places({});
  EXPECT_TRUE(places.whole.empty());
  EXPECT_TRUE(places.own.empty());
}

}  // namespace
}  // namespace lull::clean
