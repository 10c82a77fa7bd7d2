// SPDX-License-Identifier: MIT
#include <cerrno>

#include <sys/xattr.h>

#include "tests/core/clean/clean_run.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

class Undo : public CleanRunWorld {};

TEST_F(Undo, gives_everything_of_a_run_back) {
  const auto paths = write_cache(2, 3);
  const CleanResult cleaned = run(plan_of(paths));
  const UndoResult undone = take_back(cleaned.run);
  EXPECT_THAT(undone.restored, SizeIs(paths.size()));
  EXPECT_EQ(undone.outcome, "done");
  for (const std::string& path : paths) EXPECT_TRUE(exists(path)) << path;
  EXPECT_EQ(temp_.read("home/.cache/app/d1/f2"), "1002");
  EXPECT_TRUE(exists(root_ + "/whole/sub/b"));
  EXPECT_TRUE(trash_is_empty());
  EXPECT_THAT(states(cleaned.run), ElementsAre(Pair(ItemState::kRestored, 7)));
  EXPECT_FALSE(journal().history(0)->back().undoable);
  EXPECT_EQ(journal().history(0)->front().kind, "undo");
}

TEST_F(Undo, gives_back_when_the_volume_has_got_another_number) {
  const CleanResult cleaned = run(plan_of(write_cache(1, 2)));
  renumber_devices();
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(3));
  EXPECT_TRUE(exists(root_ + "/whole/sub/b"));
  EXPECT_THAT(states(cleaned.run), ElementsAre(Pair(ItemState::kRestored, 3)));
}

TEST_F(Undo, gives_a_selection_back) {
  const CleanResult cleaned = run(plan_of({write("a"), write("b"), write("c")}));
  UndoOptions options = undo_options();
  options.items = {(*journal().items_of(cleaned.run))[1].item, 4711};
  EXPECT_THAT(paths_of(take_back(cleaned.run, options).restored), ElementsAre(root_ + "/b"));
  EXPECT_THAT(trashed(), ElementsAre("a", "c"));
  EXPECT_EQ(*journal().last_undoable_run(), cleaned.run);
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(2)) << "the rest later";
}

TEST_F(Undo, says_that_there_is_nothing_to_undo) {
  EXPECT_EQ(undo(99, journal(), clock_, undo_options()).error().code, base::ErrorCode::kNotFound);
  const CleanResult cleaned = run(plan_of({write("a")}));
  take_back(cleaned.run);
  EXPECT_FALSE(undo(cleaned.run, journal(), clock_, undo_options()).has_value());
}

TEST_F(Undo, replaces_nothing_and_keeps_both) {
  const CleanResult cleaned = run(plan_of({write("a", "old"), write("b")}));
  write("a", "new");
  const UndoResult undone = take_back(cleaned.run);
  ASSERT_THAT(undone.conflicts, SizeIs(1));
  EXPECT_THAT(undone.conflicts[0].reason, HasSubstr("stays in the trash as a"));
  EXPECT_EQ(undone.outcome, "partial");
  EXPECT_EQ(temp_.read("home/.cache/app/a"), "new");
  EXPECT_EQ(temp_.read("home/.local/share/Trash/files/a"), "old");
  fs::remove(root_ + "/a");
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(1)) << "once the place is free";
}

TEST_F(Undo, makes_missing_directories_below_the_root_again) {
  const CleanResult cleaned = run(plan_of({write("x/y/z/file")}));
  fs::remove_all(root_ + "/x");
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(1));
  EXPECT_TRUE(exists(root_ + "/x/y/z/file"));
}

TEST_F(Undo, does_not_make_the_root_again) {
  const CleanResult cleaned = run(plan_of({write("x/file")}));
  fs::remove_all(root_);
  const UndoResult undone = take_back(cleaned.run);
  ASSERT_THAT(undone.failed, SizeIs(1));
  EXPECT_EQ(undone.outcome, "failed");
  EXPECT_FALSE(exists(root_));
  EXPECT_THAT(trashed(), ElementsAre("file"));
  fs::create_directories(root_);
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(1));
}

