// SPDX-License-Identifier: MIT
#include "core/clean/purger.h"

#include <csignal>
#include <fstream>

#include "core/clean/purge_due.h"
#include "tests/core/clean/clean_run.h"

// Purging what a clean has moved, from a real trash.
namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class Purger : public CleanRunWorld {
 protected:
  Purger() {
    places_ = {.data_home = home_ + "/.local/share", .volumes = {}, .owner = ::geteuid()};
    temp_.write("home/Documents/dir/canary", "precious");
  }

  CleanOptions real_options() const {
    CleanOptions options = clean_options();
    options.trash = {[this](dev_t device, const std::string& path) {
                       return Trash::open_for(places_, device, path);
                     },
                     [this](const std::string& path) { return Trash::open(places_, path); }};
    return options;
  }
  CleanResult move_away(const std::vector<std::string>& paths) {
    return run(plan_of(paths), real_options());
  }
  std::vector<CleanItem> due() {
    auto items = *journal().moved_before(base::WallTime::max());
    const auto begun = *journal().being_purged();
    items.insert(items.end(), begun.begin(), begun.end());
    return items;
  }
  PurgeRunResult purge_due(FaultHook fault = {}, std::size_t batch = 4096) {
    PurgeOptions options;
    options.places = places_;
    options.width = 2;
    options.batch = batch;
    options.fault = std::move(fault);
    auto result = purge_moved(due(), journal(), clock_, options);
    EXPECT_TRUE(result.has_value()) << result.error().to_string();
    return result ? *std::move(result) : PurgeRunResult{};
  }
  std::size_t due_after(base::Duration purge_after, bool full = false) {
    const auto due =
        items_to_purge(journal(), clock_, purge_after, [&](const std::string&) { return full; });
    EXPECT_TRUE(due.has_value());
    return due ? due->size() : 0;
  }
  std::string in_trash(const std::string& name) const { return trash_path_ + "/" + name; }

  TrashPlaces places_;
};

TEST_F(Purger, removes_what_was_moved_and_nothing_else) {
  const auto paths = write_cache(2, 3);
  const CleanResult moved = move_away(paths);
  ASSERT_THAT(moved.moved, SizeIs(paths.size()));
  // What somebody has trashed themselves.
  std::ofstream(in_trash("files/theirs")) << "theirs";
  std::ofstream(in_trash("info/theirs.trashinfo"))
      << "[Trash Info]\nPath=" << home_ << "/theirs\nDeletionDate=2020-01-01T00:00:00\n";
  const PurgeRunResult result = purge_due();
  EXPECT_EQ(result.purged_items, paths.size());
  EXPECT_EQ(result.purged_entries, moved.moved_entries);
  EXPECT_GT(result.predicted_bytes, 0u);
  EXPECT_EQ(result.outcome, "done");
  EXPECT_THAT(trashed(), ElementsAre("theirs"));
  EXPECT_THAT(states(moved.run), ElementsAre(Pair(ItemState::kPurged, paths.size())));
  EXPECT_FALSE(*journal().last_undoable_run());
  const auto history = *journal().history(1);
  EXPECT_EQ(history[0].kind, "purge");
  EXPECT_THAT(history[0].summary, HasSubstr("expected"));
  EXPECT_EQ(purge_due().run, 0) << "nothing is left to do, and so no run";
}

// The first thing on a volume decided for all of it.
TEST_F(Purger, finds_the_trash_of_what_is_there_after_something_that_is_not) {
  const Plan plan = plan_of({write("a/gone"), write("b/there"), write("c/there-too")});
  fs::remove_all(root_ + "/a");
  const CleanResult moved = run(plan, real_options());
  EXPECT_THAT(paths_of(moved.moved), ElementsAre(root_ + "/b/there", root_ + "/c/there-too"));
  ASSERT_THAT(moved.skipped, SizeIs(1));
  EXPECT_EQ(moved.skipped[0].reason, "it is not there any more");
}

TEST_F(Purger, leaves_alone_what_has_the_name_of_a_thing_that_was_moved) {
  const CleanResult moved = move_away({write("a"), write("b"), write("c")});
  temp_.write("home/.cache/other", "somebody's");  // before, or it might get the inode of "a"
  fs::remove(in_trash("files/a"));
  fs::rename(home_ + "/.cache/other", in_trash("files/a"));
  fs::rename(in_trash("files/b"), home_ + "/b");
  fs::create_symlink(home_ + "/Documents", in_trash("files/b"));
  const PurgeRunResult result = purge_due();
  EXPECT_EQ(result.purged_items, 1u);
  EXPECT_EQ(result.gone, 2u);
  EXPECT_TRUE(exists(in_trash("files/a")));
  EXPECT_TRUE(exists(in_trash("files/b")));
  EXPECT_TRUE(exists(home_ + "/Documents/dir/canary"));
  EXPECT_FALSE(exists(in_trash("files/c")));
}

