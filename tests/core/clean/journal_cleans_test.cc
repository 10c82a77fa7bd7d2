// SPDX-License-Identifier: MIT
#include <csignal>

#include "tests/core/clean/journal_fixture.h"

// What the journal knows of moves.
namespace lull::clean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr base::WallTime kThen{std::chrono::milliseconds(1'700'000'000'123)};

class JournalCleans : public JournalTest {
 protected:
  static CleanItem meant(const std::string& path) {
    CleanItem item;
    item.path = path;
    item.root = "/home/u/.cache";
    item.rule = "caches";
    item.directory = true;
    item.device = 0xfedcba9876543210u;
    item.inode = 42;
    item.mtime_ns = -5;
    item.bytes = 4096;
    item.entries = 3;
    item.trash = "/home/u/.local/share/Trash";
    item.wanted = path.substr(path.rfind('/') + 1);
    item.token = "t0k";
    item.deleted_at = kThen;
    return item;
  }
  // A run of these, all of them open.
  std::vector<CleanItem> begin(Journal& journal, const std::vector<std::string>& paths) {
    run_ = *journal.begin_run("clean", "user", {kThen});
    std::vector<CleanItem> items;
    for (const std::string& path : paths) items.push_back(meant(path));
    EXPECT_TRUE(journal.add_intents(run_, items).has_value());
    return items;
  }
  static std::vector<CleanOutcome> all_moved(const std::vector<CleanItem>& items) {
    std::vector<CleanOutcome> outcomes;
    for (const CleanItem& item : items)
      outcomes.push_back({item.item, ItemState::kMoved, item.wanted, {}, 0, 0});
    return outcomes;
  }
  static base::Status finish(Journal& journal, std::int64_t run) {
    model::HistoryEntry entry;
    entry.run = run;
    entry.elapsed = std::chrono::milliseconds(5);
    entry.items = 2;
    entry.bytes = 8192;
    entry.outcome = "done";
    entry.summary = "2 items";
    return journal.finish_run(entry);
  }
  static std::vector<std::string> paths(const base::Result<std::vector<CleanItem>>& items) {
    std::vector<std::string> texts;
    EXPECT_TRUE(items.has_value());
    if (items)
      for (const CleanItem& item : *items) texts.push_back(item.path);
    return texts;
  }

  std::int64_t run_ = 0;
};

TEST_F(JournalCleans, has_a_row_for_a_run_from_its_start) {
  const auto journal = open();
  const auto run = journal->begin_run("clean", "automatic", {kThen});
  ASSERT_TRUE(run.has_value());
  const auto history = *journal->history(0);
  ASSERT_THAT(history, SizeIs(1));
  EXPECT_EQ(history[0].run, *run);
  EXPECT_EQ(history[0].kind, "clean");
  EXPECT_EQ(history[0].origin, "automatic");
  EXPECT_EQ(history[0].outcome, "running");
  EXPECT_EQ(history[0].started_at, kThen);
  EXPECT_FALSE(history[0].undoable);
  EXPECT_THAT(*journal->unfinished_runs(), SizeIs(1));
}

TEST_F(JournalCleans, keeps_all_that_an_intent_says) {
  const std::string odd = "/home/u/.cache/\xff\xfe 'x'";
  const auto first = begin(*open(), {odd});
  const auto items = *open()->open_intents();
  ASSERT_THAT(items, SizeIs(1));
  const CleanItem &item = items[0], expected = meant(odd);
  EXPECT_EQ(item.item, first[0].item);
  EXPECT_EQ(item.run, run_);
  EXPECT_EQ(item.path, odd);
  EXPECT_EQ(item.root, expected.root);
  EXPECT_EQ(item.rule, expected.rule);
  EXPECT_TRUE(item.directory);
  EXPECT_EQ(item.device, expected.device);
  EXPECT_EQ(item.inode, expected.inode);
  EXPECT_EQ(item.mtime_ns, expected.mtime_ns);
  EXPECT_EQ(item.bytes, expected.bytes);
  EXPECT_EQ(item.entries, expected.entries);
  EXPECT_EQ(item.trash, expected.trash);
  EXPECT_EQ(item.wanted, expected.wanted);
  EXPECT_EQ(item.token, expected.token);
  EXPECT_EQ(item.deleted_at, kThen);
  EXPECT_EQ(item.state, ItemState::kOpen);
}