TEST_F(Undo, gives_a_whole_root_back) {
  write("a");
  const CleanResult cleaned = run(plan_of({root_}));
  ASSERT_FALSE(exists(root_));
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(1));
  EXPECT_TRUE(exists(root_ + "/a"));
}

TEST_F(Undo, gives_nothing_back_through_a_link) {
  const CleanResult cleaned = run(plan_of({write("x/file")}));
  fs::remove(root_ + "/x");
  fs::create_directory_symlink(home_ + "/Documents", root_ + "/x");
  const UndoResult undone = take_back(cleaned.run);
  ASSERT_THAT(undone.failed, SizeIs(1));
  EXPECT_THAT(undone.failed[0].reason, HasSubstr("link on its way"));
  EXPECT_FALSE(exists(home_ + "/Documents/file"));
}

TEST_F(Undo, takes_what_somebody_else_gave_back_for_restored) {
  const CleanResult cleaned = run(plan_of({write("a"), write("b")}));
  fs::rename(trash_path_ + "/files/a", root_ + "/a");
  fs::remove(trash_path_ + "/info/a.trashinfo");
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(2));
}

TEST_F(Undo, tells_of_what_is_not_in_the_trash_any_more) {
  const CleanResult cleaned = run(plan_of({write("a"), write("b")}));
  fs::remove(trash_path_ + "/files/a");
  fs::remove(trash_path_ + "/info/a.trashinfo");
  const UndoResult undone = take_back(cleaned.run);
  ASSERT_THAT(undone.failed, SizeIs(1));
  EXPECT_EQ(undone.failed[0].reason, "it is not in the trash any more");
  EXPECT_THAT(undone.restored, SizeIs(1));
}

TEST_F(Undo, never_gives_back_another_thing_of_that_name) {
  const CleanResult cleaned = run(plan_of({write("a")}));
  fs::rename(trash_path_ + "/files/a", home_ + "/elsewhere");
  temp_.write("home/.local/share/Trash/files/a", "a stranger");
  EXPECT_THAT(take_back(cleaned.run).failed, SizeIs(1));
  EXPECT_FALSE(exists(root_ + "/a"));
}

TEST_F(Undo, works_while_the_volume_of_some_is_away) {
  const CleanResult first = run(plan_of({write("a")}));
  const std::string other = home_ + "/other-trash";
  UndoOptions options = undo_options();
  options.trash.open_again = [&](const std::string& path) -> base::Result<std::unique_ptr<Trash>> {
    if (path == other) return base::fail(base::ErrorCode::kUnavailable, "its volume is away", path);
    return FolderTrash::open_existing(path);
  };
  CleanItem away;
  away.path = "/media/stick/cache/b";
  away.root = "/media/stick/cache";
  away.trash = other;
  std::vector<CleanItem> items = {away};
  ASSERT_TRUE(journal().add_intents(first.run, items).has_value());
  ASSERT_TRUE(journal().settle({{items[0].item, ItemState::kMoved, "b", {}, 1, 1}}).has_value());
  const UndoResult undone = take_back(first.run, options);
  EXPECT_THAT(undone.restored, SizeIs(1));
  ASSERT_THAT(undone.failed, SizeIs(1));
  EXPECT_THAT(undone.failed[0].reason, HasSubstr("volume is away"));
  EXPECT_EQ(undone.outcome, "partial");
  EXPECT_EQ(*journal().last_undoable_run(), first.run) << "that one may come back";
}

TEST_F(Undo, fails_item_by_item_and_leaves_what_it_cannot_give_back) {
  const CleanResult cleaned = run(plan_of({write("a"), write("b")}));
  for (const int os_error : {ENOSPC, EROFS, EIO, EMFILE}) {
    refuse_ = [&](const char* call) { return std::string(call) == "give_back" ? os_error : 0; };
    EXPECT_THAT(take_back(cleaned.run).failed, SizeIs(2)) << os_error;
    EXPECT_THAT(trashed(), SizeIs(2));
  }
  refuse_ = {};
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(2));
}

