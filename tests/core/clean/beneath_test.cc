// SPDX-License-Identifier: MIT
#include "core/clean/beneath.h"

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "core/clean/system_calls.h"
#include "tests/support/temp_dir.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;

// The same suite for both ways of going down.
class Beneath : public ::testing::TestWithParam<Descent> {
 protected:
  void SetUp() override {
    root_ = fs::canonical(temp_.path()).string() + "/root";
    fs::create_directories(root_ + "/a/b");
    temp_.write("root/a/b/file", "x");
    fs::create_directories(temp_ / "outside/b");
    temp_.write("outside/b/file", "canary");
  }
  // The errno of the refusal, 0 if it was opened.
  int refusal(const std::string& path) const {
    const auto parent = open_parent(root_, path, GetParam());
    return parent ? 0 : parent.error().os_error;
  }
  static std::string outcome(const base::Result<base::UniqueFd>& parent, const char* name) {
    if (!parent) return parent.error().to_string();
    struct stat status {};
    return ::fstatat(parent->get(), name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? "there"
                                                                             : "not there";
  }
  static int in_child(const std::function<int()>& act) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(act());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
  }

  support::TempDir temp_;
  std::string root_;
};

TEST_P(Beneath, opens_the_directory_that_an_item_is_in) {
  EXPECT_EQ(outcome(open_parent(root_, root_ + "/a/b/file", GetParam()), "file"), "there");
  EXPECT_EQ(outcome(open_parent(root_, root_ + "/a", GetParam()), "a"), "there");
}

TEST_P(Beneath, opens_what_is_above_for_the_root_itself) {
  EXPECT_EQ(outcome(open_parent(root_, root_, GetParam()), "root"), "there");
  EXPECT_EQ(outcome(open_parent("/usr", "/usr", GetParam()), "usr"), "there");
}

TEST_P(Beneath, refuses_a_parent_that_is_a_link) {
  fs::rename(root_ + "/a", root_ + "/kept");
  fs::create_directory_symlink(temp_ / "outside", root_ + "/a");
  EXPECT_EQ(refusal(root_ + "/a/b/file"), ELOOP);
  fs::remove(root_ + "/a");
  fs::create_directory_symlink("kept", root_ + "/a");
  EXPECT_EQ(refusal(root_ + "/a/b/file"), ELOOP) << "though it stays below";
}

TEST_P(Beneath, refuses_a_last_directory_that_is_a_link) {
  fs::remove_all(root_ + "/a/b");
  fs::create_directory_symlink(temp_ / "outside/b", root_ + "/a/b");
  const auto parent = open_parent(root_, root_ + "/a/b/file", GetParam());
  ASSERT_FALSE(parent.has_value());
  EXPECT_EQ(parent.error().os_error, ELOOP);
  EXPECT_EQ(parent.error().message, "there is a link on its way");
}

TEST_P(Beneath, refuses_a_root_with_a_link_in_it) {
  fs::create_directory_symlink(temp_.path(), temp_ / "outside/back");
  const std::string root = temp_ / "outside/back/root";
  EXPECT_EQ(open_parent(root, root + "/a/b/file", GetParam()).error().os_error, ELOOP);
  EXPECT_EQ(open_parent(root, root, GetParam()).error().os_error, ELOOP);
}

TEST_P(Beneath, says_what_is_missing_or_no_directory) {
  EXPECT_EQ(refusal(root_ + "/a/none/file"), ENOENT);
  EXPECT_EQ(refusal(root_ + "/a/b/file/more"), ENOTDIR);
}

