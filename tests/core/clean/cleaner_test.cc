// SPDX-License-Identifier: MIT
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>

#include "core/clean/plan_codec.h"
#include "tests/core/clean/clean_run.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

class Cleaner : public CleanRunWorld {};

TEST_F(Cleaner, moves_what_the_plan_says_and_nothing_else) {
  const auto paths = write_cache(3, 4);
  const std::string other = write("d0/other");
  const CleanResult result = run(plan_of(paths));
  EXPECT_THAT(paths_of(result.moved), UnorderedElementsAreArray(paths));
  EXPECT_THAT(result.skipped, IsEmpty());
  EXPECT_THAT(result.failed, IsEmpty());
  EXPECT_EQ(result.outcome, "done");
  EXPECT_TRUE(exists(other));
  for (const std::string& path : paths) EXPECT_FALSE(exists(path)) << path;
  EXPECT_THAT(trashed(), SizeIs(paths.size()));
}

TEST_F(Cleaner, counts_what_it_has_moved) {
  Plan plan = plan_of({write("a"), write("b")});
  plan.items[0].bytes = 1000;
  plan.items[1].bytes = 24;
  plan.items[1].entries = 7;
  const CleanResult result = run(plan);
  EXPECT_EQ(result.moved_bytes, 1024u);
  EXPECT_EQ(result.moved_entries, 8u);
  const auto history = *journal().history(1);
  ASSERT_THAT(history, SizeIs(1));
  EXPECT_EQ(history[0].run, result.run);
  EXPECT_EQ(history[0].kind, "clean");
  EXPECT_EQ(history[0].bytes, 1024u);
  EXPECT_TRUE(history[0].undoable);
  EXPECT_EQ(history[0].outcome, "done");
}

TEST_F(Cleaner, lists_what_stays_with_its_reason_and_goes_on) {
  const Plan plan = plan_of({write("a"), write("b"), write("c")});
  fs::remove(root_ + "/a");
  guards_.recheck = [&](const PlanItem& item, const struct stat&) {
    return item.path.ends_with("/b") ? std::string("on your keep list") : std::string();
  };
  const CleanResult result = run(plan);
  ASSERT_THAT(result.skipped, SizeIs(2));
  EXPECT_THAT(result.skipped[0].reason, HasSubstr("not there any more"));
  EXPECT_EQ(result.skipped[1].reason, "on your keep list");
  EXPECT_THAT(paths_of(result.moved), ElementsAre(root_ + "/c"));
  EXPECT_EQ(result.outcome, "partial");
  EXPECT_THAT(states(result.run),
              ElementsAre(Pair(ItemState::kMoved, 1), Pair(ItemState::kSkipped, 2)));
}

TEST_F(Cleaner, has_every_intent_in_the_journal_before_the_first_move_of_a_batch) {
  batch_ = 3;
  const auto paths = write_cache(2, 4);
  const Plan plan = plan_of(paths);
  std::size_t meant = 0;
  guards_.fault = [&](FaultPoint point) {
    if (point != FaultPoint::kIntentsWritten) return;
    const auto open = *journal().open_intents();
    EXPECT_THAT(open, SizeIs(::testing::Le(batch_)));
    for (const CleanItem& item : open) {
      EXPECT_TRUE(exists(item.path));
      EXPECT_EQ(item.trash, trash_path_);
      EXPECT_EQ(item.wanted, name_of(item.path));
      EXPECT_NE(item.token, "");
    }
    meant += open.size();
  };
  CleanOptions alone = clean_options();
  alone.width = 1;
  run(plan, alone);
  EXPECT_EQ(meant, paths.size());
  EXPECT_THAT(*journal().open_intents(), IsEmpty());
}

TEST_F(Cleaner, has_the_intent_of_everything_in_the_journal_that_is_on_its_way_at_once) {
  batch_ = 7;
  const auto paths = write_cache(3, 40);
  const Plan plan = plan_of(paths);
  std::atomic<int> looks{0};
  std::mutex one_at_a_time;
  guards_.fault = [&](FaultPoint point) {
    if (point != FaultPoint::kReserved) return;
    const std::lock_guard lock(one_at_a_time);
    std::set<std::string> reserved, known;
    for (const auto& entry : fs::directory_iterator(trash_path_ + "/info"))
      reserved.insert(original_of(entry.path().stem().string()));
    reserved.erase("");  // it is being written
    const auto items = *journal().items_of(journal().history(1)->front().run);
    for (const CleanItem& item : items) known.insert(item.path);
    EXPECT_TRUE(std::includes(known.begin(), known.end(), reserved.begin(), reserved.end()));
    ++looks;
  };
  const CleanResult result = run(plan);
  EXPECT_THAT(result.moved, SizeIs(paths.size()));
  EXPECT_EQ(looks, static_cast<int>(paths.size()));
  EXPECT_THAT(*journal().open_intents(), IsEmpty());
  EXPECT_THAT(states(result.run), ElementsAre(Pair(ItemState::kMoved, paths.size())));
}

