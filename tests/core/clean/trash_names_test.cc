// SPDX-License-Identifier: MIT
#include <string>

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/clean/trash.h"
#include "core/clean/trash/directory_sizes.h"
#include "core/clean/trash/info_file.h"
#include "core/clean/trash/names.h"
#include "core/clean/trash/trash_directory.h"
#include "tests/support/time_zone.h"

namespace lull::clean {
namespace {

const TrashPlace kHome{TrashKind::kHome, "/home/u/.local/share", "/home/u/.local/share/Trash"};
const TrashPlace kOwn{TrashKind::kOwn, "/mnt/disk", "/mnt/disk/.Trash-1000"};
const TrashPlace kRoot{TrashKind::kOwn, "/", "/.Trash-1000"};

TEST(TrashNames, a_fallback_keeps_the_extension) {
  EXPECT_EQ(fallback_name("photo.jpeg", "ab12"), "photo.ab12.jpeg");
  EXPECT_EQ(fallback_name("Makefile", "ab12"), "Makefile.ab12");
  EXPECT_EQ(fallback_name("a.tar.gz", "ab12"), "a.tar.ab12.gz");
  EXPECT_EQ(fallback_name(".bashrc", "ab12"), ".bashrc.ab12");
  EXPECT_EQ(fallback_name("ends.", "ab12"), "ends..ab12");
  EXPECT_EQ(fallback_name("", "ab12"), "ab12");
}

TEST(TrashNames, a_fallback_is_always_a_name) {
  for (std::size_t length : {1, 200, 244, 245, 246, 255, 300, 5000})
    for (const char* tail : {"", ".c", ".an-extension-that-is-none-at-all"})
      for (const char* token : {"t", "0123456789abcdef0123456789abcdef"}) {
        const std::string name = fallback_name(std::string(length, 'n') + tail, token);
        EXPECT_TRUE(is_trash_name(name)) << name;
        EXPECT_NE(name.find(token), std::string::npos);
      }
  EXPECT_TRUE(is_trash_name(fallback_name(".", "t")));
  EXPECT_TRUE(is_trash_name(fallback_name("..", "t")));
  EXPECT_TRUE(is_trash_name(fallback_name("a", std::string(1000, 't'))));
}

TEST(TrashNames, a_shortened_name_ends_with_a_whole_character) {
  for (int lead = 0; lead < 4; ++lead) {
    std::string wanted(static_cast<std::size_t>(lead), 'a');
    while (wanted.size() < 255) wanted += "\xF0\x9F\x97\x91";
    const std::string name = fallback_name(wanted, "t");
    EXPECT_TRUE(base::is_valid_utf8(name)) << lead;
    EXPECT_GT(name.size(), 240u);
  }
}

TEST(TrashNames, names_and_paths_that_could_lead_elsewhere_are_none) {
  for (const char* name : {"", ".", "..", "a/b", "/"}) EXPECT_FALSE(is_trash_name(name)) << name;
  EXPECT_FALSE(is_trash_name(std::string("a\0b", 3)));
  EXPECT_FALSE(is_trash_name(std::string(246, 'a')));
  EXPECT_TRUE(is_trash_name(std::string(245, 'a')));
  EXPECT_TRUE(is_trash_name("..."));
  for (const char* path : {"", "a", "/a/../b", "/..", "/a/.."}) EXPECT_FALSE(is_plain_path(path));
  for (const char* path : {"/", "/a", "/a..b/..c"}) EXPECT_TRUE(is_plain_path(path)) << path;
}

TEST(TrashNames, infos_of_the_home_trash_are_absolute_and_those_of_a_volume_relative) {
  EXPECT_EQ(path_in_info(kHome, "/home/u/a"), "/home/u/a");
  EXPECT_EQ(path_in_info(kOwn, "/mnt/disk/dir/a"), "dir/a");
  EXPECT_EQ(path_in_info(kOwn, "/mnt/diskette/a"), "/mnt/diskette/a");
  EXPECT_EQ(path_in_info(kRoot, "/srv/a"), "srv/a");
  EXPECT_EQ(original_of(kOwn, "dir/a"), "/mnt/disk/dir/a");
  EXPECT_EQ(original_of(kRoot, "srv/a"), "/srv/a");
  EXPECT_EQ(original_of(kOwn, "/elsewhere/a"), "/elsewhere/a");
  EXPECT_EQ(original_of(kOwn, "../a"), "");
  EXPECT_EQ(original_of(kHome, "/home/../etc/a"), "");
  EXPECT_EQ(original_of(kHome, "a"), "");
}

TEST(TrashNames, an_info_has_the_local_time_and_reads_back) {
  support::TimeZone zone("UTC0");
  EXPECT_NE(trash_info_text("/a", {}).find("1970-01-01T00:00:00"), std::string::npos);
  zone.fly_to("NPT-5:45");
  const base::WallTime when{std::chrono::milliseconds(1'700'000'000'999)};
  const std::string text = trash_info_text("/a b/\xff\n%", when);
  EXPECT_EQ(text, "[Trash Info]\nPath=/a%20b/%FF%0A%25\nDeletionDate=2023-11-15T03:58:20\n");
  const auto said = scan::parse_trash_info(text);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->path, "/a b/\xff\n%");
  EXPECT_EQ(said->deleted_at, base::WallTime(std::chrono::seconds(1'700'000'000)));
}

TEST(TrashNames, sizes_read_back_and_garbage_among_them_is_passed_over) {
  const DirectorySizes sizes{{"a b\n\xff", {4096, 1'700'000'000}}, {"z", {0, -1}}};
  EXPECT_EQ(directory_sizes_text(sizes), "4096 1700000000 a%20b%0A%FF\n0 -1 z\n");
  EXPECT_EQ(parse_directory_sizes(directory_sizes_text(sizes)), sizes);
  EXPECT_EQ(parse_directory_sizes("garbage\n\n1 2\n1  2 a\n-1 2 a\n1 2 a%2Fb\n1 2 a%\n1 2 ..\n"
                                  "99999999999999999999999 1 a\n1 2 ok\n3 4 ok\n5 6 cut"),
            (DirectorySizes{{"ok", {3, 4}}, {"cut", {5, 6}}}));
}

}  // namespace
}  // namespace lull::clean
