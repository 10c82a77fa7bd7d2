// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>

#include <sys/resource.h>

#include "tests/core/clean/trash_fixture.h"

namespace lull::clean {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// `depth` directories, one in the other, with a file in each.
void dig(const std::string& top, int depth, const std::string& name) {
  fs::create_directory(top);
  base::UniqueFd at(::open(top.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < depth; ++i) {
    ASSERT_EQ(::mkdirat(at.get(), name.c_str(), 0700), 0);
    base::UniqueFd next(::openat(at.get(), name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(next);
    at = std::move(next);
    ASSERT_TRUE(base::UniqueFd(::openat(at.get(), "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600)));
  }
}

// `wide` directories in each of `wide` directories, with `files` files each.
void plant(const support::TempDir& temp, const std::string& top, int wide, int files) {
  for (int i = 0; i < wide; ++i)
    for (int j = 0; j < wide; ++j)
      for (int k = 0; k < files; ++k)
        temp.write(
            top + "/" + std::to_string(i) + "/" + std::to_string(j) + "/" + std::to_string(k), "x");
}

TEST_F(TrashTest, purging_removes_items_with_everything_in_them_and_their_infos) {
  for (const unsigned width : {1u, 2u, 4u}) {
    plant(temp_, "home/tree", 12, 5);
    for (int i = 0; i < 50; ++i) file("f" + std::to_string(i));
    discard(home("tree"));
    const auto trash = trash_for(home("x"));
    for (int i = 0; i < 50; ++i) discard(*trash, home("f" + std::to_string(i)));
    const PurgeResult result = purge_all(width);
    EXPECT_EQ(result.removed, 51u);
    EXPECT_EQ(result.entries, 50u + 1 + 12 + 144 + 720);
    EXPECT_EQ(result.failure_count, 0u);
    EXPECT_TRUE(fs::is_empty(trashed("files")));
    EXPECT_TRUE(fs::is_empty(trashed("info")));
    EXPECT_THAT(list(), IsEmpty());
  }
}

TEST_F(TrashTest, purging_follows_no_link) {
  temp_.write("outside/dir/canary", "canary");
  file("item/a");
  fs::create_directory_symlink(temp_ / "outside", home("item/link"));
  fs::create_directory_symlink(temp_ / "outside/dir", home("top link"));
  fs::create_hard_link(temp_ / "outside/dir/canary", home("item/second name"));
  discard(home("item"));
  discard(home("top link"));
  const PurgeResult result = purge_all();
  EXPECT_EQ(result.removed, 2u);
  EXPECT_EQ(result.failure_count, 0u);
  EXPECT_EQ(temp_.read("outside/dir/canary"), "canary");
  EXPECT_EQ(status_of(temp_ / "outside/dir/canary").st_nlink, 1u);
}

TEST_F(TrashTest, what_is_deeper_than_paths_and_descriptors_reach_is_purged) {
  const std::string long_name(200, 'd');
  dig(home("deep"), 3000, long_name);
  const PurgeResult none = purge_all();
  EXPECT_EQ(none.removed, 0u);
  discard(home("deep"));
  const PurgeResult result = purge_all();
  EXPECT_EQ(result.removed, 1u);
  EXPECT_EQ(result.entries, 6001u);
  EXPECT_EQ(result.failure_count, 0u);
  EXPECT_TRUE(fs::is_empty(trashed("files")));
}

TEST_F(TrashTest, few_descriptors_are_enough) {
  plant(temp_, "home/tree", 8, 2);
  for (int i = 0; i < 8; ++i) dig(home("tree/chain" + std::to_string(i)), 100, "d");
  discard(home("tree"));
  in_child([&] {
    const rlimit limit{48, 48};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const PurgeResult result = purge_all(4);
    EXPECT_EQ(result.removed, 1u);
    EXPECT_THAT(result.failures, IsEmpty());
    EXPECT_TRUE(fs::is_empty(trashed("files")));
    return true;
  });
}

TEST_F(TrashTest, without_descriptors_nothing_is_lost_and_the_reason_is_told) {
  file("tree/a/b");
  file("warm/a/b");
  discard(home("tree"));
  discard(home("warm"));
  in_child([&] {
    auto items = list();
    EXPECT_EQ(purge({items.back()}, 1).removed, 1u);  // what it opens once is open now
    items.pop_back();
    const int next = ::dup(0);
    ::close(next);
    for (int more = 0; more <= 8; ++more) {
      const rlimit few{static_cast<rlim_t>(next + more), 256}, enough{256, 256};
      ::setrlimit(RLIMIT_NOFILE, &few);
      const PurgeResult result = purge(items, 1);
      ::setrlimit(RLIMIT_NOFILE, &enough);
      if (result.removed == 1) return true;
      EXPECT_GE(result.failure_count, 1u);
      for (const auto& failure : result.failures)
        EXPECT_THAT(failure.error, HasSubstr("Too many open files"));
      EXPECT_TRUE(exists(trashed("files/tree"))) << more;
      EXPECT_TRUE(exists(trashed("info/tree.trashinfo"))) << more;
    }
    ADD_FAILURE() << "eight descriptors should do";
    return true;
  });
}

TEST_F(TrashTest, directories_without_permissions_get_them_first) {
  for (const char* mode : {"0", "0400", "0500", "0100", "0200", "0700"})
    file(std::string("tree/") + mode + "/sub/file");
  fs::create_directories(temp_ / "data");
  in_child([&] {
    if (!become_ordinary()) return false;
    for (const char* mode : {"0", "0400", "0500", "0100", "0200", "0700"})
      ::chmod(home(std::string("tree/") + mode).c_str(),
              static_cast<mode_t>(std::stoul(mode, nullptr, 8)));
    discard(home("tree"));
    const PurgeResult result = purge_all();
    EXPECT_THAT(result.failures, IsEmpty());
    EXPECT_EQ(result.removed, 1u);
    EXPECT_FALSE(exists(trashed("files/tree")));
    return true;
  });
}

TEST_F(TrashTest, what_another_user_put_there_stays_and_its_permissions_too) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give things away";
  file("tree/theirs/file");
  file("tree/mine");
  in_child([&] {
    fs::create_directories(temp_ / "data");
    const std::string theirs = home("tree/theirs");
    ::chmod(theirs.c_str(), 0755);
    if (!become_ordinary()) return false;
    return true;
  });
  ASSERT_EQ(::chown(home("tree/theirs").c_str(), 1234, 1234), 0);
  ASSERT_EQ(::chown(home("tree/theirs/file").c_str(), 1234, 1234), 0);
  in_child([&] {
    places_.owner = 65534;
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0)
      return false;
    discard(home("tree"));
    const PurgeResult result = purge_all();
    EXPECT_EQ(result.removed, 0u);
    EXPECT_EQ(result.failure_count, 1u);
    if (result.failures.empty()) return true;
    EXPECT_EQ(result.failures[0].path, trashed("files/tree/theirs/file"));
    EXPECT_EQ(status_of(trashed("files/tree/theirs")).st_mode & 07777, 0755u);
    EXPECT_FALSE(exists(trashed("files/tree/mine")));
    EXPECT_THAT(list(), SizeIs(1)) << "the rest is still in the trash, and can be given back";
    return true;
  });
}

TEST_F(TrashTest, only_the_things_that_were_listed_are_purged) {
  for (const char* name : {"a", "b", "c"}) file(std::string(name) + "/in");
  const auto trash = trash_for(home("x"));
  for (const char* name : {"a", "b", "c"}) discard(*trash, home(name));
  const auto items = list();
  ASSERT_THAT(items, SizeIs(3));
  fs::rename(trashed("files/a"), temp_ / "kept");
  file("other/canary");
  fs::rename(home("other"), trashed("files/a"));
  ASSERT_TRUE(give_back(items[1]));
  const PurgeResult result = purge(items);
  EXPECT_EQ(result.removed, 1u);
  EXPECT_EQ(result.failure_count, 2u);
  EXPECT_TRUE(exists(trashed("files/a/canary")));
  EXPECT_TRUE(exists(trashed("info/a.trashinfo")));
  EXPECT_TRUE(exists(home("b/in")));
  EXPECT_FALSE(exists(trashed("files/c")));
}

TEST_F(TrashTest, only_trashes_of_these_places_are_purged) {
  const std::string victim = temp_.write("victim/files/a", "canary");
  temp_.write("victim/info/a.trashinfo", "");
  const struct stat status = status_of(victim);
  std::vector<TrashedItem> items(3);
  for (TrashedItem& item : items) {
    item = {temp_ / "victim", "a", "/a", {}, status.st_dev, status.st_ino, false};
  }
  discard(file("b"));
  items[1].trash = temp_ / "data/Trash";
  items[1].name = "../../../victim/files/a";
  items[2].trash = temp_ / "data/Trash/../../victim";
  const PurgeResult result = purge(items);
  EXPECT_EQ(result.removed, 0u);
  EXPECT_EQ(result.failure_count, 3u);
  EXPECT_TRUE(exists(victim));
}

TEST_F(TrashTest, a_cancelled_purge_begins_nothing_more) {
  discard(file("a"));
  const base::CancelSource source;
  source.cancel(base::CancelReason::kUser);
  const PurgeResult result = purge(list(), 2, source.token());
  EXPECT_EQ(result.removed, 0u);
  EXPECT_EQ(result.failure_count, 0u);
  EXPECT_THAT(list(), SizeIs(1));
}

TEST_F(TrashTest, a_hundred_failures_are_listed_and_all_are_counted) {
  discard(file("a"));
  std::vector<TrashedItem> items(250, only_item());
  const PurgeResult result = purge(items, 1);
  EXPECT_EQ(result.removed, 1u);
  EXPECT_EQ(result.failure_count, 249u);
  EXPECT_THAT(result.failures, SizeIs(100));
  EXPECT_EQ(result.failures[0].path, trashed("files/a"));
}

}  // namespace
}  // namespace lull::clean
