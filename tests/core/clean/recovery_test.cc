// SPDX-License-Identifier: MIT
#include <cerrno>

#include "tests/core/clean/clean_run.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A run that has written its intents and then was no more; what it did by then, a test does.
class Recovery : public CleanRunWorld {
 protected:
  void begin(const std::vector<std::string>& paths) {
    run_ = *journal().begin_run("clean", "user", {clock_.wall_now()});
    intents_.clear();
    for (const std::string& path : paths) {
      const PlanItem planned = item(path);
      CleanItem intent;
      intent.path = planned.path;
      intent.root = planned.root;
      intent.device = planned.device;
      intent.inode = planned.inode;
      intent.bytes = 10;
      intent.trash = trash_path_;
      intent.wanted = name_of(path);
      intent.token = "t" + std::to_string(intents_.size());
      intent.deleted_at = kThen;
      intents_.push_back(intent);
    }
    ASSERT_TRUE(journal().add_intents(run_, intents_).has_value());
    trash_ = *FolderTrash::open(trash_path_);
  }
  std::string reserve(const CleanItem& intent) {
    return *trash_->reserve(intent.wanted, intent.token, intent.path, kThen);
  }
  std::string take(const CleanItem& intent) {
    std::string name = reserve(intent);
    const auto parent = open_parent(intent.root, intent.path, Descent::kOneCall);
    EXPECT_TRUE(trash_->take(parent->get(), name_in(intent.path), name).has_value());
    return name;
  }
  std::string info(const std::string& name) const {
    return trash_path_ + "/info/" + name + ".trashinfo";
  }
  ItemState state(std::size_t index) { return (*journal().items_of(run_))[index].state; }

  std::int64_t run_ = 0;
  std::vector<CleanItem> intents_;
  std::unique_ptr<Trash> trash_;
};

TEST_F(Recovery, finds_nothing_to_do_after_a_whole_run) {
  run(plan_of({write("a")}));
  const SettleResult settled = settle();
  EXPECT_EQ(settled.moved + settled.not_moved + settled.runs, 0u);
}

TEST_F(Recovery, tells_what_is_in_the_trash_from_what_is_not) {
  begin({write("moved"), write("reserved"), write("untouched")});
  take(intents_[0]);
  reserve(intents_[1]);
  const SettleResult settled = settle();
  EXPECT_EQ(settled.moved, 1u);
  EXPECT_EQ(settled.not_moved, 2u);
  EXPECT_EQ(settled.runs, 1u);
  EXPECT_THAT(trashed(), ElementsAre("moved")) << "and no info of another";
  EXPECT_THAT(*journal().open_intents(), IsEmpty());
  const auto history = journal().history(0)->front();
  EXPECT_EQ(history.outcome, "partial");
  EXPECT_EQ(history.items, 1u);
  EXPECT_EQ(history.bytes, 10u);
  EXPECT_TRUE(history.undoable);
  EXPECT_THAT(take_back(run_).restored, SizeIs(1));
}

TEST_F(Recovery, knows_its_own_when_the_volume_has_got_another_number) {
  begin({write("moved"), write("untouched")});
  take(intents_[0]);
  renumber_devices();
  const SettleResult settled = settle();
  EXPECT_EQ(settled.moved, 1u);
  EXPECT_EQ(settled.not_moved, 1u);
  EXPECT_THAT(settled.gone, IsEmpty());
  EXPECT_THAT(take_back(run_).restored, SizeIs(1));
}

TEST_F(Recovery, finishes_a_run_that_had_only_begun) {
  ASSERT_TRUE(journal().begin_run("clean", "user", {clock_.wall_now()}).has_value());
  EXPECT_EQ(settle().runs, 1u);
  EXPECT_EQ(journal().history(0)->front().outcome, "failed");
}

