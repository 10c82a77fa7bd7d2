// SPDX-License-Identifier: MIT
// File systems whose server is gone: an answer or a clear word, never a hang.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/scan/fault_mount.h"
#include "tests/support/sandbox.h"

namespace lull::integration {
namespace {

using scan::testing::FaultMount;
using scan::testing::Faults;
using support::Finished;
using support::Process;
using support::Sandbox;
using ::testing::HasSubstr;

class DeadMount : public ::testing::TestWithParam<bool> {
 protected:
  // False: the machine does not allow it.
  bool mount(const std::string& directory, Faults faults) {
    std::filesystem::create_directories(directory);
    mount_ = FaultMount::make(directory, faults);
    if (mount_ && GetParam()) agent_ = user_.start_agent();
    return mount_ != nullptr;
  }
  // The agent ends although a question of its own is still unanswered.
  void TearDown() override {
    if (!agent_) return;
    agent_->signal(SIGTERM);
    EXPECT_EQ(agent_->wait().exit_code, 0);
  }
  Sandbox user_;
  std::unique_ptr<FaultMount> mount_;  // outlives whoever waits for it
  std::unique_ptr<Process> agent_;
};
INSTANTIATE_TEST_SUITE_P(, DeadMount, ::testing::Bool(), [](const auto& instance) {
  return instance.param ? "WithAgent" : "WithoutAgent";
});

TEST_P(DeadMount, IsSaidAndWhatElseWasAskedForIsMeasured) {
  user_.write("docs/file", std::string(10'000, 'x'));
  const std::string nas = user_.home() + "/nas";
  if (!mount(nas, Faults::kDead)) GTEST_SKIP() << "mounting is not allowed here";
  const Finished both = user_.lull({"size", nas, user_.home() + "/docs"});
  EXPECT_EQ(both.exit_code, 3) << both.err;
  EXPECT_THAT(both.out, HasSubstr("docs"));
  EXPECT_THAT(both.err, HasSubstr("timed out"));
  EXPECT_THAT(both.err, HasSubstr(nas));
  const Finished why = user_.lull({"why", nas + "/file"});
  EXPECT_EQ(why.exit_code, 1) << why.out;
  EXPECT_THAT(why.err, HasSubstr("timed out"));
}

TEST_P(DeadMount, IsNotTouchedByWhatGoesRoundIt) {
  user_.write("docs/file", std::string(10'000, 'x'));
  user_.write(".config/lull/config.toml",
              "[clean]\nkeep = [\"~/.cache/thumbnails/normal/x.png\"]\n");
  const std::string thumbnails = user_.home() + "/.cache/thumbnails";
  if (!mount(thumbnails, Faults::kDead)) GTEST_SKIP() << "mounting is not allowed here";
  const Finished size = user_.lull({"size", user_.home()});
  EXPECT_EQ(size.exit_code, 0) << size.err;
  const Finished scan = user_.lull({"scan", "--items", "--json"});
  EXPECT_EQ(scan.exit_code, 0) << scan.err;
  EXPECT_THAT(scan.out, HasSubstr("refused: is a file system that may not answer"));
}

// The kernel does not let go of who waits for the program behind a mount, whatever happens to them.
TEST(MountThatDies, IsGivenUpByTheAgentWhichServesOn) {
  Sandbox user;
  const std::string cloud = user.home() + "/cloud";
  std::filesystem::create_directories(cloud);
  auto mount = FaultMount::make(cloud, Faults::kStuck);
  if (!mount) GTEST_SKIP() << "mounting is not allowed here";
  const auto agent = user.start_agent();
  const Finished size = user.lull({"size", cloud, "--json"});
  EXPECT_EQ(size.exit_code, 3) << size.out << size.err;
  const auto tree = size.json().at("paths").at(0);
  EXPECT_EQ(tree.at("allocated_bytes").to_number<int>(), (1 + 8) * 512);
  EXPECT_EQ(tree.at("errors").at(0).at("path").as_string(), cloud + "/sub");
  EXPECT_EQ(tree.at("errors").at(0).at("error").as_string(), "timed out");
  EXPECT_EQ(user.lull({"status"}).exit_code, 0);
  mount.reset();
  agent->signal(SIGTERM);
  EXPECT_EQ(agent->wait().exit_code, 0);
}

TEST(MountThatDies, DoesNotKeepTheAgentFromEndingAndWhoWaitsIsTold) {
  Sandbox user;
  const std::string cloud = user.home() + "/cloud";
  std::filesystem::create_directories(cloud);
  auto mount = FaultMount::make(cloud, Faults::kStuck);
  if (!mount) GTEST_SKIP() << "mounting is not allowed here";
  const auto agent = user.start_agent();
  const auto client = user.start({"size", cloud, "--json"});
  mount->wait_until_somebody_hangs();
  const auto jobs = user.lull({"jobs", "--json"}).json();
  EXPECT_TRUE(std::any_of(jobs.as_array().begin(), jobs.as_array().end(), [](const auto& job) {
    return job.at("name").as_string() == "size" && job.at("state").as_string() == "running";
  }));
  agent->signal(SIGTERM);
  const Finished size = client->wait();
  EXPECT_EQ(size.exit_code, 1) << size.out << size.err;
  EXPECT_THAT(size.out, HasSubstr("the agent went away before it answered"));
  mount.reset();  // the kernel lets go of who waits for it
  EXPECT_EQ(agent->wait().exit_code, 0);
}

}  // namespace
}  // namespace lull::integration