TEST_F(Purger, leaves_alone_what_an_info_says_is_something_else) {
  const CleanResult moved = move_away({write("a"), write("b")});
  std::ofstream(in_trash("info/a.trashinfo"))
      << "[Trash Info]\nPath=" << home_ << "/Documents/a\nDeletionDate=2026-01-05T08:00:00\n";
  std::ofstream(in_trash("info/b.trashinfo"), std::ios::trunc) << "garbage";
  const PurgeRunResult result = purge_due();
  EXPECT_EQ(result.purged_items, 0u);
  EXPECT_EQ(result.gone, 1u) << "a person gave it back and put it there again";
  EXPECT_THAT(paths_of(result.failed), ElementsAre(root_ + "/b"));
  EXPECT_THAT(result.failed.at(0).reason, HasSubstr("damaged .trashinfo"));
  EXPECT_GT(result.left_bytes, 0u);
  EXPECT_TRUE(exists(in_trash("files/a")));
  EXPECT_TRUE(exists(in_trash("files/b")));
  EXPECT_THAT(states(moved.run),
              ElementsAre(Pair(ItemState::kMoved, 1), Pair(ItemState::kPurged, 1)));
  EXPECT_THAT(take_back(moved.run).restored, SizeIs(1)) << "what is still there can be undone";
}

TEST_F(Purger, leaves_a_directory_that_somebody_has_put_something_into) {
  write("whole/a");
  const CleanResult moved = move_away({root_ + "/whole"});
  std::ofstream(in_trash("files/whole/.directory")) << "[Desktop Entry]";
  const PurgeRunResult result = purge_due();
  EXPECT_THAT(paths_of(result.failed), ElementsAre(root_ + "/whole"));
  EXPECT_THAT(states(moved.run), ElementsAre(Pair(ItemState::kMoved, 1)));
  EXPECT_THAT(take_back(moved.run).restored, SizeIs(1));
  EXPECT_TRUE(exists(root_ + "/whole/.directory"));
}

TEST_F(Purger, that_removed_nothing_leaves_it_to_undo) {
  const CleanResult moved = move_away({write("a"), write("b"), write("c")});
  const CleanResult directory = [&] {
    write("dir/d");
    return move_away({root_ + "/dir"});
  }();
  const PurgeRunResult refused = purge_due([&](FaultPoint point) {
    if (point == FaultPoint::kCondemned) fs::rename(trash_path_, trash_path_ + ".away");
    if (point == FaultPoint::kRemoved) fs::rename(trash_path_ + ".away", trash_path_);
  });
  EXPECT_EQ(refused.purged_items, 0u);
  EXPECT_THAT(refused.failed, SizeIs(4));
  EXPECT_THAT(*journal().being_purged(), IsEmpty());
  for (const auto& entry : *journal().history(0)) {
    EXPECT_EQ(entry.undoable, entry.kind == "clean") << entry.kind;
  }
  EXPECT_THAT(take_back(moved.run).restored, SizeIs(3));
  EXPECT_THAT(take_back(directory.run).restored, SizeIs(1));
}

// A directory that was begun with is not what it was.
TEST_F(Purger, goes_on_with_a_directory_of_which_something_is_gone) {
  write("dir/a");
  write("dir/sub/b");
  const CleanResult moved = move_away({root_ + "/dir", write("file")});
  fs::remove(in_trash("files/dir/a"));  // as a purge that was killed
  const auto items = due();
  ASSERT_TRUE(journal().mark({items[0].item, items[1].item}, ItemState::kPurging));
  EXPECT_EQ(purge_due().purged_items, 2u);
  EXPECT_THAT(states(moved.run), ElementsAre(Pair(ItemState::kPurged, 2)));
}

TEST_F(Purger, knows_what_a_file_manager_has_given_back) {
  const CleanResult moved = move_away({write("a"), write("b")});
  fs::rename(in_trash("files/a"), root_ + "/a");
  fs::remove(in_trash("info/a.trashinfo"));
  purge_due();
  EXPECT_TRUE(exists(root_ + "/a"));
  EXPECT_THAT(states(moved.run),
              ElementsAre(Pair(ItemState::kRestored, 1), Pair(ItemState::kPurged, 1)));
}