TEST_F(Recovery, finds_an_item_under_its_second_name) {
  FolderTrash::open(trash_path_);
  temp_.write("home/.local/share/Trash/files/a", "older");
  temp_.write("home/.local/share/Trash/info/a.trashinfo",
              "[Trash Info]\nPath=/older/a\nDeletionDate=2020-01-01T00:00:00\n");
  begin({write("a")});
  EXPECT_NE(take(intents_[0]), "a");
  EXPECT_EQ(settle().moved, 1u);
  EXPECT_THAT(trashed(), SizeIs(2));
  EXPECT_THAT(take_back(run_).restored, SizeIs(1));
  EXPECT_THAT(trashed(), ElementsAre("a"));
  EXPECT_EQ(original_of("a"), "/older/a");
}

// A power cut may leave the rename, and of the info its name or nothing at all.
TEST_F(Recovery, writes_an_info_anew_that_did_not_reach_the_disk) {
  begin({write("a"), write("b")});
  take(intents_[0]);
  take(intents_[1]);
  fs::resize_file(info("a"), 0);
  fs::remove(info("b"));
  EXPECT_EQ(settle().moved, 2u);
  EXPECT_THAT(trashed(), ElementsAre("a", "b"));
  EXPECT_EQ(original_of("b"), root_ + "/b");
}

TEST_F(Recovery, takes_back_a_torn_info_of_an_item_that_did_not_follow) {
  begin({write("a")});
  reserve(intents_[0]);
  fs::resize_file(info("a"), 5);
  EXPECT_EQ(settle().not_moved, 1u);
  EXPECT_FALSE(exists(info("a")));
}

TEST_F(Recovery, leaves_the_info_that_another_program_has_just_written) {
  begin({write("a")});
  temp_.write("home/.local/share/Trash/info/a.trashinfo",
              "[Trash Info]\nPath=/elsewhere/a\nDeletionDate=2020-01-01T00:00:00\n");
  EXPECT_EQ(settle().not_moved, 1u);
  EXPECT_TRUE(exists(info("a")));
}

TEST_F(Recovery, says_what_is_neither_here_nor_there) {
  begin({write("a"), write("b")});
  reserve(intents_[0]);
  fs::remove(root_ + "/a");
  const SettleResult settled = settle();
  EXPECT_THAT(paths_of(settled.gone), ElementsAre(root_ + "/a"));
  EXPECT_EQ(settled.not_moved, 1u);
  EXPECT_EQ(state(0), ItemState::kGone);
  EXPECT_FALSE(exists(info("a"))) << "an info about nothing does not stay";
  EXPECT_THAT(settle().gone, IsEmpty()) << "said once";
}

// By device and inode a name of the other looks like one of this.
TEST_F(Recovery, tells_names_of_one_file_apart) {
  write("d1/x");
  fs::create_directories(root_ + "/d2");
  fs::create_directories(root_ + "/d3");
  fs::create_hard_link(root_ + "/d1/x", root_ + "/d2/x");
  fs::create_hard_link(root_ + "/d1/x", root_ + "/d3/x");
  begin({root_ + "/d1/x", root_ + "/d2/x", root_ + "/d3/x"});
  const std::string first = take(intents_[0]), second = take(intents_[1]);
  const SettleResult settled = settle();
  EXPECT_EQ(settled.moved, 2u);
  EXPECT_EQ(settled.not_moved, 1u);
  const auto items = *journal().items_of(run_);
  EXPECT_EQ(items[0].name, first);
  EXPECT_EQ(items[1].name, second);
  EXPECT_THAT(take_back(run_).restored, SizeIs(2));
}

TEST_F(Recovery, leaves_open_what_it_cannot_look_for) {
  begin({write("a"), write("b")});
  take(intents_[0]);
  refuse_ = [](const char* call) { return std::string(call) == "open" ? EMFILE : 0; };
  SettleResult settled = settle();
  EXPECT_THAT(paths_of(settled.open), ElementsAre(root_ + "/a"));
  EXPECT_EQ(settled.not_moved, 1u) << "that one is where it was, whatever the trash says";
  EXPECT_EQ(settled.runs, 0u);
  refuse_ = [](const char* call) { return std::string(call) == "repair_info" ? ENOSPC : 0; };
  EXPECT_THAT(settle().open, SizeIs(1));
  refuse_ = {};
  settled = settle();
  EXPECT_EQ(settled.moved, 1u);
  EXPECT_EQ(settled.runs, 1u);
}

