// SPDX-License-Identifier: MIT
#include "core/clean/trash.h"

#include <cerrno>

#include "tests/core/clean/trash_fixture.h"

namespace lull::clean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(TrashTest, the_home_trash_is_made_for_its_owner_alone) {
  const std::string path = file("a");
  const auto trash = trash_for(path);
  ASSERT_TRUE(trash);
  EXPECT_EQ(trash->path(), temp_ / "data/Trash");
  EXPECT_EQ(trash->device(), status_of(path).st_dev);
  for (const char* name : {"", "files", "info"})
    EXPECT_EQ(status_of(trashed(name)).st_mode & 07777, 0700u) << name;
}

TEST_F(TrashTest, what_is_taken_is_listed_and_given_back_as_it_was) {
  const std::string path = file("dir/odd name.txt", "bytes");
  fs::permissions(path, fs::perms::owner_read);
  const struct stat before = status_of(path);
  EXPECT_EQ(discard(path), "odd name.txt");
  EXPECT_FALSE(exists(path));
  const TrashedItem item = only_item();
  EXPECT_EQ(item.trash, temp_ / "data/Trash");
  EXPECT_EQ(item.name, "odd name.txt");
  EXPECT_EQ(item.original, path);
  EXPECT_EQ(item.deleted_at, at(1'700'000'000));
  EXPECT_EQ(item.device, before.st_dev);
  EXPECT_EQ(item.inode, before.st_ino);
  EXPECT_FALSE(item.directory);
  ASSERT_TRUE(give_back(item));
  const struct stat after = status_of(path);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_EQ(after.st_mode, before.st_mode);
  EXPECT_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
  EXPECT_THAT(list(), IsEmpty());
  EXPECT_FALSE(exists(trashed("info/odd name.txt.trashinfo")));
}

TEST_F(TrashTest, links_and_directories_are_taken_whole_and_not_what_links_lead_to) {
  file("dir/deep/inside");
  file("target");
  fs::create_symlink(home("target"), home("link"));
  discard(home("dir"));
  discard(home("link"));
  EXPECT_TRUE(exists(trashed("files/dir/deep/inside")));
  EXPECT_TRUE(fs::is_symlink(trashed("files/link")));
  EXPECT_TRUE(exists(home("target")));
  const auto items = list();
  ASSERT_THAT(items, SizeIs(2));
  EXPECT_TRUE(items[0].directory);
  EXPECT_FALSE(items[1].directory);
  for (const TrashedItem& item : items) EXPECT_TRUE(give_back(item));
  EXPECT_TRUE(exists(home("dir/deep/inside")));
  EXPECT_TRUE(fs::is_symlink(home("link")));
}

TEST_F(TrashTest, any_name_a_file_can_have_goes_there_and_back) {
  const std::vector<std::string> names{
      "new\nline", "\xff\xfe not text", "%41%00", std::string(255, 'n'), "-rf", " ",
      "a=b[c]",    "\xC3\xA9t\xC3\xA9", "..."};
  for (const std::string& name : names) file(name);
  const auto trash = trash_for(home("x"));
  for (const std::string& name : names) discard(*trash, home(name));
  EXPECT_THAT(list(), SizeIs(names.size()));
  for (const TrashedItem& item : list()) EXPECT_TRUE(give_back(item)) << item.original;
  for (const std::string& name : names) EXPECT_TRUE(exists(home(name))) << name;
}

TEST_F(TrashTest, equal_names_do_not_meet) {
  const auto trash = trash_for(home("x"));
  EXPECT_EQ(discard(*trash, file("a/same.txt", "1"), "t1"), "same.txt");
  EXPECT_EQ(discard(*trash, file("b/same.txt", "2"), "t2"), "same.t2.txt");
  EXPECT_EQ(discard(*trash, file("c/same.txt", "3"), "t3"), "same.t3.txt");
  const auto third = trash->reserve("same.txt", "t3", home("d/same.txt"), at(0));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().os_error, EEXIST);
  for (const TrashedItem& item : list()) EXPECT_TRUE(give_back(item));
  EXPECT_EQ(temp_.read("home/a/same.txt"), "1");
  EXPECT_EQ(temp_.read("home/b/same.txt"), "2");
  EXPECT_EQ(temp_.read("home/c/same.txt"), "3");
}

TEST_F(TrashTest, what_lies_in_the_trash_without_an_info_keeps_its_name) {
  const std::string path = file("a", "mine");
  const auto trash = trash_for(path);
  temp_.write("data/Trash/files/a", "orphan");
  EXPECT_EQ(discard(*trash, path), "a.t1");
  EXPECT_EQ(temp_.read("data/Trash/files/a"), "orphan");
}

TEST_F(TrashTest, taking_replaces_nothing) {
  const std::string path = file("a", "mine");
  const auto trash = trash_for(path);
  const auto name = trash->reserve("a", "t", path, at(0));
  ASSERT_TRUE(name);
  temp_.write("data/Trash/files/a", "somebody was faster");
  const auto taken = trash->take(open_parent(path).get(), "a", *name);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().os_error, EEXIST);
  EXPECT_EQ(temp_.read("data/Trash/files/a"), "somebody was faster");
  EXPECT_EQ(temp_.read("home/a"), "mine");
}

