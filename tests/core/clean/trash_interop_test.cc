// SPDX-License-Identifier: MIT
// With the programs that people restore things with.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/clean/trash.h"
#include "core/scan/trash_info.h"
#include "tests/support/temp_dir.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

bool has_program(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

class TrashInterop : public ::testing::Test {
 protected:
  TrashInterop() : trash_(*Trash::open_for({temp_ / "data", {}, ::geteuid()}, device())) {}

  dev_t device() const {
    struct stat status {};
    ::stat(temp_.path().c_str(), &status);
    return status.st_dev;
  }
  // Runs `command` as a person of this temporary home would; what it says.
  std::string run(const std::string& command) {
    const std::string whole = "cd '" + (temp_ / "home") + "' && HOME='" + (temp_ / "home") +
                              "' XDG_DATA_HOME='" + (temp_ / "data") +
                              "' LC_ALL=C.UTF-8 DBUS_SESSION_BUS_ADDRESS= " + command + " 2>&1";
    FILE* output = ::popen(whole.c_str(), "r");
    std::string text;
    std::array<char, 4096> part{};
    while (const std::size_t got = std::fread(part.data(), 1, part.size(), output))
      text.append(part.data(), got);
    const int status = ::pclose(output);
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return text;
  }
  void trash_it(const std::string& name) {
    const base::UniqueFd home(::open((temp_ / "home").c_str(), O_RDONLY | O_DIRECTORY));
    const base::WallTime now = base::system_clock().wall_now();
    const auto reserved = trash_->reserve(name, "t", temp_ / ("home/" + name), now);
    ASSERT_TRUE(reserved);
    ASSERT_TRUE(trash_->take(home.get(), name.c_str(), *reserved));
  }

  const support::TempDir temp_;
  const std::unique_ptr<Trash> trash_;
  int exit_code_ = -1;
};

TEST_F(TrashInterop, TrashCliListsAndRestoresWhatWeTook) {
  if (!has_program("trash-list")) GTEST_SKIP() << "trash-cli is not installed";
  temp_.write("home/a b%ü.txt", "contents");
  trash_it("a b%ü.txt");
  EXPECT_THAT(run("trash-list"), HasSubstr(temp_ / "home/a b%ü.txt"));
  run("sh -c 'echo 0 | trash-restore'");
  EXPECT_EQ(temp_.read("home/a b%ü.txt"), "contents");
  EXPECT_THAT(run("trash-list"), Not(HasSubstr("a b%ü.txt")));
}

TEST_F(TrashInterop, WeGiveBackWhatTrashPutTook) {
  if (!has_program("trash-put")) GTEST_SKIP() << "trash-cli is not installed";
  temp_.write("home/a b%ü.txt", "contents");
  const std::string said = run("trash-put 'a b%ü.txt'");
  ASSERT_EQ(exit_code_, 0) << said;
  const auto info = scan::parse_trash_info(temp_.read("data/Trash/info/a b%ü.txt.trashinfo"));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->path, temp_ / "home/a b%ü.txt");
  struct stat status {};
  ASSERT_EQ(::lstat((temp_ / "data/Trash/files/a b%ü.txt").c_str(), &status), 0);
  const base::UniqueFd home(::open((temp_ / "home").c_str(), O_RDONLY | O_DIRECTORY));
  ASSERT_TRUE(trash_->give_back(
      {trash_->path(), "a b%ü.txt", info->path, info->deleted_at, status.st_dev, status.st_ino},
      home.get(), "a b%ü.txt"));
  EXPECT_EQ(temp_.read("home/a b%ü.txt"), "contents");
  EXPECT_THAT(run("trash-list"), Not(HasSubstr("a b%ü.txt")));
}

// gio takes to the same trash and names; it restores only through a session's gvfs.
TEST_F(TrashInterop, GioTakesToTheSameTrashWithoutDisturbingOurs) {
  if (!has_program("gio")) GTEST_SKIP() << "gio is not installed";
  temp_.write("home/a.txt", "ours");
  trash_it("a.txt");
  temp_.write("home/a.txt", "gio's");
  const std::string said = run("gio trash a.txt");
  // Below a system's temporary directory it refuses, as for any mount that is the system's.
  if (exit_code_ != 0) GTEST_SKIP() << said;
  EXPECT_EQ(temp_.read("data/Trash/files/a.txt"), "ours");
  std::size_t infos = 0;
  for (const auto& entry : fs::directory_iterator(temp_ / "data/Trash/info")) {
    const auto info =
        scan::parse_trash_info(temp_.read("data/Trash/info/" + entry.path().filename().string()));
    ASSERT_TRUE(info) << entry.path();
    EXPECT_EQ(info->path, temp_ / "home/a.txt");
    ++infos;
  }
  EXPECT_EQ(infos, 2u);
}

}  // namespace
}  // namespace lull::clean