TEST_F(Purger, knows_its_own_when_the_volume_has_got_another_number) {
  const CleanResult moved = move_away(write_cache(1, 2));
  renumber_devices();
  EXPECT_EQ(purge_due().purged_items, 3u);
  EXPECT_THAT(trashed(), IsEmpty());
  EXPECT_THAT(states(moved.run), ElementsAre(Pair(ItemState::kPurged, 3)));
}

TEST_F(Purger, knows_what_was_given_back_on_a_volume_with_another_number) {
  const CleanResult moved = move_away({write("a")});
  fs::rename(in_trash("files/a"), root_ + "/a");
  fs::remove(in_trash("info/a.trashinfo"));
  renumber_devices();
  purge_due();
  EXPECT_THAT(states(moved.run), ElementsAre(Pair(ItemState::kRestored, 1)));
}

TEST_F(Purger, waits_for_a_trash_that_is_away) {
  const CleanResult moved = move_away({write("a")});
  fs::rename(trash_path_, trash_path_ + ".away");
  const PurgeRunResult away = purge_due();
  EXPECT_EQ(away.run, 0);
  EXPECT_THAT(away.failed, SizeIs(1));
  EXPECT_THAT(states(moved.run), ElementsAre(Pair(ItemState::kMoved, 1)));
  fs::rename(trash_path_ + ".away", trash_path_);
  EXPECT_EQ(purge_due().purged_items, 1u);
}

TEST_F(Purger, follows_no_link_in_what_was_moved) {
  write("whole/a");
  fs::create_directory_symlink(home_ + "/Documents", root_ + "/whole/link");
  move_away({root_ + "/whole"});
  EXPECT_EQ(purge_due().purged_items, 1u);
  EXPECT_TRUE(exists(home_ + "/Documents/dir/canary"));
  EXPECT_TRUE(exists(home_ + "/Documents/canary"));
}

TEST_F(Purger, stops_between_two_items_when_it_is_cancelled) {
  const CleanResult moved = move_away(write_cache(1, 9));
  base::CancelSource cancel;
  PurgeOptions options;
  options.places = places_;
  options.batch = 4;
  int batches = 0;
  options.cancel = cancel.token();
  options.fault = [&](FaultPoint point) {
    if (point == FaultPoint::kCondemned && ++batches == 2) cancel.cancel(base::CancelReason::kUser);
  };
  const auto result = purge_moved(due(), journal(), clock_, options);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->cancelled);
  EXPECT_EQ(result->outcome, "cancelled");
  EXPECT_EQ(result->purged_items, 4u) << "of the second batch none was begun";
  EXPECT_THAT(result->failed, IsEmpty());
  EXPECT_THAT(trashed(), SizeIs(6));
  EXPECT_THAT(*journal().being_purged(), IsEmpty());
  EXPECT_THAT(take_back(moved.run).restored, SizeIs(6));
}

TEST_F(Purger, killed_anywhere_is_ended_by_the_next_purge) {
  for (const FaultPoint point : kPurgePoints) {
    const auto paths = write_cache(2, 3);
    const CleanResult moved = move_away(paths);
    journal_.reset();
    const int status = in_child([&] {
      purge_due(
          [&](FaultPoint at) {
            if (at == point) ::kill(::getpid(), SIGKILL);
          },
          4);
      return 0;
    });
    EXPECT_EQ(status, 100) << static_cast<int>(point) << " was not passed";
    // Whatever is in the trash now is whole, or is not given back any more.
    const auto known = *journal().items_of(moved.run);
    for (const CleanItem& item : known)
      if (item.state == ItemState::kMoved) {
        EXPECT_TRUE(exists(in_trash("files/" + item.name)));
      }
    purge_due();
    EXPECT_THAT(trashed(), IsEmpty()) << static_cast<int>(point);
    EXPECT_THAT(states(moved.run), ElementsAre(Pair(ItemState::kPurged, paths.size())));
  }
}

TEST_F(Purger, removes_the_info_that_a_killed_purge_left_without_its_thing) {
  move_away({write("a")});
  const auto items = due();
  ASSERT_TRUE(journal().mark({items[0].item}, ItemState::kPurging));
  fs::remove(in_trash("files/a"));
  purge_due();
  EXPECT_FALSE(exists(in_trash("info/a.trashinfo")));
  EXPECT_THAT(*journal().being_purged(), IsEmpty());
}

TEST_F(Purger, takes_what_is_being_purged_from_undo) {
  const CleanResult moved = move_away({write("a")});
  ASSERT_TRUE(journal().mark({due()[0].item}, ItemState::kPurging));
  EXPECT_FALSE(undo(moved.run, journal(), clock_, undo_options()));
  EXPECT_FALSE(*journal().last_undoable_run());
}

