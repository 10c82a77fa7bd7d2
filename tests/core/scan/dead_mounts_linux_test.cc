// SPDX-License-Identifier: MIT
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scan/dead_mounts.h"
#include "tests/core/scan/probe.h"
#include "tests/core/scan/scratch_tree.h"

namespace lull::scan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kRoot = std::uint64_t{8} << 32 | 1;
constexpr const char* kMounts =
    "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
    "30 22 0:40 / /home/u/nas rw - nfs4 server:/share rw\n"
    "31 22 0:41 / /home/u/cloud\\040drive rw - fuse.rclone cloud: rw\n"
    "32 22 0:42 / /home/u2/nas rw - cifs //server/share rw\n"
    "33 22 8:2 / /home/u/disk rw - ext4 /dev/sda2 rw\n"
    "34 22 0:43 / /home/u/auto rw - autofs systemd-1 rw\n"
    "35 22 8:1 /other /home/u/same-device rw - nfs server:/ rw\n"
    "nonsense\n"
    "36 22 0:44 / /home/u/last rw - fuse program rw";

TEST(DeadMounts, AreThoseBelowTheRootThatSomebodyElseAnswersFor) {
  EXPECT_THAT(MountsThatMayHang(kMounts).ways_below("/home/u", kRoot),
              ElementsAre("nas", "cloud drive", "auto", "last"));
  EXPECT_THAT(
      MountsThatMayHang(kMounts).ways_below("/", kRoot),
      ElementsAre("home/u/nas", "home/u/cloud drive", "home/u2/nas", "home/u/auto", "home/u/last"));
}

TEST(DeadMounts, AreNotTheRootItselfNorItsNamesakes) {
  EXPECT_THAT(MountsThatMayHang(kMounts).ways_below("/home/u/nas", kRoot), IsEmpty());
  EXPECT_THAT(MountsThatMayHang(kMounts).ways_below("/home/u/na", kRoot), IsEmpty());
  EXPECT_THAT(MountsThatMayHang("").ways_below("/", kRoot), IsEmpty());
}

TEST(DeadMounts, TellWhatIsOnOneFromWhoLivesThere) {
  const MountsThatMayHang mounts(kMounts);
  EXPECT_TRUE(mounts.is_at("/home/u/nas"));
  EXPECT_FALSE(mounts.is_at("/home/u/nas/x"));
  EXPECT_TRUE(mounts.is_on_another("/home/u/nas/x", "/home/u"));
  EXPECT_TRUE(mounts.is_on_another("/home/u/nas", "/home/u"));
  EXPECT_FALSE(mounts.is_on_another("/home/u/nas/x", "/home/u/nas"));
  EXPECT_FALSE(mounts.is_on_another("/home/u/disk/x", "/home/u"));
  EXPECT_FALSE(mounts.is_on_another("/home/u", "/home/u"));
  EXPECT_TRUE(mounts.is_device_of_another(std::uint64_t{40}, "/home/u"));
  EXPECT_FALSE(mounts.is_device_of_another(std::uint64_t{40}, "/home/u/nas/me"));
  EXPECT_FALSE(mounts.is_device_of_another(kRoot + 1, "/home/u"));
}

TEST(DeadMounts, AreNotTouchedByAWalk) {
  testing::ScratchTree tree;
  tree.directory("deep/down/nas");
  tree.directory("nas");
  tree.file("deep/nas", 5000);
  tree.file("beside", 5000);
  const std::string dead = tree.path("deep/down/nas");
  const std::uint64_t expected = testing::disk_usage(tree.root()) - tree.blocks("deep/down/nas");
  const testing::ProbeResult result = testing::probe("--dead " + dead + " " + tree.root());
  if (result.exit_code == testing::ProbeResult::kCannot) GTEST_SKIP() << "mounting is not allowed";
  ASSERT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.ours, expected);
  EXPECT_EQ(result.files, 2u);
  EXPECT_EQ(result.directories, 4u);
  EXPECT_EQ(result.errors, 0u);
  EXPECT_EQ(result.partial, 0);
}

}  // namespace
}  // namespace lull::scan
