// SPDX-License-Identifier: MIT
#include <cerrno>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "tests/core/clean/clean_world.h"
#include "tests/support/manual_clock.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Mover : public CleanWorld {
 protected:
  static void advance_mtime(const std::string& path) {
    const timespec times[2] = {{0, UTIME_OMIT}, {1'700'000'000, 5}};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW), 0);
  }
};

TEST_F(Mover, moves_a_file_by_rename_and_says_where_it_is) {
  const std::string path = write("old");
  const MoveResult result = move(item(path));
  EXPECT_EQ(result.kind, MoveKind::kMoved) << result.reason;
  EXPECT_EQ(result.name, "old");
  EXPECT_FALSE(exists(path));
  EXPECT_EQ(temp_.read("home/.local/share/Trash/files/old"), "junk");
  EXPECT_EQ(original_of("old"), path);
}

TEST_F(Mover, moves_a_directory_with_everything_in_it_by_one_rename) {
  write("dir/a");
  write("dir/b/c");
  EXPECT_EQ(why(item(root_ + "/dir")), "");
  EXPECT_TRUE(fs::exists(trash_path_ + "/files/dir/b/c"));
  EXPECT_THAT(trashed(), ElementsAre("dir"));
}

TEST_F(Mover, moves_a_link_and_not_what_it_leads_to) {
  fs::create_symlink(home_ + "/Documents/canary", root_ + "/link");
  EXPECT_EQ(why(item(root_ + "/link")), "");
  EXPECT_TRUE(fs::is_symlink(trash_path_ + "/files/link"));
  EXPECT_EQ(temp_.read("home/Documents/canary"), "precious");
}

TEST_F(Mover, moves_a_whole_root) {
  write("a");
  EXPECT_EQ(why(item(root_)), "");
  EXPECT_THAT(trashed(), ElementsAre("app"));
}

TEST_F(Mover, takes_another_name_where_the_trash_has_that_one) {
  ASSERT_EQ(why(item(write("same", "1"))), "");
  const MoveResult second = move(item(write("same", "2")));
  EXPECT_EQ(second.name, "same.t0k");
  EXPECT_THAT(trashed(), ElementsAre("same", "same.t0k"));
}

TEST_F(Mover, refuses_a_path_that_is_not_plain) {
  PlanItem odd = item(write("x"));
  odd.path = root_ + "//x";
  EXPECT_THAT(why(odd), HasSubstr("empty component"));
  odd.path = root_ + "/../app/x";
  EXPECT_THAT(why(odd), HasSubstr(".."));
  EXPECT_TRUE(exists(root_ + "/x"));
}

TEST_F(Mover, refuses_home_and_what_is_outside_the_root) {
  PlanItem home = item(home_);
  home.root = home_;
  EXPECT_NE(why(home), "");
  EXPECT_THAT(why(item(home_ + "/Documents/canary")), HasSubstr("outside"));
}

TEST_F(Mover, refuses_the_trash_it_moves_to) {
  guards_.places.own.clear();
  ASSERT_TRUE(FolderTrash::open(trash_path_).has_value());
  for (const char* name : {"", "/files", "/info"}) {
    PlanItem trash = item(trash_path_ + name);
    trash.root = home_ + "/.local";
    EXPECT_THAT(why(trash), HasSubstr("trash")) << name;
  }
}

TEST_F(Mover, skips_what_is_gone) {
  const PlanItem gone = item(write("d/x"));
  fs::remove(gone.path);
  EXPECT_THAT(why(gone), HasSubstr("not there any more"));
  fs::remove(root_ + "/d");
  EXPECT_THAT(why(gone), HasSubstr("not there any more"));
  EXPECT_TRUE(trash_is_empty());
}

TEST_F(Mover, skips_another_file_of_the_same_name) {
  const PlanItem old = item(write("x"));
  fs::rename(old.path, root_ + "/y");
  write("x");
  EXPECT_THAT(why(old), HasSubstr("something else"));
}

TEST_F(Mover, skips_a_file_that_became_another_kind) {
  PlanItem file = item(write("x"));
  file.directory = true;
  EXPECT_THAT(why(file), HasSubstr("another kind"));
  fs::create_directory(root_ + "/d");
  PlanItem directory = item(root_ + "/d");
  directory.directory = false;
  EXPECT_THAT(why(directory), HasSubstr("another kind"));
}

TEST_F(Mover, skips_pipes_and_sockets) {
  ASSERT_EQ(::mkfifo((root_ + "/pipe").c_str(), 0600), 0);
  EXPECT_THAT(why(item(root_ + "/pipe")), HasSubstr("another kind"));
}

TEST_F(Mover, skips_what_has_changed_in_size_mtime_or_ctime) {
  PlanItem grown = item(write("grown"));
  write("grown", "more");
  EXPECT_THAT(why(grown), HasSubstr("changed"));
  const PlanItem touched = item(write("touched"));
  advance_mtime(touched.path);
  EXPECT_THAT(why(touched), HasSubstr("changed"));
  const PlanItem quiet = item(write("quiet"));
  ::usleep(20'000);  // the kernel's ctime ticks
  fs::permissions(quiet.path, fs::perms::owner_read);
  EXPECT_THAT(why(quiet), HasSubstr("changed")) << "nobody can set a ctime";
}

TEST_F(Mover, skips_what_belongs_to_another_user) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const std::string path = write("theirs");
  ASSERT_EQ(::lchown(path.c_str(), 12345, 12345), 0);
  EXPECT_THAT(why(item(path)), HasSubstr("another user"));
}

TEST_F(Mover, skips_a_file_with_another_name_unless_all_of_them_go) {
  const std::string path = write("one");
  fs::create_hard_link(path, root_ + "/two");
  const PlanItem one = item(path), two = item(root_ + "/two");
  EXPECT_THAT(why(one), HasSubstr("another name"));
  EXPECT_EQ(move(one, 2).kind, MoveKind::kMoved);
  EXPECT_EQ(move(two, 2).kind, MoveKind::kMoved) << "its ctime is another one by now";
}

TEST_F(Mover, skips_what_a_program_has_opened_since_the_picture) {
  const std::string path = write("open");
  for (const int flags : {O_RDONLY, O_WRONLY}) {
    const base::UniqueFd fd(::open(path.c_str(), flags));
    EXPECT_THAT(why(item(path)), HasSubstr("just opened"));
  }
  EXPECT_EQ(why(item(path)), "");
}

TEST_F(Mover, skips_what_the_picture_shows_open_or_locked) {
  const PlanItem open = item(write("open")), locked = item(write("locked"));
  guards_.use.open_files->add(open.device, open.inode);
  guards_.use.locks->add(locked.device, locked.inode);
  EXPECT_THAT(why(open), HasSubstr("has it open"));
  EXPECT_THAT(why(locked), HasSubstr("locked"));
}

TEST_F(Mover, keeps_what_it_cannot_know) {
  write("dir/x");
  fs::create_symlink("nowhere", root_ + "/link");
  guards_.use.locks.reset();
  EXPECT_THAT(why(item(root_ + "/link")), HasSubstr("not known"));
  EXPECT_THAT(why(item(root_ + "/dir")), HasSubstr("not known"));
  guards_.use.open_files.reset();
  EXPECT_THAT(why(item(root_ + "/dir")), HasSubstr("not known"));
  EXPECT_EQ(why(item(write("file"))), "") << "of a file a lease tells enough";
}

// A program's database once lost one of its files while it ran.
TEST_F(Mover, judges_a_database_and_its_logs_as_one) {
  const std::string database = write("a.db"), log = write("a.db-wal");
  const PlanItem planned = item(database);
  EXPECT_THAT(why(planned), HasSubstr("another file stays")) << "the log is not in the plan";
  const PlanItem planned_log = item(log);
  {
    const base::UniqueFd fd(::open(log.c_str(), O_RDONLY));
    EXPECT_THAT(why(planned), HasSubstr("database it is a part of is in use"));
  }
  guards_.use.open_files->add(planned.device, planned.inode);
  EXPECT_THAT(why(planned_log), HasSubstr("database it is a part of is in use"));
  guards_.use.open_files.emplace();
  EXPECT_EQ(why(planned), "");
  EXPECT_EQ(why(planned_log), "");
}

TEST(SqliteFamily, has_four_names) {
  EXPECT_THAT(family_of("x"), ElementsAre("x-wal", "x-shm", "x-journal"));
  EXPECT_THAT(family_of("x-shm"), ElementsAre("x", "x-wal", "x-journal"));
  EXPECT_THAT(family_of("-wal"), ElementsAre("-wal-wal", "-wal-shm", "-wal-journal"));
}

TEST_F(Mover, looks_into_a_directory_for_what_is_in_use) {
  const PlanItem inner = item(write("dir/sub/open"));
  const PlanItem directory = item(root_ + "/dir");
  guards_.use.open_files->add(inner.device, inner.inode);
  EXPECT_THAT(why(directory), AllOf(HasSubstr("dir/sub/open"), HasSubstr("has it open")));
  guards_.use.open_files.emplace();
  guards_.use.open_files->add(directory.device, directory.inode);
  EXPECT_THAT(why(directory), HasSubstr("has it open")) << "a program works in it";
}

TEST_F(Mover, looks_into_a_directory_for_what_is_younger_than_the_plan) {
  write("dir/sub/deep");
  const PlanItem directory = item(root_ + "/dir");
  guards_.seen_at = std::chrono::floor<std::chrono::milliseconds>(
      base::WallTime(std::chrono::milliseconds(directory.ctime_ns / 1'000'000)));
  ::usleep(20'000);
  write("dir/sub/new");
  EXPECT_THAT(why(directory), HasSubstr("changed since the scan"));
  EXPECT_TRUE(exists(root_ + "/dir/sub/new"));
}

TEST_F(Mover, looks_into_a_directory_for_what_is_another_users) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const std::string inner = write("dir/sub/theirs");
  ASSERT_EQ(::lchown(inner.c_str(), 12345, 12345), 0);
  EXPECT_THAT(why(item(root_ + "/dir")), HasSubstr("another user"));
}

TEST_F(Mover, refuses_a_parent_that_became_a_link) {
  const PlanItem inner = item(write("d/x"));
  fs::rename(root_ + "/d", root_ + "/e");
  fs::create_directory_symlink(root_ + "/e", root_ + "/d");
  EXPECT_THAT(why(inner), HasSubstr("link on its way"));
  guards_.descent = Descent::kNameByName;
  EXPECT_THAT(why(inner), HasSubstr("link on its way"));
}

TEST_F(Mover, refuses_mount_points_and_directories_with_one_inside) {
  write("d/e/x");
  const int answer = in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount((root_ + "/d/e").c_str(), (root_ + "/d/e").c_str(), nullptr, MS_BIND, nullptr) != 0)
      return 90;
    const PlanItem mounted = item(root_ + "/d/e"), above = item(root_ + "/d");
    if (why(mounted).find("mounted") == std::string::npos) return 1;
    if (why(above).find("mounted") == std::string::npos) return 2;
    return exists(root_ + "/d/e/x") ? 0 : 3;
  });
  if (answer == 90) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(answer, 0);
}

