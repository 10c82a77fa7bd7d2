// SPDX-License-Identifier: MIT
#include "core/platform/mac_volumes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lull::platform {
namespace {

using testing::ElementsAre;

MacMount local(std::string mount, std::string device, std::uint64_t blocks) {
  MacMount volume{std::move(mount), std::move(device), "apfs"};
  volume.local = true;
  volume.block_bytes = 4096;
  volume.blocks = blocks;
  volume.available_blocks = blocks / 2;
  volume.free_blocks = blocks - blocks * 2 / 5;
  return volume;
}

MacMount with(MacMount volume, bool MacMount::*flag) {
  volume.*flag = true;
  return volume;
}

std::vector<std::string> places(const std::vector<model::DiskSpace>& volumes) {
  std::vector<std::string> names;
  for (const auto& volume : volumes) names.push_back(volume.mount);
  return names;
}

// What `mount` says on a Mac with macOS 13, a stick, an installer's image and a share.
std::vector<MacMount> usual_mac() {
  MacMount devices{"/dev", "devfs", "devfs"};
  devices.local = devices.hidden = true;
  devices.blocks = 400;
  devices.block_bytes = 512;
  MacMount share{"/Volumes/music", "//me@nas/music", "smbfs"};
  share.blocks = 1'000'000;
  share.block_bytes = 4096;
  MacMount automatic{"/System/Volumes/Data/home", "map auto_home", "autofs"};
  automatic.hidden = true;
  return {with(local("/", "/dev/disk3s1s1", 1000), &MacMount::read_only),
          devices,
          with(local("/System/Volumes/VM", "/dev/disk3s6", 1000), &MacMount::hidden),
          with(local("/System/Volumes/Data", "/dev/disk3s5", 1000), &MacMount::hidden),
          automatic,
          local("/Volumes/stick", "/dev/disk5s1", 50),
          with(local("/Volumes/Installer", "/dev/disk6s1", 10), &MacMount::read_only),
          share};
}

TEST(MacVolumes, APersonSeesTheirDisksAndShares) {
  const auto volumes = volumes_of(usual_mac());
  EXPECT_THAT(places(volumes), ElementsAre("/", "/Volumes/stick", "/Volumes/music"));
  EXPECT_EQ(volumes[0].total_bytes, 1000U * 4096);
  EXPECT_EQ(volumes[0].available_bytes, 500U * 4096);
  EXPECT_EQ(volumes[0].used_bytes, 400U * 4096) << "what is free for the system only is not in use";
  EXPECT_EQ(volumes[0].type, "apfs");
}

TEST(MacVolumes, AShareIsListedWithoutItsNumbers) {
  const auto volumes = volumes_of(usual_mac());
  EXPECT_EQ(volumes[2].device, "//me@nas/music");
  EXPECT_EQ(volumes[2].total_bytes, 0U);
  EXPECT_EQ(volumes[2].available_bytes, 0U);
}

TEST(MacVolumes, EachContainerCountsOnceAtTheRootFirst) {
  const auto volumes =
      volumes_of({local("/Volumes/work", "/dev/disk3s7", 1000), local("/", "/dev/disk3s1s1", 1000),
                  local("/Volumes/more", "/dev/disk4s1", 1000)});
  EXPECT_THAT(places(volumes), ElementsAre("/", "/Volumes/more"));
}

TEST(MacVolumes, WhatHasNoBlocksOrNoDiskIsNone) {
  MacMount bound = local("/Volumes/bound", "/Users/me/folder", 10);
  EXPECT_TRUE(volumes_of({local("/Volumes/empty", "/dev/disk9s1", 0), bound}).empty());
  EXPECT_TRUE(volumes_of({}).empty());
}

TEST(MacVolumes, NumbersThatContradictEachOtherEndAtTheTotal) {
  MacMount odd = local("/", "/dev/disk3s1", 10);
  odd.free_blocks = odd.available_blocks = 20;
  EXPECT_EQ(volumes_of({odd})[0].available_bytes, 10U * 4096);
  EXPECT_EQ(volumes_of({odd})[0].used_bytes, 0U);
}

TEST(MacVolumes, TheDiskIsWhatStandsBeforeTheSlice) {
  EXPECT_EQ(disk_of("/dev/disk3s1s1"), "/dev/disk3");
  EXPECT_EQ(disk_of("/dev/disk12"), "/dev/disk12");
  EXPECT_EQ(disk_of("/dev/disk"), "/dev/disk");
  EXPECT_EQ(disk_of("//me@nas/music"), "//me@nas/music");
  EXPECT_EQ(disk_of(""), "");
}

}  // namespace
}  // namespace lull::platform
