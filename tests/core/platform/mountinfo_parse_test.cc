// SPDX-License-Identifier: MIT
#include "core/platform/mountinfo_parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/platform/text_scan.h"
#include "tests/core/platform/fixture.h"

namespace lull::platform {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "mount device type", with "?" in front of those that are not to be asked.
std::vector<std::string> volumes_of(const std::string& text) {
  std::vector<std::string> lines;
  const auto is_directory = [](const std::string& path) { return !path.starts_with("/etc/"); };
  for (const Volume& volume : select_volumes(text, is_directory))
    lines.push_back((volume.ask ? "" : "?") + volume.mount + " " + volume.device + " " +
                    volume.type);
  return lines;
}
std::vector<std::string> volumes_in(const std::string& machine) {
  return volumes_of(golden_text(machine + "/proc/self/mountinfo"));
}

TEST(MountLine, HasItsFieldsAndAnyNumberOfOptionalOnes) {
  for (const char* optional : {"", "shared:1 ", "shared:1 master:2 propagate_from:3 "}) {
    const std::string line =
        "36 35 98:7 /root /mnt/x rw,noatime " + std::string(optional) + "- ext3 /dev/root rw,a=b";
    MountLine mount;
    ASSERT_TRUE(parse_mount_line(line, mount));
    EXPECT_EQ(mount.device, (98ull << 32) + 7);
    EXPECT_EQ(mount.root, "/root");
    EXPECT_EQ(mount.mount, "/mnt/x");
    EXPECT_EQ(mount.options, "rw,noatime");
    EXPECT_EQ(mount.type, "ext3");
    EXPECT_EQ(mount.source, "/dev/root");
    EXPECT_EQ(mount.super_options, "rw,a=b");
  }
}

TEST(MountLine, AnythingElseIsRefused) {
  MountLine mount;
  for (const char* line :
       {"", " ", "36", "36 35", "36 35 98", "36 35 98:", "36 35 98:x / / rw - a b c",
        "36 35 98:7 / rw - ext3 /dev/root rw", "36 35 98:7 / / rw ext3 /dev/root rw",
        "36 35 98:7 / / rw -", "36 35 98:7 / / rw - ext3", "36 35 99999999999:7 / / rw - a b c",
        "36 35 98:7 / relative rw - a b c"})
    EXPECT_FALSE(parse_mount_line(line, mount)) << line;
}

TEST(MountPath, HasItsOctalEscapesUndone) {
  EXPECT_EQ(unescape_octal("/a\\040b\\011c\\012d\\134e"), "/a b\tc\nd\\e");
  EXPECT_EQ(unescape_octal("/a\\"), "/a\\");
  EXPECT_EQ(unescape_octal("/a\\04"), "/a\\04");
  EXPECT_EQ(unescape_octal("/a\\04x"), "/a\\04x");
  EXPECT_EQ(unescape_octal("/a\\089"), "/a\\089");
  EXPECT_EQ(unescape_octal("\\377"), "\xff");
}

TEST(Volumes, OfADesktopAreItsDisksAndItsServer) {
  EXPECT_THAT(
      volumes_in("desktop"),
      ElementsAre("/ /dev/nvme0n1p2 ext4", "/boot/efi /dev/nvme0n1p1 vfat",
                  "/home /dev/nvme0n1p4 ext4", "?/home/alice/nas nas.lan:/export/alice nfs4",
                  "/media/alice/Big Disk /dev/sdb1 fuseblk"));
}

TEST(Volumes, OfBtrfsAreOneEach) {
  EXPECT_THAT(volumes_in("mounts/btrfs"),
              ElementsAre("/ /dev/sda2 btrfs", "/boot/efi /dev/sda1 vfat"));
}

TEST(Volumes, OfZfsAreOnePerPool) {
  EXPECT_THAT(volumes_in("zfs"), ElementsAre("/ rpool/ROOT/debian zfs", "/tank tank zfs"));
}

TEST(Volumes, OfAContainerAreItsOverlayRootAndOneMountOfTheHostsDisk) {
  EXPECT_THAT(volumes_in("container-v1"),
              ElementsAre("/ overlay overlay", "/data /dev/nvme0n1p2 ext4"));
}

TEST(Volumes, OnlyPartsThatNothingBetterStandsForAreLookedAt) {
  std::vector<std::string> asked;
  const auto is_directory = [&](const std::string& path) {
    asked.push_back(path);
    return true;
  };
  select_volumes(golden_text("desktop/proc/self/mountinfo"), is_directory);
  EXPECT_THAT(asked, IsEmpty());
  select_volumes(golden_text("mounts/dead-server/proc/self/mountinfo"), is_directory);
  EXPECT_THAT(asked, IsEmpty());
  select_volumes(golden_text("container-v1/proc/self/mountinfo"), is_directory);
  EXPECT_THAT(asked, ElementsAre("/etc/resolv.conf"));
}

TEST(Volumes, OfALiveSystemAreNotItsImages) {
  EXPECT_THAT(volumes_in("mounts/live-image"), ElementsAre("/ overlay overlay"));
}

TEST(Volumes, BelowADeadServerAreNotAskedAndHiddenOnesAreNotThere) {
  EXPECT_THAT(volumes_in("mounts/dead-server"),
              ElementsAre("/ /dev/nvme0n1p2 ext4", "?/net/a a:/export nfs",
                          "?/net/a/local /dev/sdc1 xfs", "?/mnt/ssh me@host:/ fuse.sshfs",
                          "?/mnt/ssh/disk /dev/sdd1 ext4", "?/mnt/share //server/share cifs"));
}

TEST(Volumes, ANetworkFileSystemAsRootIsAskedForIfItHangsSoDoWe) {
  EXPECT_THAT(
      volumes_of("1 0 0:20 / / rw - nfs boot:/root rw\n2 1 8:1 / /disk rw - ext4 /dev/sda1 rw\n"),
      ElementsAre("/ boot:/root nfs", "/disk /dev/sda1 ext4"));
}

TEST(Volumes, MalformedLinesAreSkipped) {
  EXPECT_THAT(
      volumes_of("what\n\n1 0 8:1 / / rw - ext4 /dev/sda1 rw\n1 0 8:2 / /x rw ext4 /dev/sda2\n"),
      ElementsAre("/ /dev/sda1 ext4"));
  EXPECT_THAT(volumes_of(""), IsEmpty());
}

}  // namespace
}  // namespace lull::platform
