// SPDX-License-Identifier: MIT
// The format of evidence: what is not understood is an error with its line, because a line that is
// passed over would be a promise that nobody checks.
#include "tests/core/scan/home_manifest.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lull::scan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HomeEntry;
using testing::Installation;
using testing::parse_home;

constexpr const char* kStart = "# how\nrecorded app 1.0\n[home]\n";

std::string problem_of(const std::string& text) {
  const auto home = parse_home(text, "x");
  return home ? "no problem" : home.error().to_string();
}

TEST(HomeManifest, SaysWhereItComesFromAndWhatIsThere) {
  const auto home = parse_home(
      std::string(kStart) +
          "dir 0700 0 40 home/.cache\nfile 0644 90 3 home/.cache/a%20b%25 =sqlite\n"
          "link 0777 0 40 home/l ../x%20y\n[goes r]\nhome/.cache/**\n[stays r]\nhome/l symbolic "
          "link\n[nothing r]\nruns app\nthere file 0600 0 0 home/lock\n",
      "x");
  ASSERT_TRUE(home) << home.error().to_string();
  EXPECT_TRUE(home->recorded);
  EXPECT_EQ(home->origin, "app 1.0");
  const HomeEntry* file = home->entry("home/.cache/a b%");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->mode, 0644u);
  EXPECT_EQ(file->bytes, 90u);
  EXPECT_EQ(file->days, 3);
  EXPECT_EQ(home->entry("home/l")->more, "../x y");
  EXPECT_EQ(home->claim("r")->stays.front().reason, "symbolic link");
  EXPECT_EQ(home->claim("r")->nothing.size(), 2u);
  EXPECT_THAT(*home->expand("home/.cache/**"), ElementsAre("home/.cache/a b%"));
}

TEST(HomeManifest, DirectoriesAboveAreThereToo) {
  const auto home = parse_home(std::string(kStart) + "file 0644 1 40 home/a/b/c\n", "x");
  ASSERT_TRUE(home);
  ASSERT_NE(home->entry("home/a/b"), nullptr);
  EXPECT_EQ(home->entry("home/a/b")->kind, HomeEntry::Kind::kDirectory);
  EXPECT_EQ(home->entry("home/a/b")->days, 40);
}

TEST(HomeManifest, AnExpectationAboutNothingIsAnError) {
  const auto home = parse_home(std::string(kStart) + "file 0644 1 40 home/a\n", "x");
  ASSERT_TRUE(home);
  EXPECT_FALSE(home->expand("home/b"));
  EXPECT_FALSE(home->expand("home/a/**"));
}

TEST(HomeManifest, WhatIsNotUnderstoodIsAnErrorWithItsLine) {
  const std::string start = kStart;
  EXPECT_THAT(problem_of("[home]\nfile 0644 1 40 home/a\n"), HasSubstr("where it comes from"));
  EXPECT_THAT(problem_of("invented app\n"), HasSubstr("x.home:1: neither"));
  EXPECT_THAT(problem_of(start + "door 0644 1 40 home/a\n"), HasSubstr("x.home:4: unknown kind"));
  EXPECT_THAT(problem_of(start + "file 0688 1 40 home/a\n"), HasSubstr("octal"));
  EXPECT_THAT(problem_of(start + "file 0644 1k 40 home/a\n"), HasSubstr("size"));
  EXPECT_THAT(problem_of(start + "file 0644 1 old home/a\n"), HasSubstr("age"));
  EXPECT_THAT(problem_of(start + "file 0644 1 40 /etc/a\n"), HasSubstr("not below home"));
  EXPECT_THAT(problem_of(start + "file 0644 1 40 home/a%2\n"), HasSubstr("no path"));
  EXPECT_THAT(problem_of(start + "file 0644 1 40 home/a\nfile 0644 1 40 home/a\n"),
              HasSubstr("x.home:5: a second"));
  EXPECT_THAT(problem_of(start + "[gose r]\n"), HasSubstr("unknown section"));
  EXPECT_THAT(problem_of(start + "[goes]\n"), HasSubstr("which rule"));
  EXPECT_THAT(problem_of(start + "[stays r]\nhome/a\n"), HasSubstr("why does it stay"));
  EXPECT_THAT(problem_of(start + "[goes r]\nhome/a b\n"), HasSubstr("words after the path"));
  EXPECT_THAT(problem_of(start + "[nothing r]\nsleeps app\n"), HasSubstr("unknown circumstance"));
}

TEST(HomeManifest, EachEntryIsMadeAsOldAndAsOpenAsItSays) {
  const auto manifest = parse_home(
      std::string(kStart) +
          "dir 0500 0 9 home/d\nfile 0640 12 3 home/d/f\nfifo 0600 0 2 home/p\n"
          "file 0644 0 40 home/t =trashinfo:40:/home/u/x\nfile 0644 5000000 40 home/big\n",
      "x");
  ASSERT_TRUE(manifest);
  Installation home;
  testing::set_scan_day(home, manifest->oldest());
  testing::build_home(*manifest, home);
  EXPECT_EQ(home.tree.status("home/d").st_mode & 07777u, 0500u);
  EXPECT_EQ(home.tree.status("home/d/f").st_mode & 07777u, 0640u);
  EXPECT_EQ(home.tree.status("home/d/f").st_size, 12);
  EXPECT_TRUE(S_ISFIFO(home.tree.status("home/p").st_mode));
  EXPECT_EQ(home.tree.status("home/big").st_size, 5000000);
  const auto age = [&](const char* path) {
    return std::chrono::duration_cast<std::chrono::hours>(
               home.request.now -
               base::WallTime(std::chrono::seconds(home.tree.status(path).st_mtim.tv_sec)))
               .count() /
           24;
  };
  EXPECT_EQ(age("home/d"), 9);
  EXPECT_EQ(age("home/d/f"), 3);
  EXPECT_EQ(age("home/t"), 40);
}

}  // namespace
}  // namespace lull::scan
