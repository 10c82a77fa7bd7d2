// SPDX-License-Identifier: MIT
#include "agent/instance_lock.h"

#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace lull::agent {
namespace {

using base::ErrorCode;

TEST(InstanceLock, MakesAPrivateDirectoryAndItsParent) {
  const support::TempDir temp;
  ASSERT_TRUE(InstanceLock::take(temp / "run/lull"));
  struct stat info {};
  ASSERT_EQ(::stat((temp / "run/lull").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  ASSERT_EQ(::stat((temp / "run").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  ASSERT_EQ(::stat((temp / "run/lull/lock").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(InstanceLock, ASecondAgentIsToldThePidOfTheFirst) {
  const support::TempDir temp;
  const auto first = InstanceLock::take(temp / "lull");
  ASSERT_TRUE(first);
  const auto second = InstanceLock::take(temp / "lull");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kBusy);
  EXPECT_NE(second.error().message.find("pid " + std::to_string(::getpid())), std::string::npos);
}

TEST(InstanceLock, EndsWithItsHolderHoweverThatDies) {
  const support::TempDir temp;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = InstanceLock::take(temp / "lull");
    ::raise(lock ? SIGKILL : SIGTERM);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_TRUE(std::filesystem::exists(temp / "lull/lock"));
  EXPECT_TRUE(InstanceLock::take(temp / "lull"));
}

TEST(InstanceLock, ALaterHolderReplacesThePid) {
  const support::TempDir temp;
  temp.write("lull/lock", "99999999999 and more\n");
  ASSERT_TRUE(InstanceLock::take(temp / "lull"));
  EXPECT_EQ(temp.read("lull/lock"), std::to_string(::getpid()) + "\n");
}

TEST(InstanceLock, ClosesADirectoryThatIsOpenToOthers) {
  const support::TempDir temp;
  std::filesystem::create_directory(temp / "lull");
  ::chmod((temp / "lull").c_str(), 0777);
  ASSERT_TRUE(InstanceLock::take(temp / "lull"));
  struct stat info {};
  ASSERT_EQ(::stat((temp / "lull").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST(InstanceLock, RefusesALinkInPlaceOfTheDirectory) {
  const support::TempDir temp;
  std::filesystem::create_directory(temp / "elsewhere");
  std::filesystem::create_directory_symlink(temp / "elsewhere", temp / "lull");
  const auto lock = InstanceLock::take(temp / "lull");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, ErrorCode::kPermissionDenied);
  EXPECT_TRUE(std::filesystem::is_empty(temp / "elsewhere"));
}

TEST(InstanceLock, RefusesALinkInPlaceOfTheLock) {
  const support::TempDir temp;
  temp.write("victim", "precious");
  std::filesystem::create_directory(temp / "lull");
  std::filesystem::create_symlink(temp / "victim", temp / "lull/lock");
  EXPECT_FALSE(InstanceLock::take(temp / "lull"));
  EXPECT_EQ(temp.read("victim"), "precious");
}

TEST(InstanceLock, SaysWhatItCannotMake) {
  const support::TempDir temp;
  temp.write("file", "");
  const auto lock = InstanceLock::take(temp / "file/lull");
  ASSERT_FALSE(lock);
  EXPECT_NE(lock.error().to_string().find("creating the runtime directory"), std::string::npos);
}

}  // namespace
}  // namespace lull::agent