TEST_F(TrashTest, a_reservation_can_be_taken_back_until_it_is_used) {
  const std::string path = file("a");
  const auto trash = trash_for(path);
  ASSERT_TRUE(trash->reserve("a", "t", path, at(0)));
  EXPECT_TRUE(exists(trashed("info/a.trashinfo")));
  EXPECT_TRUE(trash->release("a"));
  EXPECT_FALSE(exists(trashed("info/a.trashinfo")));
  EXPECT_TRUE(trash->release("a")) << "nothing to take back is fine";
  discard(*trash, path);
  EXPECT_EQ(trash->release("a").error().os_error, EEXIST);
  EXPECT_TRUE(exists(trashed("info/a.trashinfo")));
}

TEST_F(TrashTest, nothing_is_reserved_for_what_is_no_place) {
  const auto trash = trash_for(file("a"));
  for (const std::string bad : {"", "a", "/a/../b", "/.."})
    EXPECT_EQ(trash->reserve("a", "t", bad, at(0)).error().code, base::ErrorCode::kInvalidArgument);
  for (const std::string bad : {"", "..", "a/b", "../files/a"}) {
    EXPECT_EQ(trash->take(AT_FDCWD, "a", bad).error().code, base::ErrorCode::kInvalidArgument);
    EXPECT_EQ(trash->release(bad).error().code, base::ErrorCode::kInvalidArgument);
    EXPECT_FALSE(trash->has(bad, 0, 0));
  }
  EXPECT_TRUE(fs::is_empty(trashed("info")));
  EXPECT_EQ(*trash->reserve("..", "t", home("a"), at(0)), "...t");
}

