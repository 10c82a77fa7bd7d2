// SPDX-License-Identifier: MIT
#pragma once
#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "tests/core/clean/clean_run.h"

namespace lull::clean {

// Runs that end in their midst, and what must be true after they were settled: every item is where
// it was or in the trash, can be given back, and is there once.
class KillWorld : public CleanRunWorld {
 protected:
  KillWorld() { batch_ = 3; }

  // The home as before any run: two directories of files with the same names (so that the trash
  // needs second names), one that goes whole, one that stays, and an older thing in the trash.
  void start_over() {
    journal_.reset();
    std::filesystem::remove_all(home_);
    planned_.clear();
    temp_.write("home/Documents/canary", "precious");
    temp_.write("home/.local/share/Trash/files/f0", "older");
    temp_.write("home/.local/share/Trash/info/f0.trashinfo", kOlder);
    std::filesystem::create_directories(home_ + "/.local/state");
    plan_ = plan_of(write_cache(2, 3));
    guards_.recheck = [](const PlanItem& item, const struct stat&) {
      return item.path.ends_with("d1/f1") ? std::string("kept") : std::string();
    };
  }

  // One item cannot be moved, so that its reservation is taken back.
  FolderTrash::Refuse refuse_one_take() const {
    return [asked = std::make_shared<int>(0)](const char* call) {
      return std::string(call) == "take" && ++*asked == 2 ? EIO : 0;
    };
  }

  // Does `act` in a child that kills itself when `point` is passed for the `nth` time. True if it
  // was killed: it has not come so far otherwise.
  bool killed_at(FaultPoint point, int nth, const std::function<void()>& act) {
    journal_.reset();
    const int answer = in_child([&] {
      int passed = 0;
      guards_.fault = [&](FaultPoint now) {
        if (now == point && ++passed == nth) ::kill(::getpid(), SIGKILL);
      };
      act();
      return 0;
    });
    EXPECT_TRUE(answer == 0 || answer == 100) << answer;
    if (answer == 100) ++kills_;
    return answer == 100;
  }

  // (No other thread may be needed in a child.)
  void clean_alone() {
    CleanOptions options = clean_options();
    options.width = 1;
    options.trash.open_for = [refuse = refuse_one_take(), this](dev_t, const std::string&) {
      return open_trash(refuse);
    };
    run(plan_, options);
  }
  void settle_alone() {
    (void)settle_open_moves(journal(), {trash_port(), Descent::kOneCall, guards_.fault, {}});
  }
  void undo_alone() {
    if (const auto last = last_undoable()) (void)take_back(*last);
  }
  std::optional<std::int64_t> last_undoable() { return value_of(journal().last_undoable_run()); }

  static bool is(const std::string& path, const PlanItem& item) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 && status.st_ino == item.inode;
  }

  void expect_nothing_lost_or_twice() {
    for (const PlanItem& item : plan_.items) {
      const bool here = is(item.path, item);
      const std::string there = file_in_trash(item.path);
      EXPECT_NE(here, !there.empty()) << item.path;
      EXPECT_TRUE(here || is(there, item)) << item.path;
    }
    EXPECT_EQ(temp_.read("home/Documents/canary"), "precious");
    EXPECT_EQ(temp_.read("home/.local/share/Trash/files/f0"), "older");
    EXPECT_EQ(original_of("f0"), "/older/f0");
  }

  void expect_journal_to_be_right() {
    EXPECT_THAT(value_of(journal().open_intents()), testing::IsEmpty());
    EXPECT_THAT(value_of(journal().unfinished_runs()), testing::IsEmpty());
    std::set<std::string> names;
    for (const model::HistoryEntry& entry : value_of(journal().history(0)))
      for (const CleanItem& item : value_of(journal().items_of(entry.run))) {
        if (item.state != ItemState::kMoved) continue;
        EXPECT_TRUE(names.insert(item.name).second) << item.name << " is listed twice";
        EXPECT_TRUE(exists(item.path) || original_of(item.name) == item.path) << item.path;
      }
    EXPECT_TRUE(trashed().size() == 1 || last_undoable());
  }

  // Undo may find things where they were: it was killed between the rename and the journal.
  void expect_everything_to_come_back() {
    if (const auto last = last_undoable()) {
      const UndoResult undone = take_back(*last);
      EXPECT_THAT(undone.conflicts, testing::IsEmpty());
      EXPECT_THAT(undone.failed, testing::IsEmpty());
    }
    for (const PlanItem& item : plan_.items) EXPECT_TRUE(is(item.path, item)) << item.path;
    EXPECT_EQ(trashed(), std::set<std::string>{"f0"});
    EXPECT_EQ(last_undoable(), std::nullopt);
  }

  void check_all() {
    guards_.fault = {};
    settle();
    expect_nothing_lost_or_twice();
    expect_journal_to_be_right();
    expect_everything_to_come_back();
    EXPECT_EQ(settle().moved, 0u);
  }

  // Each time the point is passed, until a run gets through.
  int kill_everywhere(FaultPoint point, const std::function<void()>& before,
                      const std::function<void()>& act) {
    for (int nth = 1;; ++nth) {
      start_over();
      before();
      const bool killed = killed_at(point, nth, act);
      SCOPED_TRACE(testing::Message() << "point " << static_cast<int>(point) << ", time " << nth);
      check_all();
      if (!killed || HasFailure()) return nth - 1;
    }
  }

  static constexpr const char* kOlder =
      "[Trash Info]\nPath=/older/f0\nDeletionDate=2020-01-01T00:00:00\n";

  Plan plan_;
  int kills_ = 0;
};

}  // namespace lull::clean
