// SPDX-License-Identifier: MIT
// /etc/lull/config.toml as the real program reads it: in a mount namespace of the test's own, where
// /etc is another directory.
#include <thread>

#include <gtest/gtest.h>

#include "tests/integration/own_etc.h"
#include "tests/support/sandbox.h"

namespace lull::integration {
namespace {

using support::Finished;
using support::Sandbox;

class MachineSettings : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!make_own_etc(user_)) GTEST_SKIP() << "needs root, or the right to mount";
  }
  void write_machine(const std::string& text) { user_.temp().write("etc/lull/config.toml", text); }
  Finished lull(const std::vector<std::string>& arguments) {
    return user_.start(arguments, use_own_etc)->wait();
  }
  Sandbox user_;
};

TEST_F(MachineSettings, AreBelowTheUsersAndLockThem) {
  write_machine(
      "locked = [\"automation.clean\"]\n[automation]\nclean = \"off\"\n[ui]\nicon = \"bars\"\n");
  user_.write(".config/lull/config.toml", "[automation]\nclean = \"on\"\n");
  const Finished shown = lull({"config", "show"});
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_NE(shown.out.find("clean = \"off\""), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("icon = \"bars\""), std::string::npos) << shown.out;
  EXPECT_NE(shown.err.find("config.toml:2:1: automation.clean is locked by /etc/lull/config.toml"),
            std::string::npos)
      << shown.err;
  const Finished set = lull({"config", "set", "automation.clean", "on"});
  EXPECT_EQ(set.exit_code, 2);
  EXPECT_NE(set.err.find("automation.clean is locked by /etc/lull/config.toml"), std::string::npos);
}

// The agent says so at its start, refuses over the socket too, and does not end for it.
TEST_F(MachineSettings, HoldForAnAgent) {
  write_machine("locked = [\"automation.relief\", \"automation.cleen\"]\n");
  user_.write(".config/lull/config.toml", "[automation]\nclean = \"on\"\n");
  const auto agent = user_.start({"agent", "--no-tray"}, use_own_etc);
  while (!agent->has_ended() && user_.lull({"run", "history"}).exit_code != 0)
    std::this_thread::yield();
  const auto has_said = [&] {  // it answers a moment before
    return agent->errors_so_far().find("/etc/lull/config.toml:1:32: locked: unknown key") !=
           std::string::npos;
  };
  while (!agent->has_ended() && !has_said()) std::this_thread::yield();
  ASSERT_FALSE(agent->has_ended()) << agent->errors_so_far();
  EXPECT_TRUE(has_said()) << agent->errors_so_far();
  EXPECT_EQ(user_.lull({"config", "set", "automation.relief", "true"}).exit_code, 2);
  const Finished shown = user_.lull({"config"});
  EXPECT_NE(shown.out.find("clean = \"off\""), std::string::npos)
      << "it cannot be known what the broken file meant to lock: " << shown.out;
}

}  // namespace
}  // namespace lull::integration
