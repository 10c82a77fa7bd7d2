// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string>
#include <tuple>

#include "core/clean/purge_due.h"
#include "core/clean/purger.h"
#include "tests/core/clean/failing_calls.h"
#include "tests/core/clean/kill_world.h"

// Every system call of a clean and of an undo fails once, and every one is the last that works.
// Each item has an entry that says what became of it, and nothing is lost.
namespace lull::clean {
namespace {

namespace fs = std::filesystem;

constexpr std::array kErrors = {EIO, ENOSPC, EROFS, EMFILE};

class CleanFaults : public KillWorld, public ::testing::WithParamInterface<bool> {
 protected:
  CleanFaults() { which_ = WhichTrash::kReal; }

  // A story in a new home each time, with its every call failing in turn, by one of the errors, or
  // by each of them with LULL_EVERY_ERROR set. `after` checks. Skips where the machine does not
  // allow it.
  void fail_each_call(const std::function<void()>& before, const std::function<void()>& story,
                      const std::function<void()>& after) {
    std::uint64_t runs = 0;
    const std::size_t turns = std::getenv("LULL_EVERY_ERROR") != nullptr ? kErrors.size() : 1;
    for (std::size_t turn = 0; turn < turns; ++turn)
      for (FailingCall failing{0, 0, GetParam()};; ++failing.nth) {
        failing.os_error = kErrors[(failing.nth + turn) % kErrors.size()];
        start_over();
        before();
        const auto calls = with_failing_call(failing, story);
        if (!calls) GTEST_SKIP() << "the machine does not allow this";
        SCOPED_TRACE(testing::Message()
                     << "call " << failing.nth << ", errno " << failing.os_error);
        after();
        if (HasFailure()) return;
        ++runs;
        if (failing.nth > *calls) break;
      }
    std::cout << runs << " runs, each with another call that fails\n";
    EXPECT_GT(runs, 50u) << "or the calls were not told";
  }

  CleanOptions alone() const {
    CleanOptions options = clean_options();
    options.width = 1;
    return options;
  }
  static std::size_t entries_of(const CleanResult& result) {
    return result.moved.size() + result.skipped.size() + result.failed.size();
  }

  // What fails may leave an info about nothing behind, and says so; whoever lists the trash is
  // told.
  void remove_infos_about_nothing() const {
    std::vector<fs::path> about_nothing;
    for (const auto& entry : fs::directory_iterator(trash_path_ + "/info"))
      if (!exists(trash_path_ + "/files/" + entry.path().stem().string()))
        about_nothing.push_back(entry.path());
    for (const fs::path& info : about_nothing) fs::remove(info);
  }

  // Of what a purge has left.
  void expect_states_to_be_true(std::int64_t cleaned) {
    for (const CleanItem& item : value_of(journal().items_of(cleaned))) {
      const bool there = exists(item.trash + "/files/" + item.name);
      if (item.state == ItemState::kPurged) {
        EXPECT_FALSE(there) << item.path << " is in the trash";
      }
      if (item.state == ItemState::kMoved) {
        EXPECT_TRUE(there) << item.path << " is gone";
        if (item.directory) {
          EXPECT_TRUE(exists(item.trash + "/files/" + item.name + "/sub/b")) << "not whole";
          EXPECT_TRUE(exists(item.trash + "/files/" + item.name + "/a")) << "not whole";
        }
      }
      EXPECT_FALSE(exists(item.path) && item.state != ItemState::kSkipped &&
                   item.state != ItemState::kFailed)
          << item.path;
    }
  }

  void expect_an_entry_for_each(const base::Result<CleanResult>& result) {
    if (!result) {
      EXPECT_EQ(trashed(), std::set<std::string>{"f0"}) << "it has done nothing then";
      return;
    }
    EXPECT_EQ(entries_of(*result), plan_.items.size());
    for (const auto* items : {&result->skipped, &result->failed})
      for (const CleanedItem& item : *items) {
        EXPECT_NE(item.reason, "") << item.path;
        EXPECT_TRUE(exists(item.path)) << item.path;
      }
    for (const CleanedItem& item : result->moved)
      EXPECT_TRUE(exists(item.trash + "/files/" + item.name)) << item.path;
  }
  void expect_an_entry_for_each(const UndoResult& result, std::size_t moved) {
    if (!result.stopped) {
      EXPECT_EQ(result.restored.size() + result.failed.size(), moved);
    }
    for (const UndoneItem& item : result.failed) EXPECT_NE(item.reason, "") << item.path;
    for (const UndoneItem& item : result.restored) EXPECT_TRUE(exists(item.path)) << item.path;
    EXPECT_TRUE(result.conflicts.empty()) << "there is nothing there";
  }
};
INSTANTIATE_TEST_SUITE_P(, CleanFaults, ::testing::Bool(), [](const auto& instance) {
  return instance.param ? "from_there_on" : "once";
});

TEST_P(CleanFaults, of_a_clean_have_an_entry_for_each_item_and_lose_nothing) {
  base::Result<CleanResult> result;
  fail_each_call([&] { (void)journal(); },
                 [&] { result = clean(plan_, journal(), clock_, alone()); },
                 [&] {
                   remove_infos_about_nothing();
                   expect_an_entry_for_each(result);
                   check_all();
                 });
}

// Nothing that is still in the trash is written down as gone, and nothing that is gone as there.
TEST_P(CleanFaults, of_a_purge_never_make_the_journal_lie) {
  const TrashPlaces places{
      .data_home = home_ + "/.local/share", .volumes = {}, .owner = ::geteuid()};
  PurgeOptions options;
  options.places = places;
  options.width = 1;
  options.batch = 4;
  base::Result<PurgeRunResult> result;
  std::int64_t cleaned = 0;
  std::vector<CleanItem> moved;
  fail_each_call(
      [&] {
        cleaned = run(plan_, alone()).run;
        moved = value_of(journal().moved_before(base::WallTime::max()));
      },
      [&] { result = purge_moved(moved, journal(), clock_, options); },
      [&] {
        if (result && !result->stopped && !result->cancelled) {
          EXPECT_EQ(result->purged_items + result->gone + result->failed.size(), moved.size());
        }
        if (result) {
          for (const PurgedItem& item : result->failed) EXPECT_NE(item.reason, "") << item.path;
        }
        expect_states_to_be_true(cleaned);
        const auto rest = value_of(
            items_to_purge(journal(), clock_, {}, [](const std::string&) { return true; }));
        const auto again = purge_moved(rest, journal(), clock_, options);
        ASSERT_TRUE(again) << again.error().to_string();
        EXPECT_THAT(paths_of(again->failed), testing::IsEmpty());
        remove_infos_about_nothing();
        EXPECT_EQ(trashed(), std::set<std::string>{"f0"});
      });
}

TEST_P(CleanFaults, of_an_undo_have_an_entry_for_each_item_and_lose_nothing) {
  base::Result<UndoResult> result;
  std::int64_t cleaned = 0;
  std::size_t moved = 0;
  fail_each_call(
      [&] {
        const CleanResult clean = run(plan_, alone());
        cleaned = clean.run;
        moved = clean.moved.size();
      },
      [&] { result = undo(cleaned, journal(), clock_, undo_options()); },
      [&] {
        remove_infos_about_nothing();
        if (result) expect_an_entry_for_each(*result, moved);
        check_all();
      });
}

}  // namespace
}  // namespace lull::clean