TEST_F(Purger, is_due_by_age_by_a_full_volume_and_after_a_kill) {
  move_away({write("a"), write("b")});
  EXPECT_EQ(due_after(24h), 0u);
  EXPECT_EQ(due_after(24h, true), 2u);
  ASSERT_TRUE(journal().mark({due()[0].item}, ItemState::kPurging));
  EXPECT_EQ(due_after(24h), 1u);
  EXPECT_EQ(due_after(24h, true), 2u) << "each once";
  clock_.advance(24h);
  EXPECT_EQ(due_after(24h), 1u);
  clock_.advance(1ms);
  EXPECT_EQ(due_after(24h), 2u);
  move_away({write("young")});
  EXPECT_EQ(due_after(24h), 2u);
}

TEST_F(Purger, is_due_by_the_time_that_went_by_and_not_by_the_clock_on_the_wall) {
  move_away({write("a")});
  clock_.jump_wall(24h * 365);
  EXPECT_EQ(due_after(24h * 7), 0u) << "somebody set it a year ahead";
  clock_.jump_wall(-24h * 365 * 50);
  EXPECT_EQ(due_after(24h * 7), 0u) << "or its battery is empty";
  clock_.advance(24h * 7);
  EXPECT_EQ(due_after(24h * 7), 0u);
  clock_.advance(1s);
  EXPECT_EQ(due_after(24h * 7), 1u) << "a clock that is wrong for good keeps nothing for ever";
}

TEST_F(Purger, of_what_was_moved_while_the_clock_was_wrong_waits_as_long) {
  clock_.jump_wall(-24h * 365 * 50);
  move_away({write("a")});
  clock_.jump_wall(24h * 365 * 50);  // it is put right
  EXPECT_EQ(due_after(24h * 7), 0u);
  clock_.advance(24h * 7 + 1s);
  EXPECT_EQ(due_after(24h * 7), 1u);
}

TEST(IsWhatWasMoved, compares_identity_place_and_time_in_any_time_zone) {
  CleanItem item;
  item.device = 1;
  item.inode = 2;
  item.path = "/a";
  item.deleted_at = base::WallTime(1'767'600'000'123ms);
  TrashedItem found{"/t", "a", "/a", base::WallTime(1'767'600'000'000ms), 1, 2, false};
  EXPECT_TRUE(is_what_was_moved(found, item));
  for (const auto apart : {-12h * 1, 14h * 1}) {
    found.deleted_at = base::WallTime(1'767'600'000'000ms) + apart;
    EXPECT_TRUE(is_what_was_moved(found, item)) << apart.count();
  }
  found.deleted_at = base::WallTime(1'767'600'000'000ms) + 5h + 45min;  // Nepal
  EXPECT_TRUE(is_what_was_moved(found, item));
  for (const auto apart : {1s * 1, 61s * 1, 3601s * 1, 27h / 1s * 1s}) {
    found.deleted_at = base::WallTime(1'767'600'000'000ms) + apart;
    EXPECT_FALSE(is_what_was_moved(found, item)) << apart.count();
  }
  found.deleted_at = base::WallTime(1'767'600'000'000ms);
  for (auto change :
       {+[](TrashedItem& thing) { thing.device = 9; }, +[](TrashedItem& thing) { thing.inode = 9; },
        +[](TrashedItem& thing) { thing.original = "/b"; }}) {
    TrashedItem other = found;
    change(other);
    EXPECT_FALSE(is_what_was_moved(other, item));
  }
}

// What is freed at once is gone over twice, and that is told from the start.
TEST_F(Purger, of_a_clean_that_frees_at_once_is_the_second_half_of_the_way) {
  base::Progress progress;
  CleanOptions moving = real_options();
  moving.progress = &progress;
  moving.purged_then = true;
  run(plan_of(write_cache(2, 3)), moving);
  const base::ProgressSnapshot half = progress.snapshot();
  EXPECT_GT(half.done_items, 0u);
  EXPECT_EQ(half.total_items, 2 * half.done_items);
  EXPECT_EQ(half.total_bytes, 2 * half.done_bytes);
  PurgeOptions options;
  options.places = places_;
  options.progress = &progress;
  ASSERT_TRUE(purge_moved(due(), journal(), clock_, options).has_value());
  const base::ProgressSnapshot whole = progress.snapshot();
  EXPECT_EQ(whole.stage, "removing for good");
  EXPECT_EQ(whole.total_items, half.total_items);
  EXPECT_EQ(whole.done_items, whole.total_items);
  EXPECT_EQ(whole.done_bytes, whole.total_bytes);
}

}  // namespace
}  // namespace lull::clean