TEST_F(Cleaner, moves_a_database_as_one_however_large_its_directory) {
  std::vector<std::string> paths;
  for (int f = 0; f < 300; ++f)
    for (const char* suffix : {"", "-wal", "-shm"})
      paths.push_back(write("d/" + std::to_string(f) + ".db" + suffix));
  write("d/7.db-journal");  // stays, and so does what belongs to it
  const CleanResult result = run(plan_of(paths));
  EXPECT_THAT(result.moved, SizeIs(897));
  ASSERT_THAT(result.skipped, SizeIs(3));
  for (const CleanedItem& item : result.skipped) EXPECT_THAT(item.path, HasSubstr("/7.db"));
}

TEST_F(Cleaner, refuses_a_plan_of_another_user) {
  Plan plan = plan_of({write("a")});
  plan.owner = ::geteuid() + 1;
  const auto result = clean(plan, journal(), clock_, clean_options());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, base::ErrorCode::kPermissionDenied);
  EXPECT_THAT(*journal().history(0), IsEmpty());
  EXPECT_TRUE(exists(root_ + "/a"));
}

TEST_F(Cleaner, skips_a_whole_volume_without_a_trash) {
  const Plan plan = plan_of({write("a"), write("b")});
  CleanOptions options = clean_options();
  int asked = 0;
  options.trash.open_for = [&](dev_t, const std::string&) -> base::Result<std::unique_ptr<Trash>> {
    ++asked;
    return base::fail(base::ErrorCode::kUnavailable, "its trash is a link");
  };
  const CleanResult result = run(plan, options);
  ASSERT_THAT(result.skipped, SizeIs(2));
  EXPECT_THAT(result.skipped[0].reason, HasSubstr("its trash is a link"));
  EXPECT_EQ(asked, 1);
  EXPECT_THAT(*journal().items_of(result.run), IsEmpty());
  EXPECT_FALSE(journal().history(0)->front().undoable);
}

TEST_F(Cleaner, moves_all_names_of_a_file_or_none) {
  write("one");
  fs::create_hard_link(root_ + "/one", root_ + "/two");
  fs::create_hard_link(root_ + "/one", root_ + "/three");
  EXPECT_THAT(run(plan_of({root_ + "/one", root_ + "/two"})).skipped, SizeIs(2));
  EXPECT_THAT(run(plan_of({root_ + "/one", root_ + "/two", root_ + "/three"})).moved, SizeIs(3));
}

TEST_F(Cleaner, finishes_the_current_item_when_cancelled) {
  const auto paths = write_cache(1, 20);
  const Plan plan = plan_of(paths);
  const base::CancelSource source;
  CleanOptions options = clean_options();
  options.width = 1;
  options.batch = 8;
  options.cancel = source.token();
  int taken = 0;
  options.guards.fault = [&](FaultPoint point) {
    if (point == FaultPoint::kReserved && ++taken == 3) source.cancel(base::CancelReason::kUser);
  };
  const CleanResult result = run(plan, options);
  EXPECT_TRUE(result.cancelled);
  EXPECT_EQ(result.outcome, "cancelled");
  EXPECT_THAT(result.moved, SizeIs(3)) << "the third was being moved";
  EXPECT_EQ(result.moved.size() + result.skipped.size(), paths.size());
  EXPECT_THAT(trashed(), SizeIs(3));
  EXPECT_THAT(*journal().open_intents(), IsEmpty());
  EXPECT_THAT(take_back(result.run).restored, SizeIs(3));
}

TEST_F(Cleaner, tells_how_far_it_is) {
  const Plan plan = plan_of(write_cache(2, 3));
  base::Progress progress;
  CleanOptions options = clean_options();
  options.progress = &progress;
  run(plan, options);
  EXPECT_EQ(progress.snapshot().stage, "moving");
  EXPECT_EQ(progress.snapshot().done_items, 7u);
  EXPECT_EQ(progress.snapshot().total_items, 7u);
  EXPECT_EQ(progress.snapshot().done_bytes, progress.snapshot().total_bytes);
}

