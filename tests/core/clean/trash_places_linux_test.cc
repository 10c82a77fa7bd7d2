// SPDX-License-Identifier: MIT
// Which trash is used for what, and which is not used at all.
#include <cerrno>

#include <sys/mount.h>

#include "tests/core/clean/trash_fixture.h"

namespace lull::clean {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

TEST_F(TrashTest, a_home_trash_that_is_a_link_is_refused) {
  const std::string path = file("a");
  fs::create_directories(temp_ / "elsewhere");
  fs::create_directories(temp_ / "data");
  fs::create_directory_symlink(temp_ / "elsewhere", temp_ / "data/Trash");
  EXPECT_THAT(why_refused(path), AllOf(HasSubstr("data/Trash"), HasSubstr("is a link")));
  Problems problems;
  EXPECT_THAT(list(&problems), IsEmpty());
  EXPECT_THAT(problems, ElementsAre(std::pair(temp_ / "data/Trash", "is a link, not a directory")));
  EXPECT_TRUE(fs::is_empty(temp_ / "elsewhere"));
}

TEST_F(TrashTest, links_in_the_place_of_its_parts_are_refused) {
  const std::string path = file("a");
  ASSERT_TRUE(trash_for(path));
  fs::create_directories(temp_ / "elsewhere");
  for (const char* part : {"files", "info"}) {
    fs::remove(trashed(part));
    fs::create_directory_symlink(temp_ / "elsewhere", trashed(part));
    EXPECT_THAT(why_refused(path), AllOf(HasSubstr(part), HasSubstr("is a link")));
    fs::remove(trashed(part));
    temp_.write(std::string("data/Trash/") + part, "");
    EXPECT_THAT(why_refused(path), HasSubstr("is not a directory"));
    fs::remove(trashed(part));
    fs::create_directory(trashed(part));
    fs::permissions(trashed(part), fs::perms::owner_all);
  }
}

TEST_F(TrashTest, a_trash_that_others_can_write_to_is_refused) {
  const std::string path = file("a");
  ASSERT_TRUE(trash_for(path));
  for (const char* part : {"", "files", "info"})
    for (const fs::perms more : {fs::perms::group_write, fs::perms::others_write}) {
      fs::permissions(trashed(part), more, fs::perm_options::add);
      EXPECT_THAT(why_refused(path), HasSubstr("can be written to by others")) << part;
      fs::permissions(trashed(part), more, fs::perm_options::remove);
    }
  fs::permissions(trashed(""), fs::perms::group_read | fs::perms::group_exec,
                  fs::perm_options::add);
  EXPECT_EQ(why_refused(path), "") << "reading is no danger to it";
}

TEST_F(TrashTest, a_trash_of_another_user_is_refused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give things away";
  const std::string path = file("a");
  ASSERT_TRUE(trash_for(path));
  for (const char* part : {"", "files", "info"}) {
    ASSERT_EQ(::chown(trashed(part).c_str(), 65534, 65534), 0);
    EXPECT_THAT(why_refused(path), HasSubstr("belongs to another user")) << part;
    ASSERT_EQ(::chown(trashed(part).c_str(), 0, 0), 0);
  }
}

TEST_F(TrashTest, what_moved_to_another_volume_meanwhile_has_no_trash) {
  const std::string path = file("a");
  const auto trash = Trash::open_for(places_, status_of(path).st_dev + 1, path);
  ASSERT_FALSE(trash);
  EXPECT_EQ(trash.error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(Trash::open_for(places_, 0, "relative").error().code,
            base::ErrorCode::kInvalidArgument);
}

TEST_F(TrashTest, another_volume_has_a_trash_of_its_own) {
  in_child([&] {
    if (!leave_the_mounts_of_others() || !mount_volume("disk")) return false;
    temp_.write("disk/dir/a b", "x");
    const std::string path = temp_ / "disk/dir/a b";
    const auto trash = trash_for(path);
    if (!trash) return true;
    const std::string user = std::to_string(::geteuid());
    EXPECT_EQ(trash->path(), temp_ / ("disk/.Trash-" + user));
    EXPECT_EQ(status_of(trash->path()).st_mode & 07777, 0700u);
    discard(*trash, path);
    EXPECT_THAT(temp_.read("disk/.Trash-" + user + "/info/a b.trashinfo"),
                HasSubstr("\nPath=dir/a%20b\n"));
    const TrashedItem item = only_item();
    EXPECT_EQ(item.original, path);
    EXPECT_TRUE(give_back(item));
    EXPECT_TRUE(exists(path));
    return true;
  });
}

TEST_F(TrashTest, the_shared_trash_of_a_volume_is_used_if_it_is_sticky_and_no_link) {
  in_child([&] {
    if (!leave_the_mounts_of_others() || !mount_volume("disk")) return false;
    const std::string path = temp_.write("disk/a", "x");
    const std::string shared = temp_ / "disk/.Trash", user = std::to_string(::geteuid());
    const std::string own = temp_ / ("disk/.Trash-" + user);
    fs::create_directory(shared);
    fs::permissions(shared, fs::perms::all | fs::perms::sticky_bit);
    EXPECT_EQ(trash_for(path)->path(), shared + "/" + user);
    EXPECT_EQ(status_of(shared + "/" + user).st_mode & 07777, 0700u);
    EXPECT_FALSE(exists(own));
    discard(path);
    EXPECT_EQ(only_item().original, path);

    fs::permissions(shared, fs::perms::sticky_bit, fs::perm_options::remove);
    EXPECT_EQ(trash_for(path)->path(), own);
    Problems problems;
    EXPECT_THAT(list(&problems), IsEmpty());
    EXPECT_THAT(problems, ElementsAre(Pair(shared, HasSubstr("lacks the sticky bit"))));

    fs::rename(shared, temp_ / "disk/elsewhere");
    fs::permissions(temp_ / "disk/elsewhere", fs::perms::all | fs::perms::sticky_bit);
    fs::create_directory_symlink(temp_ / "disk/elsewhere", shared);
    EXPECT_EQ(trash_for(path)->path(), own);
    fs::remove(shared);

    fs::rename(temp_ / "disk/elsewhere", shared);
    fs::rename(shared + "/" + user, temp_ / "disk/prepared");
    fs::create_directory_symlink(temp_ / "disk/prepared", shared + "/" + user);
    EXPECT_EQ(trash_for(path)->path(), own) << "the user's part of it is a link";
    return true;
  });
}

TEST_F(TrashTest, a_volume_without_a_safe_trash_has_none) {
  in_child([&] {
    if (!leave_the_mounts_of_others() || !mount_volume("disk")) return false;
    const std::string path = temp_.write("disk/a", "x");
    const std::string own = temp_ / ("disk/.Trash-" + std::to_string(::geteuid()));
    fs::create_directory(temp_ / "disk/.Trash");
    fs::create_directory_symlink(temp_ / "home", own);
    EXPECT_THAT(why_refused(path), AllOf(HasSubstr("is a link"), HasSubstr("sticky")));
    EXPECT_TRUE(fs::is_empty(temp_ / "home"));
    fs::remove(own);
    places_.volumes.clear();
    EXPECT_THAT(why_refused(path), HasSubstr("is not a volume whose trash is used"));
    EXPECT_FALSE(exists(own));
    return true;
  });
}

TEST_F(TrashTest, a_trash_that_is_itself_a_mount_is_not_the_volumes) {
  in_child([&] {
    if (!leave_the_mounts_of_others() || !mount_volume("disk")) return false;
    const std::string path = temp_.write("disk/a", "x");
    const std::string own = temp_ / ("disk/.Trash-" + std::to_string(::geteuid()));
    fs::create_directories(own + "/files");
    if (::mount("tmpfs", own.c_str(), "tmpfs", 0, "mode=0700") != 0) return false;
    EXPECT_THAT(why_refused(path), HasSubstr("is on another volume"));
    ::umount(own.c_str());
    fs::permissions(own, fs::perms::owner_all);
    fs::permissions(own + "/files", fs::perms::owner_all);
    if (::mount(temp_.path().c_str(), (own + "/files").c_str(), nullptr, MS_BIND, nullptr) != 0)
      return false;
    EXPECT_THAT(why_refused(path), HasSubstr("is on another volume"));
    return true;
  });
}

// No rename leads from one mount to another, even of the same file system.
TEST_F(TrashTest, a_bind_mount_is_a_volume_of_its_own) {
  in_child([&] {
    file("bound/a", "x");
    fs::create_directories(temp_ / "bind");
    if (!leave_the_mounts_of_others() ||
        ::mount(home("bound").c_str(), (temp_ / "bind").c_str(), nullptr, MS_BIND, nullptr) != 0)
      return false;
    const std::string path = temp_ / "bind/a";
    EXPECT_THAT(why_refused(path), HasSubstr("is not a volume whose trash is used"));
    places_.volumes.push_back(temp_ / "bind");
    discard(path);
    EXPECT_FALSE(exists(path));
    EXPECT_EQ(only_item().original, path);
    EXPECT_TRUE(give_back(only_item()));
    places_.volumes.push_back(home("bound"));
    discard(path);
    EXPECT_THAT(list(), SizeIs(1)) << "the same trash in two places is listed once";
    return true;
  });
}

TEST_F(TrashTest, nothing_is_ever_copied_to_another_volume) {
  in_child([&] {
    if (!leave_the_mounts_of_others() || !mount_volume("disk")) return false;
    const std::string foreign = temp_.write("disk/a", "x");
    const auto trash = trash_for(file("b"));
    const auto name = trash->reserve("a", "t", foreign, at(0));
    const auto taken = trash->take(open_parent(foreign).get(), "a", *name);
    EXPECT_EQ(taken.error().os_error, EXDEV);
    EXPECT_TRUE(exists(foreign));
    EXPECT_TRUE(trash->release(*name));
    discard(home("b"));
    const auto back = trash->give_back(only_item(), open_parent(foreign).get(), "b");
    EXPECT_EQ(back.error().os_error, EXDEV);
    EXPECT_THAT(list(), SizeIs(1));
    return true;
  });
}

}  // namespace
}  // namespace lull::clean
