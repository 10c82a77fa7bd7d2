// SPDX-License-Identifier: MIT
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/platform/swap_probe.h"
#include "tests/support/temp_dir.h"

namespace lull::platform {
namespace {

namespace fs = std::filesystem;
using model::SwapKind;

class SwapProbeTest : public testing::Test {
 protected:
  SwapProbeTest() {
    root_.write("proc/vmstat", "pswpin 1\npswpout 10\n");
    swaps("");
  }
  void swaps(const std::string& lines) {
    root_.write("proc/swaps", "Filename Type Size Used Priority\n" + lines);
  }
  model::SwapState read() {
    const auto state = make_swap_probe({root_ / "proc", root_ / "sys"})->read();
    EXPECT_TRUE(state) << state.error().to_string();
    return state.value_or(model::SwapState{});
  }
  // A swap file, on a disk that says this of itself.
  void swap_file(const std::string& where, const char* turns) {
    const std::string file = root_.write("swapfile", "");
    struct ::stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    const std::string number =
        std::to_string(::major(status.st_dev)) + ":" + std::to_string(::minor(status.st_dev));
    fs::create_directories(root_ / ("sys/dev/block/" + number));
    root_.write("sys/dev/block/" + number + where, turns);
    swaps(file + " file 1024 0 -2\n");
  }
  support::TempDir root_;
};

TEST_F(SwapProbeTest, KnowsThatThereIsNone) {
  EXPECT_EQ(read().kind, SwapKind::kNone);
  EXPECT_EQ(read().swapped_out_bytes, 10u * static_cast<unsigned>(::getpagesize()));
  EXPECT_FALSE(read().zswap);
}

TEST_F(SwapProbeTest, KnowsZramByItsName) {
  swaps("/dev/zram0 partition 1024 0 100\n");
  EXPECT_EQ(read().kind, SwapKind::kZram);
  swaps("/home/zram0 file 1024 0 100\n");
  EXPECT_EQ(read().kind, SwapKind::kRotational) << "a file of that name is none";
}

TEST_F(SwapProbeTest, AsksTheDiskOfAFile) {
  swap_file("/queue/rotational", "0\n");
  EXPECT_EQ(read().kind, SwapKind::kSolidState);
  swap_file("/queue/rotational", "1\n");
  EXPECT_EQ(read().kind, SwapKind::kRotational);
}

TEST_F(SwapProbeTest, AsksTheDiskOfAPartition) {
  swap_file("/../queue/rotational", "0\n");
  EXPECT_EQ(read().kind, SwapKind::kSolidState);
}

TEST_F(SwapProbeTest, ADiskThatDoesNotSayMayTurn) {
  swaps(root_.write("swapfile", "") + " file 1024 0 -2\n");
  EXPECT_EQ(read().kind, SwapKind::kRotational);
  swaps("/nowhere/at-all partition 1024 0 -2\n");
  EXPECT_EQ(read().kind, SwapKind::kRotational);
}

TEST_F(SwapProbeTest, SeesZswap) {
  root_.write("sys/module/zswap/parameters/enabled", "Y\n");
  EXPECT_TRUE(read().zswap);
  root_.write("sys/module/zswap/parameters/enabled", "N\n");
  EXPECT_FALSE(read().zswap);
}

TEST_F(SwapProbeTest, FailsWithoutTheKernelsFiles) {
  EXPECT_FALSE(make_swap_probe({root_ / "none", root_ / "sys"})->read());
}

TEST(SwapProbeReal, AnswersOnThisMachine) { EXPECT_TRUE(make_swap_probe({})->read()); }

}  // namespace
}  // namespace lull::platform
