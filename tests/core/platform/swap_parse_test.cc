// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "core/platform/swap_probe.h"

namespace lull::platform {
namespace {

constexpr const char* kSwaps =
    "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
    "/dev/dm-1                               partition\t999420\t\t1024\t\t-2\n"
    "/dev/zram0                              partition\t786428\t\t786428\t\t100\n"
    "/my\\040swap                             file\t\t2048\t\t0\t\t-3\n";

TEST(SwapParse, ReadsEveryArea) {
  const auto areas = parse_swaps(kSwaps);
  ASSERT_EQ(areas.size(), 3u);
  EXPECT_EQ(areas[0].path, "/dev/dm-1");
  EXPECT_FALSE(areas[0].is_file);
  EXPECT_EQ(areas[0].total_bytes, 999420u * 1024);
  EXPECT_EQ(areas[0].used_bytes, 1024u * 1024);
  EXPECT_EQ(areas[0].priority, -2);
  EXPECT_EQ(areas[2].path, "/my swap");
  EXPECT_TRUE(areas[2].is_file);
}

TEST(SwapParse, LeavesOutWhatMakesNoSense) {
  EXPECT_TRUE(parse_swaps("").empty());
  EXPECT_TRUE(parse_swaps("Filename Type Size Used Priority\n").empty());
  EXPECT_TRUE(parse_swaps("/a partition 10 11 0\n").empty()) << "more used than there is";
  EXPECT_TRUE(parse_swaps("/a partition 18446744073709551615 0 0\n").empty());
  EXPECT_TRUE(parse_swaps("/a partition 10\n").empty());
  EXPECT_TRUE(parse_swaps("/a partition x y z\n").empty());
}

TEST(SwapParse, TheNextIsTheHighestWithRoom) {
  auto areas = parse_swaps(kSwaps);
  EXPECT_EQ(next_swap(areas), &areas[0]) << "zram is full";
  areas[1].used_bytes -= 1;
  EXPECT_EQ(next_swap(areas), &areas[1]);
  areas[0].priority = areas[1].priority;
  EXPECT_EQ(next_swap(areas), &areas[0]) << "the first of equals";
  for (SwapArea& area : areas) area.used_bytes = area.total_bytes;
  EXPECT_EQ(next_swap(areas), nullptr);
  EXPECT_EQ(next_swap({}), nullptr);
}

TEST(SwapParse, FindsWhatWasSwappedOut) {
  EXPECT_EQ(parse_swapped_out("pgpgin 7\npswpin 1\npswpout 42\n"), 42u);
  EXPECT_EQ(parse_swapped_out("pswpout 42"), 42u);
  EXPECT_EQ(parse_swapped_out("xpswpout 42\npswpout_zero 3\n"), std::nullopt);
  EXPECT_EQ(parse_swapped_out("pswpout -1\n"), std::nullopt);
  EXPECT_EQ(parse_swapped_out(""), std::nullopt);
}

TEST(Refaults, AreOfBothKindsOrOfTheOneThatOlderKernelsCount) {
  EXPECT_EQ(parse_refaults("workingset_refault_anon 5\nworkingset_refault_file 37\nx 1\n"), 42u);
  EXPECT_EQ(parse_refaults("workingset_nodes 9\nworkingset_refault 42"), 42u);
  EXPECT_EQ(parse_refaults("workingset_refault_file x\n"), std::nullopt);
  EXPECT_EQ(parse_refaults(""), std::nullopt);
}

}  // namespace
}  // namespace lull::platform
