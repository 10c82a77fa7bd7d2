// SPDX-License-Identifier: MIT
#include <iostream>

#include "tests/core/clean/kill_world.h"

// Killed at every point of the table, each time it is passed; then settled.
namespace lull::clean {
namespace {

namespace fs = std::filesystem;

class Kill : public KillWorld, public ::testing::WithParamInterface<WhichTrash> {
 protected:
  Kill() { which_ = GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(, Kill, kBothTrashes, name_of_param);

TEST_P(Kill, during_a_clean_loses_nothing) {
  std::set<FaultPoint> passed;
  for (const FaultPoint point : kFaultPoints)
    if (kill_everywhere(
            point, [] {}, [&] { clean_alone(); }) > 0)
      passed.insert(point);
  std::cout << "killed " << kills_ << " times during a clean\n";
  for (const FaultPoint point :
       {FaultPoint::kRunBegun, FaultPoint::kIntentsWritten, FaultPoint::kReserved,
        FaultPoint::kTaken, FaultPoint::kReleased, FaultPoint::kMovesDone,
        FaultPoint::kOutcomesWritten, FaultPoint::kRunFinished})
    EXPECT_TRUE(passed.contains(point)) << static_cast<int>(point);
}

TEST_P(Kill, during_the_settling_of_a_killed_clean_loses_nothing) {
  for (const FaultPoint first : {FaultPoint::kReserved, FaultPoint::kTaken, FaultPoint::kMovesDone})
    for (const FaultPoint second :
         {FaultPoint::kSettling, FaultPoint::kSettled, FaultPoint::kRunFinished})
      EXPECT_GT(kill_everywhere(
                    second, [&] { killed_at(first, 2, [&] { clean_alone(); }); },
                    [&] { settle_alone(); }),
                0);
  std::cout << "killed " << kills_ << " times, half of them while settling\n";
}

TEST_P(Kill, during_an_undo_loses_nothing) {
  for (const FaultPoint point : {FaultPoint::kParentMade, FaultPoint::kGivenBack,
                                 FaultPoint::kRestored, FaultPoint::kRunFinished})
    EXPECT_GT(kill_everywhere(
                  point,
                  [&] {
                    run(plan_);
                    fs::remove_all(root_ + "/d0");
                  },
                  [&] { undo_alone(); }),
              0);
  std::cout << "killed " << kills_ << " times during an undo\n";
}

// The table has the steps; this kills between them, and in the midst of system calls.
TEST_P(Kill, at_any_instant_of_a_clean_loses_nothing) {
  for (int round = 0; round < 40; ++round) {
    start_over();
    journal_.reset();
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      guards_.fault = [&](FaultPoint) { (void)!::write(ends[1], "x", 1); };
      clean_alone();
      ::_exit(0);
    }
    ::close(ends[1]);
    char byte = 0;
    for (int passed = 0; passed <= round % 20; ++passed)
      if (::read(ends[0], &byte, 1) != 1) break;
    for (volatile int spin = 0; spin < round * 700;) spin = spin + 1;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    SCOPED_TRACE(testing::Message() << "round " << round);
    check_all();
    if (HasFailure()) return;
  }
}

TEST(FaultPoints, the_table_has_every_point_once) {
  std::set<FaultPoint> points(kFaultPoints.begin(), kFaultPoints.end());
  EXPECT_EQ(points.size(), kFaultPoints.size());
  EXPECT_EQ(static_cast<std::size_t>(FaultPoint::kRestored) + 1, kFaultPoints.size());
}

}  // namespace
}  // namespace lull::clean
