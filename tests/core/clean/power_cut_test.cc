// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <tuple>

#include "tests/core/clean/power_world.h"

// The power fails at every step of a run. What is left of the journal is what was flushed; of the
// renames all that were done, or none since the batch began; of the infos, which nobody flushes,
// whatever a file system leaves of a young file. What settling makes of that is right.
namespace lull::clean {
namespace {

namespace fs = std::filesystem;

enum class Infos { kWhole, kEmptied, kMissing };

class PowerCut : public PowerWorld,
                 public ::testing::WithParamInterface<std::tuple<WhichTrash, Infos>> {
 protected:
  PowerCut() { which_ = std::get<0>(GetParam()); }

  // Of all infos that this run has written.
  void harm_infos() const {
    if (std::get<1>(GetParam()) == Infos::kWhole) return;
    std::vector<fs::path> infos;
    for (const auto& entry : fs::directory_iterator(trash_path_ + "/info"))
      if (entry.path().filename() != "f0.trashinfo") infos.push_back(entry.path());
    for (const fs::path& info : infos)
      if (std::get<1>(GetParam()) == Infos::kEmptied)
        fs::resize_file(info, 0);
      else
        fs::remove(info);
  }

  // What was renamed since the batch began is where it was, as if that had not reached the disk.
  void lose_renames() {
    std::set<std::uint64_t> open;
    const auto intents = journal().open_intents();
    ASSERT_TRUE(intents.has_value());
    for (const CleanItem& intent : *intents) open.insert(intent.inode);
    std::vector<fs::directory_entry> entries;
    for (const auto& entry : fs::directory_iterator(trash_path_ + "/files"))
      entries.push_back(entry);
    for (const auto& entry : entries) {
      struct stat status {};
      ASSERT_EQ(::lstat(entry.path().c_str(), &status), 0);
      for (const PlanItem& item : plan_.items)
        if (item.inode == status.st_ino && open.contains(item.inode))
          fs::rename(entry.path(), item.path);
    }
  }

  int cut_everywhere(FaultPoint point, const std::function<void()>& more_harm) {
    for (int nth = 1;; ++nth) {
      start_over();
      const bool cut = cut_at(
          point, nth, [] {}, [&] { clean_alone(); });
      guards_.fault = {};
      SCOPED_TRACE(testing::Message() << "point " << static_cast<int>(point) << ", time " << nth);
      if (cut) harm_infos();
      more_harm();
      check_all();
      if (!cut || HasFailure()) return nth - 1;
    }
  }
};

constexpr std::array kPoints = {FaultPoint::kRunBegun,        FaultPoint::kIntentsWritten,
                                FaultPoint::kReserved,        FaultPoint::kTaken,
                                FaultPoint::kReleased,        FaultPoint::kMovesDone,
                                FaultPoint::kOutcomesWritten, FaultPoint::kRunFinished};

TEST_P(PowerCut, during_a_clean_leaves_the_intent_of_everything_that_was_renamed) {
  int cuts = 0;
  for (const FaultPoint point : kPoints) cuts += cut_everywhere(point, [] {});
  std::cout << cuts << " power cuts\n";
  EXPECT_GT(cuts, 20);
}

TEST_P(PowerCut, during_a_clean_may_lose_the_renames_of_its_batch) {
  int cuts = 0;
  for (const FaultPoint point : kPoints) cuts += cut_everywhere(point, [&] { lose_renames(); });
  std::cout << cuts << " power cuts\n";
  EXPECT_GT(cuts, 20);
}

const char* name_of_infos(Infos infos) {
  switch (infos) {
    case Infos::kWhole:
      return "_infos_whole";
    case Infos::kEmptied:
      return "_infos_emptied";
    case Infos::kMissing:
      return "_infos_missing";
  }
  return "";
}
INSTANTIATE_TEST_SUITE_P(, PowerCut,
                         ::testing::Combine(kBothTrashes,
                                            ::testing::Values(Infos::kWhole, Infos::kEmptied,
                                                              Infos::kMissing)),
                         [](const auto& instance) {
                           return name_of_trash(std::get<0>(instance.param)) +
                                  name_of_infos(std::get<1>(instance.param));
                         });

// The order itself: before a rename, the intents of its batch have been flushed.
class FlushOrder : public KillWorld {
 protected:
  FlushOrder() { which_ = WhichTrash::kReal; }
};

TEST_F(FlushOrder, every_rename_finds_its_intent_on_the_disk) {
  start_over();
  DurableVfs disk;
  const std::string copy = home_ + "/copy";
  std::size_t renames = 0;
  CleanOptions options = clean_options();
  options.width = 1;
  options.guards.fault = [&](FaultPoint point) {
    if (point != FaultPoint::kReserved) return;  // the rename is next
    fs::remove_all(copy);
    fs::create_directories(copy);
    for (const auto& [path, content] : disk.flushed())
      if (path.starts_with(journal_path()))
        std::ofstream(copy + path.substr(path.rfind('/')), std::ios::binary) << content;
    const auto left = Journal::open(copy + "/journal.db", nullptr);
    ASSERT_TRUE(left.has_value());
    const auto intents = (*left)->open_intents();
    const auto runs = (*left)->history(0);
    ASSERT_TRUE(intents.has_value() && runs.has_value());
    std::set<std::string> intended, on_their_way;
    for (const CleanItem& intent : *intents) intended.insert(intent.path);
    // Its batch: all of those that are reserved or taken and not yet told.
    for (const auto& entry : fs::directory_iterator(trash_path_ + "/info"))
      on_their_way.insert(original_of(entry.path().stem().string()));
    for (const auto& run : *runs) {
      const auto items = (*left)->items_of(run.run);
      ASSERT_TRUE(items.has_value());
      for (const CleanItem& item : *items)
        if (item.state == ItemState::kMoved) on_their_way.erase(item.path);
    }
    on_their_way.erase("/older/f0");
    EXPECT_TRUE(
        std::includes(intended.begin(), intended.end(), on_their_way.begin(), on_their_way.end()));
    ++renames;
  };
  const CleanResult result = run(plan_, options);
  EXPECT_EQ(renames, result.moved.size());
  journal_.reset();  // before the disk goes
}

}  // namespace
}  // namespace lull::clean