TEST_F(TrashTest, an_info_is_repaired_only_if_it_is_damaged) {
  const std::string path = file("a");
  const auto trash = trash_for(path);
  discard(*trash, path);
  const std::string before = temp_.read("data/Trash/info/a.trashinfo");
  EXPECT_TRUE(trash->repair_info("a", home("elsewhere"), at(1)));
  EXPECT_EQ(temp_.read("data/Trash/info/a.trashinfo"), before);
  for (const char* damage : {"", "[Trash Info]\nPa", "garbage\n"}) {
    temp_.write("data/Trash/info/a.trashinfo", damage);
    EXPECT_TRUE(trash->repair_info("a", path, at(1'700'000'000)));
    EXPECT_EQ(temp_.read("data/Trash/info/a.trashinfo"), before);
  }
  fs::remove(trashed("info/a.trashinfo"));
  temp_.write("home/canary", "canary");
  fs::create_symlink(home("canary"), trashed("info/a.trashinfo"));
  EXPECT_TRUE(trash->repair_info("a", path, at(1'700'000'000)));
  EXPECT_EQ(temp_.read("data/Trash/info/a.trashinfo"), before);
  EXPECT_EQ(temp_.read("home/canary"), "canary") << "the link was replaced, not followed";
  EXPECT_THAT(list(), SizeIs(1));
}

TEST_F(TrashTest, giving_back_overwrites_nothing_and_both_are_kept) {
  const std::string path = file("a", "old");
  discard(path);
  for (const bool directory : {false, true}) {
    if (directory)
      fs::create_directory(path);
    else
      file("a", "new");
    const auto back = give_back(only_item());
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().os_error, EEXIST);
    EXPECT_EQ(temp_.read("data/Trash/files/a"), "old");
    EXPECT_TRUE(exists(trashed("info/a.trashinfo")));
    fs::remove_all(path);
  }
  fs::create_symlink("/nowhere", path);
  EXPECT_EQ(give_back(only_item()).error().os_error, EEXIST);
}

TEST_F(TrashTest, only_the_thing_that_was_listed_is_given_back) {
  const std::string path = file("a", "old");
  discard(path);
  TrashedItem item = only_item();
  file("other", "another");
  fs::rename(home("other"), trashed("files/a"));
  EXPECT_EQ(give_back(item).error().code, base::ErrorCode::kNotFound);
  fs::remove(trashed("files/a"));
  EXPECT_EQ(give_back(item).error().code, base::ErrorCode::kNotFound);
  EXPECT_FALSE(exists(path));
}

TEST_F(TrashTest, open_finds_the_trashes_of_these_places_only) {
  file("a");
  EXPECT_EQ(Trash::open(places_, temp_ / "data/Trash").error().code, base::ErrorCode::kNotFound);
  EXPECT_FALSE(exists(temp_ / "data"));
  EXPECT_EQ(Trash::open(places_, temp_ / "home").error().code, base::ErrorCode::kInvalidArgument);
  discard(home("a"));
  EXPECT_TRUE(Trash::open(places_, temp_ / "data/Trash"));
}

TEST_F(TrashTest, sizes_of_directories_are_kept_for_file_managers) {
  file("one/a");
  file("two x/a");
  const auto trash = trash_for(home("one"));
  temp_.write("data/Trash/directorysizes", "garbage\n77 1 gone\n12 34 one\n");
  for (const char* name : {"one", "two x"})
    trash->note_size(discard(*trash, home(name)), name[0] == 'o' ? 8192 : 12288);
  ASSERT_TRUE(trash->save_sizes());
  const auto mtime = [&](const std::string& name) {
    return std::to_string(status_of(trashed("info/" + name + ".trashinfo")).st_mtime);
  };
  EXPECT_EQ(temp_.read("data/Trash/directorysizes"),
            "8192 " + mtime("one") + " one\n12288 " + mtime("two x") + " two%20x\n");
  ASSERT_TRUE(give_back(list().front()));
  ASSERT_TRUE(trash->save_sizes());
  EXPECT_EQ(temp_.read("data/Trash/directorysizes"), "12288 " + mtime("two x") + " two%20x\n");
  EXPECT_EQ(purge_all().removed, 1u);
  EXPECT_EQ(temp_.read("data/Trash/directorysizes"), "");
}

TEST_F(TrashTest, a_cache_of_sizes_that_is_a_link_is_replaced_and_not_followed) {
  file("one/a");
  temp_.write("home/canary", "1 2 three\n");
  const auto trash = trash_for(home("one"));
  fs::create_symlink(home("canary"), trashed("directorysizes"));
  trash->note_size(discard(*trash, home("one")), 8192);
  ASSERT_TRUE(trash->save_sizes());
  EXPECT_EQ(temp_.read("home/canary"), "1 2 three\n");
  EXPECT_FALSE(fs::is_symlink(trashed("directorysizes")));
  EXPECT_TRUE(temp_.read("data/Trash/directorysizes").starts_with("8192 "));
}

TEST_F(TrashTest, listing_tells_what_is_wrong_and_shows_the_rest) {
  EXPECT_THAT(list(), IsEmpty());
  EXPECT_FALSE(exists(temp_ / "data")) << "looking makes nothing";
  discard(file("good"));
  temp_.write("data/Trash/files/orphan", "");
  temp_.write("data/Trash/info/lost.trashinfo",
              "[Trash Info]\nPath=/a\nDeletionDate=2026-01-01T00:00:00\n");
  for (const char* name : {"garbage", "relative", "upward", "linked"})
    temp_.write(std::string("data/Trash/files/") + name, "");
  const std::string date = "\nDeletionDate=2026-01-01T00:00:00\n";
  temp_.write("data/Trash/info/garbage.trashinfo", std::string("\0\xff", 2));
  temp_.write("data/Trash/info/relative.trashinfo", "[Trash Info]\nPath=a/b" + date);
  temp_.write("data/Trash/info/upward.trashinfo", "[Trash Info]\nPath=/a/../../etc/passwd" + date);
  fs::create_symlink(trashed("info/good.trashinfo"), trashed("info/linked.trashinfo"));
  temp_.write("data/Trash/info/not an info", "");
  Problems problems;
  const auto items = list(&problems);
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_EQ(items[0].name, "good");
  EXPECT_THAT(
      problems,
      ElementsAre(std::pair(trashed("info/garbage.trashinfo"), "damaged .trashinfo"),
                  std::pair(trashed("info/linked.trashinfo"), "damaged .trashinfo"),
                  std::pair(trashed("info/lost.trashinfo"), "in the trash without its file"),
                  std::pair(trashed("info/relative.trashinfo"), "damaged .trashinfo"),
                  std::pair(trashed("info/upward.trashinfo"), "damaged .trashinfo"),
                  std::pair(trashed("files/orphan"), "in the trash without its .trashinfo")));
}

}  // namespace
}  // namespace lull::clean