TEST_F(Cleaner, fails_item_by_item_when_the_trash_does) {
  const Plan plan = plan_of({write("a"), write("b"), write("c")});
  for (const int os_error : {ENOSPC, EROFS, EIO, EMFILE}) {
    for (const char* call : {"reserve", "take"}) {
      refuse_ = [&](const char* asked) { return std::string(asked) == call ? os_error : 0; };
      const CleanResult result = run(plan);
      EXPECT_THAT(result.failed, SizeIs(3)) << call << os_error;
      EXPECT_EQ(result.outcome, "failed");
      EXPECT_FALSE(result.stopped);
      EXPECT_TRUE(trash_is_empty());
    }
  }
  refuse_ = {};
  EXPECT_THAT(run(plan).moved, SizeIs(3)) << "and later it works";
}

// A journal that refuses a call, each in its turn.
class FailingJournal final : public CleanJournal {
 public:
  FailingJournal(CleanJournal& real, std::string call, int os_error)
      : real_(real), call_(std::move(call)), os_error_(os_error) {}

  base::Result<std::int64_t> begin_run(std::string_view kind, std::string_view origin,
                                       const TimeReading& now) override {
    LULL_TRY(ask("begin_run"));
    return real_.begin_run(kind, origin, now);
  }
  base::Result<LivedTime> live_until(const TimeReading& now) override {
    return real_.live_until(now);
  }
  base::Result<std::vector<CleanItem>> moved_by_runs_before(LivedTime time) override {
    return real_.moved_by_runs_before(time);
  }
  base::Result<std::vector<std::string>> trashes_in_use() override {
    return real_.trashes_in_use();
  }
  base::Result<std::vector<CleanItem>> moved_to(const std::string& trash) override {
    return real_.moved_to(trash);
  }
  base::Status finish_run(const model::HistoryEntry& entry) override {
    LULL_TRY(ask("finish_run"));
    return real_.finish_run(entry);
  }
  base::Status add_intents(std::int64_t run, std::vector<CleanItem>& items) override {
    LULL_TRY(ask("add_intents"));
    return real_.add_intents(run, items);
  }
  base::Status settle(const std::vector<CleanOutcome>& outcomes) override {
    LULL_TRY(ask("settle"));
    return real_.settle(outcomes);
  }
  base::Status mark(const std::vector<std::int64_t>& items, ItemState state) override {
    LULL_TRY(ask("mark"));
    return real_.mark(items, state);
  }
  base::Result<std::vector<model::HistoryEntry>> unfinished_runs() override {
    return real_.unfinished_runs();
  }
  base::Result<std::vector<CleanItem>> open_intents() override { return real_.open_intents(); }
  base::Result<std::vector<CleanItem>> items_of(std::int64_t run) override {
    return real_.items_of(run);
  }
  base::Result<std::vector<CleanItem>> last_moved_before(base::WallTime time,
                                                         base::Duration span) override {
    return real_.last_moved_before(time, span);
  }
  base::Result<std::vector<CleanItem>> moved_before(base::WallTime time) override {
    return real_.moved_before(time);
  }
  base::Result<std::vector<CleanItem>> being_purged() override { return real_.being_purged(); }
  base::Result<std::optional<std::int64_t>> last_undoable_run() override {
    return real_.last_undoable_run();
  }
  base::Status save_plan(const StoredPlan& plan, base::WallTime now) override {
    return real_.save_plan(plan, now);
  }
  base::Result<StoredPlan> find_plan(const std::string& id, base::WallTime now) override {
    return real_.find_plan(id, now);
  }

 private:
  base::Status ask(const char* call) const {
    if (call_ == call) return base::fail_errno(os_error_);
    return {};
  }
  CleanJournal& real_;
  const std::string call_;
  const int os_error_;
};