TEST_P(Beneath, walks_ways_longer_than_any_call_takes) {
  const std::string name(200, 'n');
  std::string path = root_;
  base::UniqueFd at(::open(root_.c_str(), O_PATH | O_DIRECTORY));
  for (int depth = 0; depth < 60; ++depth) {
    ASSERT_EQ(::mkdirat(at.get(), name.c_str(), 0700), 0);
    at.reset(::openat(at.get(), name.c_str(), O_PATH | O_DIRECTORY));
    path += "/" + name;
  }
  ASSERT_EQ(::mkdirat(at.get(), "last", 0700), 0);
  EXPECT_EQ(outcome(open_parent(root_, path + "/last", GetParam()), "last"), "there");
  EXPECT_EQ(outcome(open_parent(path, path + "/last", GetParam()), "last"), "there") << "as a root";
  EXPECT_EQ(refusal(path + "/last/none/file"), ENOENT);
  EXPECT_EQ(refusal(root_ + "/" + std::string(5000, 'x') + "/file"), ENAMETOOLONG);
}

TEST_P(Beneath, refuses_to_cross_a_mount_and_a_bound_directory) {
  const int answer = in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", (root_ + "/a").c_str(), "tmpfs", 0, "size=64k") != 0)
      return 90;
    if (::mkdir((root_ + "/a/b").c_str(), 0700) != 0) return 91;
    if (refusal(root_ + "/a/b/file") != EXDEV || refusal(root_ + "/a/file") != EXDEV) return 1;
    if (refusal(root_ + "/a") != 0) return 2;  // the mount point itself is the mover's to refuse
    const std::string inner = root_ + "/a";    // as a root of its own it is fine
    if (!open_parent(inner, inner + "/b/file", GetParam())) return 3;
    if (::umount(inner.c_str()) != 0) return 92;
    if (::mount((temp_ / "outside").c_str(), inner.c_str(), nullptr, MS_BIND, nullptr) != 0)
      return 93;
    return refusal(root_ + "/a/b/file") == EXDEV ? 0 : 4;
  });
  if (answer == 90) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(answer, 0);
}

// As containers forbid it, and as a kernel before 5.6 answers.
bool forbid_openat2(unsigned answer) {
  const sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | answer),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{4, const_cast<sock_filter*>(code)};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST_P(Beneath, goes_name_by_name_where_the_call_is_missing_or_forbidden) {
  fs::create_directory_symlink(temp_ / "outside", root_ + "/link");
  for (const unsigned answer : {ENOSYS, EPERM})
    EXPECT_EQ(in_child([&] {
                if (!forbid_openat2(answer)) return 1;
                if (open_way_beneath(AT_FDCWD, "tmp", true) != -ENOSYS) return 2;
                if (refusal(root_ + "/a/b/file") != 0) return 3;
                return refusal(root_ + "/link/b/file") == ELOOP ? 0 : 4;
              }),
              0);
}

TEST_P(Beneath, knows_a_mount_point_by_its_name) {
  const base::UniqueFd root(::open(root_.c_str(), O_PATH | O_DIRECTORY));
  EXPECT_EQ(is_mount_point(root.get(), "a"), false);
  const base::UniqueFd top(::open("/", O_PATH | O_DIRECTORY));
  EXPECT_EQ(is_mount_point(top.get(), "proc"), true);
}

TEST_P(Beneath, makes_missing_directories_only_below_the_root) {
  EXPECT_EQ(outcome(make_parent(root_, root_ + "/a/new/newer/file", GetParam()), "file"),
            "not there");
  EXPECT_TRUE(fs::is_directory(root_ + "/a/new/newer"));
  EXPECT_EQ(fs::status(root_ + "/a/new").permissions(), fs::perms::owner_all);
  const std::string gone = temp_ / "gone";
  EXPECT_EQ(make_parent(gone, gone + "/a/file", GetParam()).error().os_error, ENOENT);
  EXPECT_FALSE(fs::exists(gone));
}

TEST_P(Beneath, makes_nothing_through_a_link) {
  fs::create_directory_symlink(temp_ / "outside", root_ + "/link");
  EXPECT_EQ(make_parent(root_, root_ + "/link/new/file", GetParam()).error().os_error, ELOOP);
  EXPECT_FALSE(fs::exists(temp_ / "outside/new"));
}