TEST_F(Mover, lets_the_caller_have_the_last_word) {
  const PlanItem kept = item(write("kept"));
  guards_.recheck = [&](const PlanItem& asked, const struct stat& status) {
    EXPECT_EQ(asked.path, kept.path);
    EXPECT_EQ(status.st_ino, kept.inode);
    return std::string("on your keep list");
  };
  EXPECT_EQ(why(kept), "on your keep list");
}

// The last look was right; then somebody was quicker.
TEST_F(Mover, gives_back_what_was_put_there_at_the_last_moment) {
  const PlanItem planned = item(write("x"));
  guards_.fault = [&](FaultPoint point) {
    if (point != FaultPoint::kReserved) return;
    fs::rename(planned.path, root_ + "/aside");
    write("x", "precious");
  };
  EXPECT_THAT(why(planned), HasSubstr("last moment"));
  EXPECT_EQ(temp_.read("home/.cache/app/x"), "precious");
  EXPECT_TRUE(trash_is_empty());
}

TEST_F(Mover, says_what_it_has_where_a_stranger_cannot_be_given_back) {
  const PlanItem planned = item(write("x"));
  guards_.fault = [&](FaultPoint point) {
    if (point == FaultPoint::kReserved) {
      fs::rename(planned.path, root_ + "/aside");
      write("x", "precious");
    }
    if (point == FaultPoint::kTaken) write("x", "third");
  };
  const MoveResult result = move(planned);
  EXPECT_EQ(result.kind, MoveKind::kMoved);
  EXPECT_NE(result.inode, planned.inode);
  EXPECT_EQ(temp_.read("home/.local/share/Trash/files/x"), "precious");
  EXPECT_THAT(trashed(), ElementsAre("x")) << "with an info: nothing is lost";
}

