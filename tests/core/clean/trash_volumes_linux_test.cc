// SPDX-License-Identifier: MIT
// Trashes of other volumes, on small file systems in a mount namespace of this process alone.
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/clean/trash.h"
#include "core/scan/trash_info.h"
#include "tests/support/temp_dir.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;

const base::WallTime kNow{std::chrono::milliseconds(1'790'000'000'000)};

class VolumeTrash : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(volume_);
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("lull-test", volume_.c_str(), "tmpfs", 0, "size=64k,mode=0755") != 0)
      GTEST_SKIP() << "mounting is not allowed here";
    mounted_ = true;
    struct stat status {};
    ::stat(volume_.c_str(), &status);
    device_ = status.st_dev;
  }
  void TearDown() override {
    if (mounted_) ::umount2(volume_.c_str(), MNT_DETACH);
  }
  base::Result<std::unique_ptr<Trash>> open() { return Trash::open_for(places_, device_); }
  std::string own() const { return ".Trash-" + std::to_string(::geteuid()); }

  const support::TempDir temp_;
  const std::string volume_ = temp_ / "volume";
  const TrashPlaces places_{temp_ / "data", {volume_}, ::geteuid()};
  bool mounted_ = false;
  dev_t device_ = 0;
};

TEST_F(VolumeTrash, IsInItsTopDirectoryAndSaysPathsFromThere) {
  const auto trash = open();
  ASSERT_TRUE(trash) << trash.error().to_string();
  EXPECT_EQ((*trash)->path(), volume_ + "/" + own());
  const auto name = (*trash)->reserve("a", "t", volume_ + "/dir/a", kNow);
  ASSERT_TRUE(name);
  const auto info = scan::parse_trash_info(temp_.read("volume/" + own() + "/info/a.trashinfo"));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->path, "dir/a");
}

TEST_F(VolumeTrash, UsesTheSharedOneIfThatIsSticky) {
  fs::create_directory(volume_ + "/.Trash");
  ::chmod((volume_ + "/.Trash").c_str(), 01777);
  const auto trash = open();
  ASSERT_TRUE(trash);
  EXPECT_EQ((*trash)->path(), volume_ + "/.Trash/" + std::to_string(::geteuid()));
  EXPECT_TRUE(Trash::open_again(places_, (*trash)->path()));
}

TEST_F(VolumeTrash, DoesNotUseASharedOneThatIsNotStickyOrALink) {
  fs::create_directory(volume_ + "/.Trash");
  ::chmod((volume_ + "/.Trash").c_str(), 0777);
  EXPECT_EQ((*open())->path(), volume_ + "/" + own());
  fs::remove_all(volume_ + "/.Trash");
  fs::create_directory(temp_ / "elsewhere");
  ::chmod((temp_ / "elsewhere").c_str(), 01777);
  fs::create_directory_symlink(temp_ / "elsewhere", volume_ + "/.Trash");
  EXPECT_EQ((*open())->path(), volume_ + "/" + own());
  EXPECT_TRUE(fs::is_empty(temp_ / "elsewhere"));
}

TEST_F(VolumeTrash, NeverTakesWhatIsOnAnotherVolume) {
  const auto trash = open();
  temp_.write("home/a", "contents");
  const base::UniqueFd home(::open((temp_ / "home").c_str(), O_RDONLY | O_DIRECTORY));
  const auto reserved = (*trash)->reserve("a", "t", temp_ / "home/a", kNow);
  EXPECT_EQ((*trash)->take(home.get(), "a", *reserved).error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(temp_.read("home/a"), "contents");
}

TEST_F(VolumeTrash, LeavesNoHalfInfoOnAFullVolume) {
  const auto trash = open();
  {
    const base::UniqueFd filler(::open((volume_ + "/filler").c_str(), O_WRONLY | O_CREAT, 0600));
    const std::string page(4096, 'x');
    while (::write(filler.get(), page.data(), page.size()) > 0) continue;
  }
  EXPECT_EQ((*trash)->reserve("a", "t", volume_ + "/a", kNow).error().os_error, ENOSPC);
  EXPECT_TRUE(fs::is_empty(volume_ + "/" + own() + "/info"));
}

TEST_F(VolumeTrash, OfAVolumeThatMayNotBeWrittenIsSaid) {
  ASSERT_EQ(::mount(nullptr, volume_.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
  EXPECT_EQ(open().error().os_error, EROFS);
}

TEST_F(VolumeTrash, ThatWasPulledOutIsNotThere) {
  const std::string path = (*open())->path();
  ::umount2(volume_.c_str(), MNT_DETACH);
  mounted_ = false;
  EXPECT_EQ(Trash::open_again(places_, path).error().code, base::ErrorCode::kNotFound);
}

TEST_F(VolumeTrash, WithSomethingMountedInItIsRefused) {
  const std::string path = (*open())->path();
  ASSERT_EQ(::mount("lull-test", (path + "/files").c_str(), "tmpfs", 0, "size=64k,mode=0700"), 0);
  EXPECT_EQ(open().error().code, base::ErrorCode::kUnavailable);
  ::umount2((path + "/files").c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace lull::clean
