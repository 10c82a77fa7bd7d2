// SPDX-License-Identifier: MIT
// Who may be taken for a Java program, and a real one.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/bytes.h"
#include "core/platform/java_programs.h"
#include "tests/support/temp_dir.h"

namespace lull::platform {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::kMiB;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string user_name() { return ::getpwuid(::geteuid())->pw_name; }
bool never() { return false; }

// A process 4711 that is a VM in every respect; each test takes one away.
class FindJava : public testing::Test {
 protected:
  FindJava() {
    temp_.write("hsperfdata_" + user_name() + "/4711", "");
    ::chmod((temp_ / ("hsperfdata_" + user_name())).c_str(), 0755);
    maps(temp_ / ("hsperfdata_" + user_name() + "/4711"));
    status("4711", "0000000000000004");
    root_.write("proc/4711/cmdline", std::string("java\0-jar\0/opt/a.jar\0", 21));
    root_.write("proc/4711/cgroup", "0::/user.slice/user@1000.service/app.slice/app-a-1.scope\n");
  }
  void maps(const std::string& path) {
    root_.write(
        "proc/4711/maps",
        "7f00-7f01 r--p 00000000 00:00 0\n7f01-7f02 rw-s 00000000 00:00 9    " + path + "\n");
  }
  void status(const std::string& numbers, const std::string& caught) {
    root_.write("proc/4711/status", "Name:\tjava\nNSpid:\t" + numbers + "\nRssAnon:\t   2048 kB\n" +
                                        "VmSwap:\t     12 kB\nSigCgt:\t" + caught + "\n");
  }
  std::vector<JavaProgram> find() {
    auto found = find_java_programs({root_ / "proc", root_ / "sys"}, ::geteuid(), temp_.path());
    EXPECT_TRUE(found);
    return found.value_or(std::vector<JavaProgram>{});
  }
  support::TempDir root_, temp_;
};

TEST_F(FindJava, KnowsOneByWhatItHasMapped) {
  const auto found = find();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].pid, 4711);
  EXPECT_EQ(found[0].name, "a");
  EXPECT_EQ(found[0].unit, "app-a-1.scope");
  EXPECT_EQ(found[0].anonymous_bytes, 2 * kMiB);
  EXPECT_EQ(found[0].swapped_bytes, 12u * 1024);
  EXPECT_EQ(found[0].unfit, "");
}

TEST_F(FindJava, ANumberThatIsAnotherProgramsByNowIsNone) {
  maps("/usr/lib/libc.so");
  EXPECT_THAT(find(), IsEmpty());
  maps(temp_ / ("hsperfdata_" + user_name() + "/47110"));
  EXPECT_THAT(find(), IsEmpty());
  fs::remove_all(root_ / "proc/4711");
  EXPECT_THAT(find(), IsEmpty());
}

TEST_F(FindJava, WhoDoesNotCatchTheSignalMustNotBeAsked) {
  status("4711", "0000000000000002");
  EXPECT_THAT(find().at(0).unfit, HasSubstr("-Xrs"));
  status("4711", "");
  EXPECT_THAT(find().at(0).unfit, HasSubstr("-Xrs"));
}

TEST_F(FindJava, NorWhoForbidsItOrRunsInAContainer) {
  status("4711 7", "0000000000000004");
  EXPECT_THAT(find().at(0).unfit, HasSubstr("container"));
  status("4711", "0000000000000004");
  root_.write("proc/4711/cmdline", std::string("java\0-XX:+DisableAttachMechanism\0M\0", 35));
  EXPECT_THAT(find().at(0).unfit, HasSubstr("DisableAttachMechanism"));
}

TEST_F(FindJava, ADirectoryThatOthersMayWriteToProvesNothing) {
  ::chmod((temp_ / ("hsperfdata_" + user_name())).c_str(), 0777);
  EXPECT_THAT(find(), IsEmpty());
  ::chmod((temp_ / ("hsperfdata_" + user_name())).c_str(), 0755);
  fs::rename(temp_ / ("hsperfdata_" + user_name()), temp_ / "real");
  fs::create_directory_symlink(temp_ / "real", temp_ / ("hsperfdata_" + user_name()));
  EXPECT_THAT(find(), IsEmpty());
}