TEST_F(Cleaner, moves_nothing_that_the_journal_does_not_know_of) {
  batch_ = 2;
  for (const int os_error : {ENOSPC, EROFS, EIO, EMFILE}) {
    const Plan plan = plan_of({write("a"), write("b"), write("c")});
    FailingJournal no_run(journal(), "begin_run", os_error);
    EXPECT_FALSE(clean(plan, no_run, clock_, clean_options()).has_value());
    FailingJournal no_intents(journal(), "add_intents", os_error);
    const auto stopped = clean(plan, no_intents, clock_, clean_options());
    ASSERT_TRUE(stopped.has_value());
    ASSERT_TRUE(stopped->stopped.has_value());
    EXPECT_EQ(stopped->stopped->os_error, os_error);
    EXPECT_THAT(stopped->moved, IsEmpty());
    EXPECT_EQ(stopped->failed.size() + stopped->skipped.size(), 3u) << "each is listed";
    EXPECT_TRUE(trash_is_empty());
  }
}

TEST_F(Cleaner, that_cannot_write_outcomes_stops_and_is_settled_later) {
  batch_ = 2;
  const Plan plan = plan_of({write("a"), write("b"), write("c")});
  FailingJournal full(journal(), "settle", ENOSPC);
  CleanOptions alone = clean_options();
  alone.width = 1;
  const auto result = clean(plan, full, clock_, alone);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->stopped.has_value());
  EXPECT_THAT(result->moved, SizeIs(2)) << "what has happened is told";
  EXPECT_TRUE(exists(root_ + "/c"));
  EXPECT_THAT(*journal().open_intents(), SizeIs(2));
  EXPECT_EQ(settle().moved, 2u);
  EXPECT_THAT(take_back(result->run).restored, SizeIs(2));
}

TEST_F(Cleaner, that_cannot_write_outcomes_at_once_moves_no_more_than_the_batch_that_was_written) {
  batch_ = 2;
  const Plan plan = plan_of({write("a"), write("b"), write("c"), write("d"), write("e")});
  FailingJournal full(journal(), "settle", ENOSPC);
  const auto result = clean(plan, full, clock_, clean_options());
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->stopped.has_value());
  EXPECT_EQ(result->moved.size(), journal().open_intents()->size()) << "all of them were meant";
  EXPECT_TRUE(exists(root_ + "/e"));
  const std::size_t moved = result->moved.size();
  EXPECT_EQ(settle().moved, moved);
  EXPECT_THAT(take_back(result->run).restored, SizeIs(moved));
}

TEST_F(Cleaner, undo_that_cannot_be_written_down_may_be_repeated) {
  const CleanResult cleaned = run(plan_of({write("a"), write("b")}));
  FailingJournal full(journal(), "mark", ENOSPC);
  const auto stopped = undo(cleaned.run, full, clock_, undo_options());
  ASSERT_TRUE(stopped.has_value());
  EXPECT_TRUE(stopped->stopped.has_value());
  EXPECT_TRUE(exists(root_ + "/a"));
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(2)) << "they are found where they are";
  EXPECT_FALSE(undo(cleaned.run, journal(), clock_, undo_options()).has_value());
}

TEST_F(Cleaner, acts_on_a_plan_that_went_through_the_journal) {
  const Plan plan = plan_of(write_cache(2, 2));
  ASSERT_TRUE(
      journal()
          .save_plan({plan.id, plan.owner, clock_.wall_now(), encode_plan(plan)}, clock_.wall_now())
          .has_value());
  const auto stored = journal().find_plan(plan.id, clock_.wall_now());
  ASSERT_TRUE(stored.has_value());
  const auto decoded = decode_plan(stored->bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->id, plan.id);
  EXPECT_EQ(decoded->made_at, plan.made_at);
  EXPECT_THAT(run(*decoded).moved, SizeIs(plan.items.size()));
}

TEST(PlanCodec, reads_nothing_that_it_has_not_written) {
  Plan plan;
  plan.id = "p-1";
  plan.basis = "b";
  plan.items.resize(2);
  plan.items[0].path = std::string("/a\0\xff", 4);
  plan.items[0].device = ~0ull;
  plan.items[0].mtime_ns = -1;
  const std::string bytes = encode_plan(plan);
  const auto decoded = decode_plan(bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->basis, "b");
  EXPECT_EQ(decoded->items[0].path, plan.items[0].path);
  EXPECT_EQ(decoded->items[0].device, ~0ull);
  EXPECT_EQ(decoded->items[0].mtime_ns, -1);
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(decode_plan(bytes.substr(0, length)).has_value()) << length;
  EXPECT_FALSE(decode_plan(bytes + "x").has_value());
  EXPECT_FALSE(decode_plan("\x01" + bytes.substr(1)).has_value()) << "an older version";
  EXPECT_FALSE(decode_plan("\x03" + bytes.substr(1)).has_value());
}

}  // namespace
}  // namespace lull::clean