TEST_F(Undo, of_many_things_is_as_wide_as_is_allowed_and_the_same) {
  auto paths = write_cache(3, 400);
  paths.push_back(write("x/y/gone/file"));
  const CleanResult cleaned = run(plan_of(paths));
  fs::remove_all(root_ + "/x");
  write("d1/f7", "new");
  fs::remove(trash_path_ + "/files/" + cleaned.moved[11].name);
  fs::remove(trash_path_ + "/info/" + cleaned.moved[11].name + ".trashinfo");
  UndoOptions options = undo_options();
  options.width = 4;
  const UndoResult undone = take_back(cleaned.run, options);
  EXPECT_THAT(undone.restored, SizeIs(paths.size() - 2));
  EXPECT_THAT(paths_of(undone.conflicts), ElementsAre(root_ + "/d1/f7"));
  EXPECT_THAT(paths_of(undone.failed), ElementsAre(cleaned.moved[11].path));
  EXPECT_EQ(undone.outcome, "partial");
  EXPECT_TRUE(exists(root_ + "/x/y/gone/file"));
  EXPECT_THAT(states(cleaned.run), ElementsAre(Pair(ItemState::kMoved, 2),
                                               Pair(ItemState::kRestored, paths.size() - 2)));
  EXPECT_EQ(undone.restored_entries, paths.size() - 2);
}

TEST_F(Undo, finishes_the_current_item_when_cancelled) {
  const CleanResult cleaned = run(plan_of(write_cache(1, 10)));
  const base::CancelSource source;
  UndoOptions options = undo_options();
  options.cancel = source.token();
  int given = 0;
  options.fault = [&](FaultPoint point) {
    if (point == FaultPoint::kParentMade && ++given == 4) source.cancel(base::CancelReason::kUser);
  };
  const UndoResult undone = take_back(cleaned.run, options);
  EXPECT_TRUE(undone.cancelled);
  EXPECT_THAT(undone.restored, SizeIs(4));
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(7));
}

// A journal on another volume than the trash, as of a stick.
class UndoOnAStick : public Undo {
 protected:
  void SetUp() override {
    struct stat there {
    }, here{};
    if (::stat("/dev/shm", &there) != 0 || ::stat(home_.c_str(), &here) != 0 ||
        there.st_dev == here.st_dev || ::access("/dev/shm", W_OK) != 0)
      GTEST_SKIP() << "there is no other file system to write to";
    std::string name = "/dev/shm/lull-undo-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    elsewhere_ = name;
    journal_ = *Journal::open(elsewhere_ + "/state/journal.db", nullptr);
  }
  void TearDown() override {
    journal_.reset();
    if (!elsewhere_.empty()) fs::remove_all(elsewhere_);
  }
  std::string elsewhere_;
};

TEST_F(UndoOnAStick, is_on_its_disk_before_the_journal_says_so) {
  const CleanResult cleaned = run(plan_of({write("a"), write("b")}));
  int flushes = 0;
  refuse_ = [&](const char* call) {
    if (std::string(call) == "flush" && ++flushes == 1) {
      EXPECT_THAT(states(cleaned.run), ElementsAre(Pair(ItemState::kMoved, 2)));
      EXPECT_TRUE(exists(root_ + "/a") && exists(root_ + "/b"));
    }
    return 0;
  };
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(2));
  EXPECT_EQ(flushes, 1) << "once for the batch";
  EXPECT_THAT(states(cleaned.run), ElementsAre(Pair(ItemState::kRestored, 2)));
}

TEST_F(UndoOnAStick, that_cannot_be_flushed_is_not_written_down) {
  const CleanResult cleaned = run(plan_of({write("a")}));
  refuse_ = [](const char* call) { return std::string(call) == "flush" ? EIO : 0; };
  EXPECT_TRUE(take_back(cleaned.run).stopped);
  EXPECT_THAT(states(cleaned.run), ElementsAre(Pair(ItemState::kMoved, 1)));
  refuse_ = {};
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(1)) << "it is found where it was";
  EXPECT_THAT(states(cleaned.run), ElementsAre(Pair(ItemState::kRestored, 1)));
}

TEST_F(Undo, on_the_volume_of_the_journal_flushes_nothing) {
  const CleanResult cleaned = run(plan_of({write("a")}));
  refuse_ = [](const char* call) { return std::string(call) == "flush" ? EIO : 0; };
  EXPECT_FALSE(take_back(cleaned.run).stopped);
}

}  // namespace
}  // namespace lull::clean