TEST_F(JournalCleans, settles_what_is_open_and_that_once) {
  const auto journal = open();
  const auto items = begin(*journal, {"/a", "/b", "/c", "/d"});
  ASSERT_TRUE(journal
                  ->settle({{items[0].item, ItemState::kMoved, "a.t0k", {}, 7, 8},
                            {items[1].item, ItemState::kSkipped, {}, "in use", 0, 0},
                            {items[2].item, ItemState::kFailed, {}, "disk full", 0, 0}})
                  .has_value());
  EXPECT_THAT(paths(journal->open_intents()), ElementsAre("/d"));
  ASSERT_TRUE(journal->settle({{items[0].item, ItemState::kGone, {}, "late", 0, 0}}).has_value());
  const auto settled = *journal->items_of(run_);
  ASSERT_THAT(settled, SizeIs(4));
  EXPECT_EQ(settled[0].state, ItemState::kMoved);
  EXPECT_EQ(settled[0].name, "a.t0k");
  EXPECT_EQ(settled[0].device, 7u);
  EXPECT_EQ(settled[0].inode, 8u);
  EXPECT_EQ(settled[1].reason, "in use");
  EXPECT_EQ(settled[1].inode, 42u);
  EXPECT_EQ(settled[2].state, ItemState::kFailed);
}

// Which is nearly all of a run: said by numbers that follow one another.
TEST_F(JournalCleans, takes_what_went_as_meant_by_its_number_alone) {
  const auto journal = open();
  const auto items = begin(*journal, {"/a", "/b", "/c", "/d", "/e", "/f"});
  const auto as_meant = [&](std::size_t at) {
    return CleanOutcome{items[at].item, ItemState::kMoved, {}, {}, 0, 0};
  };
  ASSERT_TRUE(journal
                  ->settle({as_meant(0),
                            as_meant(1),
                            {items[2].item, ItemState::kMoved, "c.t0k", {}, 7, 8},
                            {items[3].item, ItemState::kSkipped, {}, "in use", 0, 0},
                            as_meant(4)})
                  .has_value());
  ASSERT_TRUE(journal->settle({as_meant(3)}).has_value()) << "which changes nothing any more";
  const auto settled = *journal->items_of(run_);
  ASSERT_THAT(settled, SizeIs(6));
  std::vector<std::string> names;
  for (const CleanItem& item : settled) names.push_back(item.name);
  EXPECT_THAT(names, ElementsAre("a", "b", "c.t0k", "", "e", ""));
  EXPECT_EQ(settled[1].inode, 42u);
  EXPECT_EQ(settled[2].inode, 8u);
  EXPECT_EQ(settled[3].state, ItemState::kSkipped);
  EXPECT_EQ(settled[3].reason, "in use");
  EXPECT_THAT(paths(journal->open_intents()), ElementsAre("/f"));
  EXPECT_EQ(journal->open_intents()->front().name, "") << "it has none there yet";
}

TEST_F(JournalCleans, marks_only_what_was_moved_of_numbers_that_follow_one_another) {
  const auto journal = open();
  const auto items = begin(*journal, {"/a", "/b", "/c", "/d"});
  ASSERT_TRUE(journal
                  ->settle({{items[0].item, ItemState::kMoved, {}, {}, 0, 0},
                            {items[1].item, ItemState::kFailed, {}, "x", 0, 0},
                            {items[2].item, ItemState::kMoved, {}, {}, 0, 0},
                            {items[3].item, ItemState::kMoved, {}, {}, 0, 0}})
                  .has_value());
  const auto undo = journal->begin_run("undo", "user", {kThen + std::chrono::seconds(9)});
  ASSERT_TRUE(undo.has_value());
  ASSERT_TRUE(journal->mark({items[2].item, items[0].item, items[1].item}, ItemState::kRestored)
                  .has_value());
  const auto marked = *journal->items_of(run_);
  EXPECT_EQ(marked[0].state, ItemState::kRestored);
  EXPECT_EQ(marked[0].name, "a") << "which it had there";
  EXPECT_EQ(marked[1].state, ItemState::kFailed);
  EXPECT_EQ(marked[2].state, ItemState::kRestored);
  EXPECT_EQ(marked[3].state, ItemState::kMoved);
  const auto undone = journal->load_auto_state()->undone;
  ASSERT_THAT(undone, SizeIs(2));
  EXPECT_EQ(undone[0].path, "/a");
  EXPECT_EQ(undone[1].path, "/c");
  for (const auto& item : undone) EXPECT_EQ(item.at, kThen + std::chrono::seconds(9));
}

