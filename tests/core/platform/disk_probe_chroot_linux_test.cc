// SPDX-License-Identifier: MIT
// In a process of its own, because its root is another one.
#include <algorithm>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/platform/disk_probe.h"
#include "tests/support/temp_dir.h"

namespace lull::platform {
namespace {

constexpr int kFine = 0, kWrong = 1, kNotAllowed = 77;

// With /proc in `root`, and `bound` (if any) bind-mounted from outside: is "/" listed, once, with
// the size of the volume it lies on?
int list_in_chroot(const std::string& root, const std::string& bound) {
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("proc", (root + "/proc").c_str(), "proc", 0, nullptr) != 0)
    return kNotAllowed;
  if (!bound.empty() &&
      ::mount(bound.c_str(), (root + "/bound").c_str(), nullptr, MS_BIND, nullptr))
    return kNotAllowed;
  if (::chroot(root.c_str()) != 0 || ::chdir("/") != 0) return kNotAllowed;
  const auto disks = make_disk_probe({})->list();
  if (!disks) return kWrong;
  struct ::statvfs space {};
  if (::statvfs("/", &space) != 0) return kWrong;
  const auto is_root = [&](const model::DiskSpace& disk) {
    return disk.mount == "/" && disk.total_bytes == std::uint64_t{space.f_blocks} * space.f_frsize;
  };
  const auto roots = std::count_if(disks->begin(), disks->end(), is_root);
  return roots == 1 && disks->size() == 1 ? kFine : kWrong;
}

int answer_of_child(const std::string& root, const std::string& bound) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(list_in_chroot(root, bound));
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

class DiskProbeInChroot : public ::testing::Test {
 protected:
  DiskProbeInChroot() {
    std::filesystem::create_directories(root_ / "proc");
    std::filesystem::create_directories(root_ / "bound");
  }
  const support::TempDir root_, outside_;
};

TEST_F(DiskProbeInChroot, TheRootIsListedThoughItIsNoMount) {
  const int answer = answer_of_child(root_.path(), "");
  if (answer == kNotAllowed) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(answer, kFine);
}

TEST_F(DiskProbeInChroot, AnotherPlaceOfItsVolumeIsNotListedBesideIt) {
  const int answer = answer_of_child(root_.path(), outside_.path());
  if (answer == kNotAllowed) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(answer, kFine);
}

}  // namespace
}  // namespace lull::platform