TEST_F(Mover, leaves_the_item_and_no_info_when_a_call_fails) {
  for (const char* call : {"reserve", "take"})
    for (const int os_error : {ENOSPC, EROFS, EIO, EMFILE, EACCES}) {
      const PlanItem planned = item(write("x"));
      refuse_ = [&](const char* asked) { return std::string(asked) == call ? os_error : 0; };
      EXPECT_EQ(move(planned).kind, MoveKind::kFailed) << call << os_error;
      EXPECT_TRUE(exists(planned.path));
      EXPECT_TRUE(trash_is_empty());
    }
}

TEST_F(Mover, skips_what_would_have_to_be_copied) {
  const PlanItem planned = item(write("x"));
  refuse_ = [](const char* call) { return std::string(call) == "take" ? EXDEV : 0; };
  EXPECT_EQ(move(planned).kind, MoveKind::kSkipped);
  EXPECT_TRUE(trash_is_empty());
}

// The picture of the run's beginning is older than a second by then.
TEST_F(Mover, leaves_a_directory_with_a_file_that_was_opened_after_the_run_began) {
  // Before any look: another process may hold what had their inodes until then.
  write("opened/sub/a");
  write("free/sub/a");
  write("quick/sub/a");
  support::ManualClock clock;
  int looks = 0;
  FreshUse fresh(
      {scan::find_open_files({}), scan::find_held_locks({})}, clock.now(),
      [&] {
        ++looks;
        return UsePicture{scan::find_open_files({}), scan::find_held_locks({})};
      },
      clock);
  guards_.use_now = [&] { return fresh.now(); };
  const base::UniqueFd opened(::open((root_ + "/opened/sub/a").c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(why(item(root_ + "/quick")), "");
  EXPECT_EQ(looks, 0) << "the first is fresh";
  clock.advance(FreshUse::kFresh + std::chrono::milliseconds(1));
  EXPECT_THAT(why(item(root_ + "/opened")), HasSubstr("a program has it open"));
  EXPECT_EQ(why(item(root_ + "/free")), "");
  EXPECT_EQ(looks, 1) << "one for both";
}

// The kernel stamps changes by a clock that is behind.
TEST_F(Mover, leaves_a_directory_in_which_something_changed_a_tick_before_the_scan) {
  write("dir/sub/a");
  const PlanItem directory = item(root_ + "/dir");
  struct stat inside {};
  ASSERT_EQ(::lstat((root_ + "/dir/sub/a").c_str(), &inside), 0);
  const base::WallTime changed(
      std::chrono::milliseconds(scan::times_of(inside).ctime_ns / 1'000'000));
  guards_.seen_at = changed + std::chrono::milliseconds(10);
  EXPECT_THAT(why(directory), HasSubstr("it has changed since the scan"));
  guards_.seen_at = changed + std::chrono::seconds(1);
  EXPECT_EQ(why(directory), "");
}

}  // namespace
}  // namespace lull::clean