TEST_F(JournalCleans, knows_what_can_be_undone_from_what_is_in_the_trash) {
  const auto journal = open();
  EXPECT_EQ(*journal->last_undoable_run(), std::nullopt);
  const auto first = begin(*journal, {"/a", "/b"});
  const std::int64_t first_run = run_;
  ASSERT_TRUE(journal->settle(all_moved(first)).has_value());
  ASSERT_TRUE(finish(*journal, first_run).has_value());
  const auto second = begin(*journal, {"/c"});
  ASSERT_TRUE(journal->settle({{second[0].item, ItemState::kSkipped, {}, "x", 0, 0}}).has_value());
  ASSERT_TRUE(finish(*journal, run_).has_value());
  EXPECT_EQ(*journal->last_undoable_run(), first_run) << "nothing of the second was moved";
  EXPECT_FALSE(journal->history(0)->front().undoable);
  EXPECT_TRUE(journal->history(0)->back().undoable);
  EXPECT_THAT(*journal->unfinished_runs(), IsEmpty());
}

TEST_F(JournalCleans, forgets_that_a_run_can_be_undone_once_nothing_of_it_is_left) {
  const auto journal = open();
  const auto items = begin(*journal, {"/a", "/b", "/c"});
  ASSERT_TRUE(journal->add_run(run_named("of another kind", true)).has_value());
  ASSERT_TRUE(journal->settle(all_moved({items[0], items[1]})).has_value());
  ASSERT_TRUE(finish(*journal, run_).has_value());
  ASSERT_TRUE(journal->mark({items[0].item, items[2].item}, ItemState::kRestored).has_value());
  EXPECT_TRUE(journal->history(0)->back().undoable);
  EXPECT_THAT(paths(journal->open_intents()), ElementsAre("/c")) << "it was never moved";
  ASSERT_TRUE(journal->mark({items[0].item, items[1].item}, ItemState::kPurged).has_value());
  EXPECT_FALSE(journal->history(0)->back().undoable);
  EXPECT_TRUE(journal->history(0)->front().undoable) << "not a run of ours to judge";
  EXPECT_EQ((*journal->items_of(run_))[0].state, ItemState::kRestored) << "what is back is back";
}

TEST_F(JournalCleans, finds_moved_items_by_age) {
  const auto journal = open();
  const auto items = begin(*journal, {"/a", "/b"});
  ASSERT_TRUE(journal->settle(all_moved({items[0]})).has_value());
  EXPECT_THAT(paths(journal->moved_before(kThen)), IsEmpty());
  EXPECT_THAT(paths(journal->moved_before(kThen + std::chrono::milliseconds(1))),
              ElementsAre("/a"));
}

TEST_F(JournalCleans, finds_what_was_moved_by_runs_that_began_long_ago) {
  const auto journal = open();
  std::vector<std::int64_t> items;
  for (const auto& [path, minute] : {std::pair{"/a", 0}, {"/b", 10}, {"/c", 20}}) {
    const TimeReading then{kThen, std::chrono::minutes(100 + minute), "boot"};
    const std::int64_t run = *journal->begin_run("clean", "user", then);
    std::vector<CleanItem> meant_then{meant(path)};
    ASSERT_TRUE(journal->add_intents(run, meant_then).has_value());
    ASSERT_TRUE(journal->settle(all_moved(meant_then)).has_value());
    items.push_back(meant_then[0].item);
  }
  const auto before = [&](std::chrono::minutes lived) {
    return paths(journal->moved_by_runs_before(lived));
  };
  EXPECT_THAT(before(std::chrono::minutes(0)), IsEmpty());
  EXPECT_THAT(before(std::chrono::minutes(10)), ElementsAre("/a"));
  EXPECT_THAT(before(std::chrono::minutes(21)), ElementsAre("/a", "/b", "/c"));
  ASSERT_TRUE(journal->mark({items[1]}, ItemState::kRestored).has_value());
  EXPECT_THAT(before(std::chrono::minutes(21)), ElementsAre("/a", "/c"));
}

