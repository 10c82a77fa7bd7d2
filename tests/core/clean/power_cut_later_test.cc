// SPDX-License-Identifier: MIT
#include <array>
#include <fstream>
#include <iostream>

#include "core/clean/purge_due.h"
#include "core/clean/purger.h"
#include "tests/core/clean/power_world.h"

// The power fails in an undo, or in a purge. Of the renames and removals that the journal does not
// know to be done all may have reached the disk, or none; what it knows is there, since its flush
// takes with it what was done before on the same volume.
namespace lull::clean {
namespace {

namespace fs = std::filesystem;

class PowerCutLater : public PowerWorld {
 protected:
  PowerCutLater() { which_ = WhichTrash::kReal; }

  PurgeOptions purge_options() {
    PurgeOptions options;
    options.places = {.data_home = home_ + "/.local/share", .volumes = {}, .owner = ::geteuid()};
    options.width = 1;
    options.batch = 3;
    options.fault = guards_.fault;
    return options;
  }
  void purge_all() {
    const auto due =
        value_of(items_to_purge(journal(), clock_, {}, [](const std::string&) { return true; }));
    const auto purged = purge_moved(due, journal(), clock_, purge_options());
    ASSERT_TRUE(purged) << purged.error().to_string();
    EXPECT_THAT(paths_of(purged->failed), testing::IsEmpty());
  }

  // What was given back is in the trash, as if that had not reached the disk.
  void lose_returns() {
    for (const CleanItem& item : value_of(journal().moved_before(base::WallTime::max()))) {
      if (!exists(item.path)) continue;
      fs::rename(item.path, trash_path_ + "/files/" + item.name);
      std::ofstream(trash_path_ + "/info/" + item.name + ".trashinfo") << trash_info_of(item.path);
    }
  }
  static std::string trash_info_of(const std::string& path) {
    return "[Trash Info]\nPath=" + path + "\nDeletionDate=2026-01-05T08:00:00\n";
  }

  // Whatever can be given back by what the journal says is there as a whole.
  void expect_what_was_moved_to_be_whole() {
    for (const model::HistoryEntry& run : value_of(journal().history(0)))
      for (const CleanItem& item : value_of(journal().items_of(run.run))) {
        if (item.state != ItemState::kMoved) continue;
        const std::string place = item.trash + "/files/" + item.name;
        EXPECT_TRUE(exists(place)) << item.path << " can be undone, says the journal";
        if (item.directory) {
          EXPECT_TRUE(exists(place + "/a") && exists(place + "/sub/b")) << item.path;
        }
      }
  }

  int cut_everywhere(FaultPoint point, const std::function<void()>& act,
                     const std::function<void()>& check) {
    for (int nth = 1;; ++nth) {
      start_over();
      const bool cut = cut_at(
          point, nth, [&] { clean_alone(); }, act);
      guards_.fault = {};
      SCOPED_TRACE(testing::Message() << "point " << static_cast<int>(point) << ", time " << nth);
      check();
      if (!cut || HasFailure()) return nth - 1;
    }
  }
};

constexpr std::array kUndoPoints = {FaultPoint::kParentMade, FaultPoint::kGivenBack,
                                    FaultPoint::kRestored, FaultPoint::kRunFinished};

TEST_F(PowerCutLater, in_an_undo_leaves_everything_in_one_place_that_undo_knows) {
  int cuts = 0;
  for (const FaultPoint point : kUndoPoints)
    cuts += cut_everywhere(
        point, [&] { undo_alone(); }, [&] { check_all(); });
  std::cout << cuts << " power cuts\n";
  EXPECT_GT(cuts, 8);
}

TEST_F(PowerCutLater, in_an_undo_may_lose_what_the_journal_does_not_know) {
  int cuts = 0;
  for (const FaultPoint point : kUndoPoints)
    cuts += cut_everywhere(
        point, [&] { undo_alone(); },
        [&] {
          settle();
          lose_returns();
          check_all();
        });
  std::cout << cuts << " power cuts\n";
  EXPECT_GT(cuts, 8);
}

TEST_F(PowerCutLater, in_a_purge_has_written_down_what_was_to_be_removed) {
  int cuts = 0;
  for (const FaultPoint point : kPurgePoints)
    cuts += cut_everywhere(
        point, [&] { purge_all(); },
        [&] {
          settle();
          expect_what_was_moved_to_be_whole();
          purge_all();
          EXPECT_EQ(trashed(), std::set<std::string>{"f0"});
          EXPECT_EQ(last_undoable(), std::nullopt);
        });
  std::cout << cuts << " power cuts\n";
  EXPECT_GE(cuts, 8);
}

}  // namespace
}  // namespace lull::clean