TEST_F(Recovery, leaves_open_what_its_trash_does_not_let_it_look_for) {
  begin({write("a")});
  take(intents_[0]);
  refuse_ = [](const char* call) { return std::string(call) == "look_for" ? EIO : 0; };
  EXPECT_THAT(settle().open, SizeIs(1));
  EXPECT_EQ(state(0), ItemState::kOpen) << "and not gone for good";
  refuse_ = {};
  EXPECT_EQ(settle().moved, 1u);
  EXPECT_THAT(take_back(run_).restored, SizeIs(1));
}

// The journal refused what became of them, and then took the end of the run.
TEST_F(Recovery, gives_the_undo_back_to_a_run_that_ended_without_telling) {
  begin({write("a"), write("b")});
  take(intents_[0]);
  take(intents_[1]);
  model::HistoryEntry ended;
  ended.run = run_;
  ended.outcome = "failed";
  ASSERT_TRUE(journal().finish_run(ended));
  EXPECT_FALSE(journal().history(0)->front().undoable);
  EXPECT_EQ(settle().moved, 2u);
  EXPECT_TRUE(journal().history(0)->front().undoable);
  EXPECT_THAT(take_back(run_).restored, SizeIs(2));
  EXPECT_FALSE(journal().history(0)->at(1).undoable);
}

TEST_F(Recovery, waits_for_a_volume_that_is_away) {
  begin({write("a")});
  take(intents_[0]);
  const std::string cache = home_ + "/.cache", share = home_ + "/.local/share";
  fs::rename(cache, home_ + "/cache-away");
  fs::rename(share, home_ + "/share-away");
  EXPECT_THAT(settle().open, SizeIs(1));
  fs::rename(home_ + "/cache-away", cache);
  fs::rename(home_ + "/share-away", share);
  EXPECT_EQ(settle().moved, 1u);
}

TEST_F(Recovery, knows_a_trash_that_was_removed_from_a_volume_that_is_away) {
  begin({write("a")});
  take(intents_[0]);
  fs::remove_all(trash_path_);
  EXPECT_THAT(settle().gone, SizeIs(1));
}

TEST_F(Recovery, writes_infos_anew_that_the_power_took_from_a_run_which_had_ended) {
  run(plan_of({write("a"), write("b"), write("c")}));
  fs::resize_file(info("a"), 0);
  fs::remove(info("b"));
  const auto whole = temp_.read("home/.local/share/Trash/info/c.trashinfo");
  ASSERT_TRUE(settle_open_moves(journal(), {trash_port(), Descent::kOneCall, {}, {}}).has_value());
  EXPECT_EQ(original_of("a"), "") << "the system has not been started since";
  settle();
  EXPECT_EQ(original_of("a"), root_ + "/a");
  EXPECT_EQ(original_of("b"), root_ + "/b");
  EXPECT_EQ(temp_.read("home/.local/share/Trash/info/c.trashinfo"), whole);
}

TEST_F(Recovery, writes_no_info_for_what_somebody_else_has_there_now) {
  run(plan_of({write("a")}));
  fs::remove(trash_path_ + "/files/a");
  temp_.write("home/.local/share/Trash/files/a", "another");
  // Numbers of inodes are used again at once, and the kernel's clock ticks every few milliseconds.
  fs::last_write_time(trash_path_ + "/files/a",
                      fs::file_time_type::clock::now() - std::chrono::hours(1));
  fs::resize_file(info("a"), 0);
  settle();
  EXPECT_EQ(fs::file_size(info("a")), 0u);
}

TEST_F(Recovery, looks_for_nothing_through_a_link) {
  begin({write("d/a")});
  fs::rename(root_ + "/d", root_ + "/e");
  fs::create_directory_symlink(root_ + "/e", root_ + "/d");
  EXPECT_THAT(settle().gone, SizeIs(1));
  EXPECT_TRUE(exists(root_ + "/e/a"));
}

}  // namespace
}  // namespace lull::clean