TEST_F(JournalCleans, knows_the_trashes_that_have_something_in_them) {
  const auto journal = open();
  std::vector<CleanItem> items;
  for (const char* path : {"/a", "/b", "/c", "/d"}) items.push_back(meant(path));
  items[1].trash = items[3].trash = "/mnt/.Trash-1000";
  items[2].trash = "/media/.Trash-1000";
  const std::int64_t run = *journal->begin_run("clean", "user", {kThen});
  ASSERT_TRUE(journal->add_intents(run, items).has_value());
  EXPECT_THAT(*journal->trashes_in_use(), IsEmpty()) << "only meant";
  ASSERT_TRUE(journal->settle(all_moved(items)).has_value());
  EXPECT_THAT(*journal->trashes_in_use(),
              ElementsAre("/home/u/.local/share/Trash", "/media/.Trash-1000", "/mnt/.Trash-1000"));
  EXPECT_THAT(paths(journal->moved_to("/mnt/.Trash-1000")), ElementsAre("/b", "/d"));
  std::vector<std::int64_t> all;
  for (const CleanItem& item : items) all.push_back(item.item);
  ASSERT_TRUE(journal->mark(all, ItemState::kPurged).has_value());
  EXPECT_THAT(*journal->trashes_in_use(), IsEmpty());
}

TEST_F(JournalCleans, counts_the_time_that_has_gone_by_over_its_own_end) {
  using namespace std::chrono_literals;
  EXPECT_EQ(*open()->live_until({kThen, 10h, "first"}), 0h);
  EXPECT_EQ(*open()->live_until({kThen + 24h * 365, 11h, "first"}), 1h) << "the wall was set";
  EXPECT_EQ(*open()->live_until({kThen + 24h * 365 + 2h, 1h, "second"}), 3h) << "a new start";
  EXPECT_EQ(*open()->live_until({kThen, 2h, "second"}), 4h);
}

TEST_F(JournalCleans, finds_what_was_moved_last_before_a_moment) {
  const auto journal = open();
  for (const auto& [path, minutes] : {std::pair{"/old", 0}, {"/young", 60}, {"/last", 65}}) {
    const std::int64_t run = *journal->begin_run("clean", "user", {kThen});
    std::vector<CleanItem> items{meant(path)};
    items[0].deleted_at = kThen + std::chrono::minutes(minutes);
    ASSERT_TRUE(journal->add_intents(run, items).has_value());
    ASSERT_TRUE(journal->settle(all_moved(items)).has_value());
  }
  const auto before = [&](int minutes) {
    return paths(journal->last_moved_before(kThen + std::chrono::minutes(minutes),
                                            std::chrono::minutes(10)));
  };
  EXPECT_THAT(before(1000), ElementsAre("/young", "/last"));
  EXPECT_THAT(before(65), ElementsAre("/young"));
  EXPECT_THAT(before(60), ElementsAre("/old"));
  EXPECT_THAT(before(0), IsEmpty());
  EXPECT_THAT(paths(journal->last_moved_before(base::WallTime::max(), std::chrono::minutes(10))),
              ElementsAre("/young", "/last"));
}

TEST_F(JournalCleans, drops_the_items_of_a_run_with_it_but_no_running_one) {
  const auto journal = open();
  const auto items = begin(*journal, {"/a"});
  const std::int64_t run = run_;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(journal->add_run(run_named("x")).has_value());
  ASSERT_TRUE(journal->trim_history(1).has_value());
  EXPECT_THAT(*journal->items_of(run), SizeIs(1)) << "it is still running";
  ASSERT_TRUE(journal->settle({{items[0].item, ItemState::kFailed, {}, {}, 0, 0}}).has_value());
  ASSERT_TRUE(finish(*journal, run).has_value());
  ASSERT_TRUE(journal->trim_history(1).has_value());
  EXPECT_THAT(*journal->items_of(run), IsEmpty());
}