// The inode of what it opened.
ino_t inode_of(const base::Result<int>& parent) {
  struct stat status {};
  EXPECT_TRUE(parent && ::fstat(*parent, &status) == 0);
  return status.st_ino;
}

TEST_P(Beneath, is_held_for_items_of_one_directory_but_not_for_ever) {
  HeldParent held(GetParam());
  const ino_t before = inode_of(held.open(root_, root_ + "/a/b/file"));
  fs::rename(root_ + "/a/b", temp_ / "outside/away");
  fs::create_directories(root_ + "/a/b");
  for (unsigned i = 1; i < HeldParent::kMost; ++i)
    EXPECT_EQ(inode_of(held.open(root_, root_ + "/a/b/" + std::to_string(i))), before);
  EXPECT_NE(inode_of(held.open(root_, root_ + "/a/b/more")), before);
}

TEST_P(Beneath, is_not_held_for_another_directory_or_root_or_after_a_surprise) {
  HeldParent held(GetParam());
  const ino_t in_b = inode_of(held.open(root_, root_ + "/a/b/file"));
  EXPECT_NE(inode_of(held.open(root_, root_ + "/a/b")), in_b);
  const ino_t before = inode_of(held.open(root_, root_ + "/a/b/file"));
  fs::rename(root_ + "/a/b", root_ + "/a/c");
  held.drop();
  EXPECT_EQ(held.open(root_, root_ + "/a/b/file").error().os_error, ENOENT);
  fs::create_directories(root_ + "/a/b");
  EXPECT_NE(inode_of(held.open(root_, root_ + "/a/b/file")), before);
  fs::rename(root_ + "/a", root_ + "/d");
  fs::create_directory_symlink(root_ + "/d", root_ + "/a");
  EXPECT_EQ(held.open(root_ + "/a", root_ + "/a/b/file").error().os_error, ELOOP);
  EXPECT_EQ(held.open(root_, root_ + "/a/b/file").error().os_error, ELOOP)
      << "a failure holds nothing";
}

TEST_P(Beneath, looks_at_a_thing_as_lstat_does) {
  fs::create_symlink("file", root_ + "/a/b/link");
  const base::UniqueFd parent(::open((root_ + "/a/b").c_str(), O_PATH | O_DIRECTORY));
  for (const char* name : {"file", "link"}) {
    struct stat seen {
    }, expected{};
    std::optional<bool> mounted;
    ASSERT_EQ(look_at(parent.get(), name, seen, mounted), 0);
    ASSERT_EQ(::fstatat(parent.get(), name, &expected, AT_SYMLINK_NOFOLLOW), 0);
    EXPECT_EQ(mounted, false);
    EXPECT_EQ(seen.st_dev, expected.st_dev);
    EXPECT_EQ(seen.st_ino, expected.st_ino);
    EXPECT_EQ(seen.st_mode, expected.st_mode);
    EXPECT_EQ(seen.st_nlink, expected.st_nlink);
    EXPECT_EQ(seen.st_uid, expected.st_uid);
    EXPECT_EQ(seen.st_size, expected.st_size);
    EXPECT_EQ(seen.st_blocks, expected.st_blocks);
    EXPECT_EQ(seen.st_mtim.tv_nsec, expected.st_mtim.tv_nsec);
    EXPECT_EQ(seen.st_ctim.tv_sec, expected.st_ctim.tv_sec);
    EXPECT_EQ(seen.st_ctim.tv_nsec, expected.st_ctim.tv_nsec);
  }
  struct stat seen {};
  std::optional<bool> mounted;
  EXPECT_EQ(look_at(parent.get(), "nothing", seen, mounted), ENOENT);
}

INSTANTIATE_TEST_SUITE_P(, Beneath, ::testing::Values(Descent::kOneCall, Descent::kNameByName),
                         [](const auto& which) {
                           return which.param == Descent::kOneCall ? "in_one_call" : "name_by_name";
                         });

}  // namespace
}  // namespace lull::clean
