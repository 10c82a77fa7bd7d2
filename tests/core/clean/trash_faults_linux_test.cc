// SPDX-License-Identifier: MIT
// File systems that are full, read-only, mounted over or lack what is asked of them.
#include <array>
#include <cerrno>
#include <cstddef>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "tests/core/clean/trash_fixture.h"

namespace lull::clean {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// From here on this process's calls of that number do nothing but fail.
bool fail_call(long number, int os_error) {
  const auto call = static_cast<std::uint32_t>(number);
  const auto answer = SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(os_error);
  std::array<sock_filter, 4> steps{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, answer),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog program{static_cast<unsigned short>(steps.size()), steps.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST_F(TrashTest, where_the_flag_is_missing_a_rename_still_replaces_nothing) {
  for (const int missing : {EINVAL, ENOSYS})
    in_child([&] {
      if (!fail_call(SYS_renameat2, missing)) return false;
      for (const char* before : {"home", "data"}) fs::remove_all(temp_ / before);
      file("a", "bytes");
      file("dir/in", "inner");
      fs::create_symlink("/nowhere", home("link"));
      const auto trash = trash_for(home("x"));
      const struct stat before = status_of(home("a"));
      for (const char* name : {"a", "dir", "link"}) discard(*trash, home(name));
      for (const char* name : {"a", "dir", "link"}) EXPECT_FALSE(exists(home(name))) << name;
      for (const TrashedItem& item : list()) {
        item.directory ? (void)file("dir/new") : (void)file(name_of(item.original), "new");
        EXPECT_EQ(give_back(item).error().os_error, EEXIST) << item.name;
        fs::remove_all(item.original);
        if (item.directory) {
          fs::create_directory(item.original);
          EXPECT_EQ(give_back(item).error().os_error, EEXIST) << "an empty one is something too";
          fs::remove(item.original);
        }
        EXPECT_TRUE(give_back(item)) << item.name;
      }
      EXPECT_EQ(status_of(home("a")).st_ino, before.st_ino);
      EXPECT_EQ(status_of(home("a")).st_nlink, 1u);
      EXPECT_EQ(temp_.read("home/dir/in"), "inner");
      EXPECT_TRUE(fs::is_symlink(home("link")));
      EXPECT_THAT(list(), IsEmpty());

      for (const char* name : {"a", "dir"}) {
        const auto reserved = trash->reserve(name, "t", home(name), at(0));
        temp_.write("data/Trash/files/" + *reserved, "somebody was faster");
        const auto taken = trash->take(open_parent(home(name)).get(), name, *reserved);
        EXPECT_EQ(taken.error().os_error, EEXIST);
        EXPECT_EQ(temp_.read("data/Trash/files/" + *reserved), "somebody was faster");
        fs::remove(trashed("files/" + *reserved));
        EXPECT_EQ(
            trash->take(open_parent(home(name)).get(), "vanished", *reserved).error().os_error,
            ENOENT);
        EXPECT_TRUE(fs::is_empty(trashed("files")));
      }
      return true;
    });
}

TEST_F(TrashTest, files_that_cannot_have_two_names_stay_where_the_flag_is_missing) {
  in_child([&] {
    discard(file("a"));
    if (!fail_call(SYS_renameat2, EINVAL) || !fail_call(SYS_linkat, EPERM)) return false;
    EXPECT_EQ(give_back(only_item()).error().code, base::ErrorCode::kUnavailable);
    EXPECT_THAT(list(), SizeIs(1));
    return true;
  });
}

TEST_F(TrashTest, a_full_volume_leaves_no_half_info) {
  for (const char* options : {"size=64k", "nr_inodes=12"})
    in_child([&] {
      if (!leave_the_mounts_of_others() || !mount_volume("disk", options)) return false;
      const std::string path = temp_.write("disk/a", "x");
      const auto trash = trash_for(path);
      for (int i = 0; i < 20; ++i)
        temp_.write("disk/ballast" + std::to_string(i), std::string(16'384, 'b'));
      const auto reserved = trash->reserve("a", "t", path, at(0));
      EXPECT_FALSE(reserved);
      if (reserved) return true;
      EXPECT_EQ(reserved.error().os_error, ENOSPC);
      EXPECT_EQ(reserved.error().code, base::ErrorCode::kIo);
      EXPECT_TRUE(fs::is_empty(trash->path() + "/info"));
      for (int i = 0; i < 20; ++i) fs::remove(temp_ / ("disk/ballast" + std::to_string(i)));
      EXPECT_EQ(discard(*trash, path), "a");

      // A directory cannot be noted in the cache; nothing else suffers.
      fs::create_directory(temp_ / "disk/dir");
      trash->note_size(discard(*trash, temp_ / "disk/dir"), 4096);
      for (int i = 0; i < 20; ++i)
        temp_.write("disk/ballast" + std::to_string(i), std::string(16'384, 'b'));
      EXPECT_FALSE(trash->save_sizes());
      EXPECT_THAT(list(), SizeIs(2));
      EXPECT_EQ(purge_all().removed, 2u) << "a full volume can be emptied";
      return true;
    });
}

TEST_F(TrashTest, a_volume_without_room_for_a_trash_has_none) {
  in_child([&] {
    if (!leave_the_mounts_of_others() || !mount_volume("disk", "nr_inodes=4")) return false;
    const std::string path = temp_.write("disk/a", "x");
    EXPECT_THAT(why_refused(path), HasSubstr("No space left"));
    EXPECT_TRUE(exists(path));
    return true;
  });
}

TEST_F(TrashTest, on_a_read_only_volume_everything_stays_and_says_why) {
  in_child([&] {
    if (!leave_the_mounts_of_others() || !mount_volume("disk")) return false;
    const std::string disk = temp_ / "disk", path = temp_.write("disk/a", "x");
    temp_.write("disk/dir/in", "x");
    const auto read_only = [&](unsigned long flag) {
      return ::mount(nullptr, disk.c_str(), nullptr, MS_REMOUNT | flag, nullptr) == 0;
    };
    if (!read_only(MS_RDONLY)) return false;
    EXPECT_THAT(why_refused(path), HasSubstr("Read-only file system"));
    read_only(0);
    const auto trash = trash_for(path);
    discard(*trash, temp_ / "disk/dir");
    const auto reserved = trash->reserve("a", "t", path, at(0));
    read_only(MS_RDONLY);
    EXPECT_EQ(trash->reserve("a", "t2", path, at(0)).error().os_error, EROFS);
    EXPECT_EQ(trash->take(open_parent(path).get(), "a", *reserved).error().os_error, EROFS);
    EXPECT_EQ(trash->release(*reserved).error().os_error, EROFS);
    Problems problems;
    const auto items = list(&problems);
    EXPECT_THAT(problems, SizeIs(1)) << "the reservation";
    EXPECT_THAT(items, SizeIs(1));
    EXPECT_EQ(give_back(items[0]).error().os_error, EROFS);
    const PurgeResult result = purge(items);
    EXPECT_EQ(result.removed, 0u);
    EXPECT_EQ(result.entries, 0u);
    EXPECT_EQ(result.freed_bytes, 0);
    EXPECT_EQ(result.failure_count, 1u);
    EXPECT_TRUE(exists(path));
    EXPECT_TRUE(exists(trash->path() + "/files/dir/in"));
    EXPECT_TRUE(exists(trash->path() + "/info/dir.trashinfo"));
    return true;
  });
}

// Every call fails once, with what a dying disk says.
TEST_F(TrashTest, whatever_call_fails_an_item_is_either_here_or_there) {
  for (const long call : {SYS_openat, SYS_write, SYS_close, SYS_renameat2, SYS_newfstatat,
                          SYS_unlinkat, SYS_openat2, SYS_getdents64, SYS_fstat}) {
    fs::remove_all(temp_ / "data");
    fs::remove_all(temp_ / "home");
    file("taken", "t");
    file("kept/in", "k");
    const auto trash = trash_for(home("x"));
    discard(*trash, home("kept"));
    const TrashedItem item = only_item();
    in_child([&] {
      const base::UniqueFd here = open_parent(home("taken"));
      if (!fail_call(call, EIO)) return false;
      const auto reserved = trash->reserve("taken", "t", home("taken"), at(0));
      if (reserved && !trash->take(here.get(), "taken", *reserved)) (void)trash->release(*reserved);
      (void)trash->give_back(item, here.get(), "kept");
      (void)clean::purge(places_, {item}, 1, {});
      return true;
    });
    const bool back = exists(home("kept")), gone = !back && !exists(trashed("files/kept"));
    EXPECT_TRUE(gone || exists(home("kept/in")) || exists(trashed("files/kept"))) << call;
    EXPECT_TRUE(gone || back || exists(trashed("info/kept.trashinfo"))) << call;
    EXPECT_NE(exists(home("taken")), exists(trashed("files/taken"))) << call;
    EXPECT_TRUE(exists(home("taken")) || exists(trashed("info/taken.trashinfo"))) << call;
  }
}

TEST_F(TrashTest, purging_leaves_no_mount_and_nothing_on_it) {
  in_child([&] {
    file("tree/tmpfs/x");
    file("tree/bind/x");
    file("tree/plain/x");
    temp_.write("outside/canary", "canary");
    discard(home("tree"));
    const std::string tree = trashed("files/tree");
    if (!leave_the_mounts_of_others() ||
        ::mount("tmpfs", (tree + "/tmpfs").c_str(), "tmpfs", 0, "size=1m") != 0 ||
        ::mount((temp_ / "outside").c_str(), (tree + "/bind").c_str(), nullptr, MS_BIND, nullptr))
      return false;
    temp_.write("data/Trash/files/tree/tmpfs/foreign", "canary");
    const PurgeResult result = purge_all();
    EXPECT_EQ(result.removed, 0u);
    EXPECT_EQ(result.failure_count, 2u);
    for (const auto& failure : result.failures)
      EXPECT_EQ(failure.error, "is on another volume") << failure.path;
    EXPECT_EQ(temp_.read("outside/canary"), "canary");
    EXPECT_EQ(temp_.read("data/Trash/files/tree/tmpfs/foreign"), "canary");
    EXPECT_FALSE(exists(tree + "/plain"));
    EXPECT_TRUE(exists(trashed("info/tree.trashinfo")));
    return true;
  });
}

TEST_F(TrashTest, a_purge_says_what_it_predicted_and_what_the_volume_got_back) {
  in_child([&] {
    if (!leave_the_mounts_of_others() || !mount_volume("disk")) return false;
    const std::string bytes(100'000, 'x');
    temp_.write("disk/tree/a", bytes);
    fs::create_hard_link(temp_ / "disk/tree/a", temp_ / "disk/tree/same");
    temp_.write("disk/tree/shared", bytes);
    fs::create_hard_link(temp_ / "disk/tree/shared", temp_ / "disk/outside");
    discard(temp_ / "disk/tree");
    const PurgeResult result = purge_all();
    EXPECT_EQ(result.removed, 1u);
    EXPECT_EQ(result.entries, 4u);
    // a, whose both names went, and the info; not what has a name outside.
    EXPECT_EQ(result.predicted_bytes, 102'400u + 4096);
    EXPECT_EQ(result.freed_bytes, 102'400 + 4096);
    EXPECT_EQ(temp_.read("disk/outside"), bytes);
    return true;
  });
}

}  // namespace
}  // namespace lull::clean