TEST_F(FindJava, NamesThatAreNoNumbersAreLeftOut) {
  for (const char* name : {"x", "-1", "0", "99999999999", "4711x"})
    temp_.write("hsperfdata_" + user_name() + "/" + name, "");
  EXPECT_THAT(find(), SizeIs(1));
}

TEST(AskJava, AProcessThatIsNoVmIsNeverSignalled) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  JavaProgram claimed;
  claimed.pid = child;
  claimed.name = "Main";
  EXPECT_EQ(ask_to_collect(claimed, ::geteuid(), never).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(::kill(child, 0), 0) << "it lives";
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(ask_to_collect(claimed, ::geteuid(), never)) << "it has ended";
}

// A real one with garbage, which it keeps until it is asked: G1 may collect it beside the program
// and give the pages back before anybody has looked, the serial collector does neither.
class RealJava : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("java -version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no java here";
    if (std::system("javac -version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no compiler of java";
    directory_.write("LullGarbage.java", R"(public class LullGarbage {
  public static void main(String[] words) throws Exception {
    byte[][] kept = new byte[150][];
    for (int i = 0; i < kept.length; ++i) { kept[i] = new byte[1 << 20]; kept[i][7] = 1; }
    kept = null;
    System.out.println(ProcessHandle.current().pid());
    Thread.sleep(120000);
  }
}
)");
    ASSERT_EQ(
        std::system(
            ("javac -d " + directory_.path() + " " + directory_ / "LullGarbage.java").c_str()),
        0);
    output_ = ::popen(("exec java -XX:+UseSerialGC -XX:-ShrinkHeapInSteps -Xms16m -Xmx512m " +
                       options_ + " -cp " + directory_.path() + " LullGarbage")
                          .c_str(),
                      "r");
    ASSERT_NE(output_, nullptr);
    std::array<char, 64> text{};
    ASSERT_NE(std::fgets(text.data(), text.size(), output_), nullptr);
    pid_ = std::atoi(text.data());
    ASSERT_GT(pid_, 0);
  }
  void TearDown() override {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
    if (output_ != nullptr) ::pclose(output_);
  }
  JavaProgram find() const {
    const auto found = find_java_programs({}, ::geteuid());
    EXPECT_TRUE(found);
    for (const JavaProgram& program : *found)
      if (program.pid == pid_) return program;
    ADD_FAILURE() << "it is not found";
    return {};
  }
  support::TempDir directory_;
  std::string options_;
  FILE* output_ = nullptr;
  pid_t pid_ = 0;
};

TEST_F(RealJava, CollectsWhenAskedAndLivesOn) {
  const JavaProgram before = find();
  EXPECT_EQ(before.name, "LullGarbage");
  ASSERT_EQ(before.unfit, "");
  EXPECT_GT(before.anonymous_bytes, 150 * kMiB);
  const auto asked = ask_to_collect(before, ::geteuid(), never);
  ASSERT_TRUE(asked) << asked.error().to_string();
  EXPECT_EQ(::kill(pid_, 0), 0);
  EXPECT_LT(find().anonymous_bytes, before.anonymous_bytes - 100 * kMiB);
  EXPECT_FALSE(fs::exists("/tmp/.attach_pid" + std::to_string(pid_)));
  EXPECT_TRUE(ask_to_collect(before, ::geteuid(), never)) << "it listens already";
}

class DeafJava : public RealJava {
 protected:
  DeafJava() { options_ = "-Xrs"; }
};

TEST_F(DeafJava, IsNotAskedAndLivesOn) {
  const JavaProgram program = find();
  EXPECT_THAT(program.unfit, HasSubstr("-Xrs"));
  EXPECT_FALSE(ask_to_collect(program, ::geteuid(), never));
  EXPECT_EQ(::kill(pid_, 0), 0);
}

}  // namespace
}  // namespace lull::platform