TEST_F(JournalCleans, keeps_a_run_of_which_something_is_open_moved_or_being_purged) {
  const auto journal = open();
  const auto items = begin(*journal, {"/home/u/.cache/a"});
  ASSERT_TRUE(finish(*journal, run_));  // it was never told what became of it
  EXPECT_FALSE(journal->history(0)->front().undoable);
  ASSERT_TRUE(journal->trim_history(0));
  EXPECT_THAT(*journal->items_of(run_), SizeIs(1)) << "open";
  ASSERT_TRUE(journal->settle(all_moved(items)));
  EXPECT_TRUE(journal->history(0)->front().undoable) << "after all";
  ASSERT_TRUE(journal->trim_history(0));
  EXPECT_THAT(*journal->items_of(run_), SizeIs(1)) << "moved";
  ASSERT_TRUE(journal->mark({items[0].item}, ItemState::kPurging));
  EXPECT_FALSE(journal->history(0)->front().undoable);
  ASSERT_TRUE(journal->trim_history(0));
  EXPECT_THAT(*journal->being_purged(), SizeIs(1)) << "being purged";
  ASSERT_TRUE(journal->mark({items[0].item}, ItemState::kMoved));
  EXPECT_TRUE(journal->history(0)->front().undoable) << "whole after all";
  ASSERT_TRUE(journal->mark({items[0].item}, ItemState::kPurged));
  ASSERT_TRUE(journal->trim_history(0));
  EXPECT_THAT(*journal->history(0), IsEmpty());
}

TEST_F(JournalCleans, writes_all_intents_or_none) {
  const auto journal = open();
  std::vector<CleanItem> items = {meant("/a"), meant("/b")};
  EXPECT_FALSE(journal->add_intents(77, items).has_value()) << "there is no such run";
  EXPECT_THAT(paths(journal->open_intents()), IsEmpty());
}

TEST_F(JournalCleans, has_intents_on_the_disk_when_they_are_written) {
  EXPECT_EQ(in_child([&] {
              const auto journal = Journal::open(path_, nullptr);
              std::vector<CleanItem> items(256, meant("/a"));
              const auto run = (*journal)->begin_run("clean", "user", {kThen});
              if ((*journal)->add_intents(*run, items)) ::kill(::getpid(), SIGKILL);
              return 1;
            }),
            100);
  EXPECT_THAT(*open()->open_intents(), SizeIs(256));
}

class JournalPlans : public JournalTest {
 protected:
  static StoredPlan plan(const std::string& id, base::WallTime made_at) {
    return {id, 1000, made_at, std::string("\0bytes\xff", 7)};
  }
};

TEST_F(JournalPlans, keep_a_plan_as_it_was) {
  ASSERT_TRUE(open()->save_plan(plan("p-1", kThen), kThen).has_value());
  const auto found = open()->find_plan("p-1", kThen);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->owner, 1000u);
  EXPECT_EQ(found->made_at, kThen);
  EXPECT_EQ(found->bytes, plan("p-1", kThen).bytes);
}

TEST_F(JournalPlans, say_of_one_that_it_is_unknown_or_stale) {
  const auto journal = open();
  ASSERT_TRUE(journal->save_plan(plan("p-1", kThen), kThen).has_value());
  EXPECT_EQ(journal->find_plan("p-2", kThen).error().code, base::ErrorCode::kNotFound);
  const auto stale = journal->find_plan("p-1", kThen + std::chrono::hours(25));
  EXPECT_EQ(stale.error().code, base::ErrorCode::kUnavailable);
  EXPECT_TRUE(journal->find_plan("p-1", kThen + std::chrono::hours(23)).has_value());
}

TEST_F(JournalPlans, drop_the_old_and_the_many) {
  const auto journal = open();
  ASSERT_TRUE(journal->save_plan(plan("old", kThen), kThen).has_value());
  const base::WallTime later = kThen + std::chrono::hours(25);
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(
        journal->save_plan(plan("p-" + std::to_string(i), later + std::chrono::seconds(i)), later)
            .has_value());
  EXPECT_EQ(journal->find_plan("old", kThen).error().code, base::ErrorCode::kNotFound);
  EXPECT_FALSE(journal->find_plan("p-1", later).has_value());
  EXPECT_TRUE(journal->find_plan("p-2", later).has_value());
  EXPECT_TRUE(journal->find_plan("p-9", later).has_value());
}

}  // namespace
}  // namespace lull::clean
