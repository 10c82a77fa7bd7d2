// SPDX-License-Identifier: MIT
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/control/client.h"
#include "tests/integration/own_rule.h"
#include "tests/support/sandbox.h"

// Memory relief with the real program, with and without an agent, on whatever machine this is.
namespace lull::integration {
namespace {

using support::Finished;
using support::Process;
using support::Sandbox;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class Optimizing : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    user_.write("Videos/film.mkv", "precious");
    if (GetParam()) agent_ = user_.start_agent();
  }
  boost::json::value json(std::vector<std::string> arguments, int code = 0) {
    arguments.emplace_back("--json");
    const Finished done = user_.lull(arguments);
    EXPECT_EQ(done.exit_code, code) << done.out << done.err;
    return done.json();
  }
  Sandbox user_;
  std::unique_ptr<Process> agent_;
};
INSTANTIATE_TEST_SUITE_P(, Optimizing, ::testing::Bool(), [](const auto& instance) {
  return instance.param ? "WithAgent" : "WithoutAgent";
});

TEST_P(Optimizing, AnswersForEachOperation) {
  const auto report = json({"optimize", "--yes"});
  const auto& operations = report.at("operations").as_array();
  ASSERT_EQ(operations.size(), 7u);
  for (const auto& operation : operations) {
    const std::string outcome(operation.at("outcome").as_string());
    EXPECT_THAT(outcome, AnyOf("freed", "no-effect", "unproven", "unavailable", "skipped"));
    EXPECT_EQ(operation.at("bytes").as_int64() > 0, outcome == "freed");
    EXPECT_FALSE(operation.at("reason").as_string().empty());
  }
  EXPECT_GT(report.at("memory_before").at("total_bytes").as_int64(), 0);
  EXPECT_TRUE(report.at("clean").is_object());
  EXPECT_TRUE(std::filesystem::exists(user_.home() + "/Videos/film.mkv"));
  EXPECT_EQ(json({"history"}).at(0).at("kind"), "optimize");
}

TEST_P(Optimizing, ADryRunIsNotInTheHistory) {
  EXPECT_EQ(json({"optimize", "--dry-run"}).at("dry_run"), true);
  EXPECT_TRUE(json({"history"}).as_array().empty());
}

TEST_P(Optimizing, SaysWhatReliefWaitsFor) {
  if (!GetParam()) GTEST_SKIP() << "jobs are the agent's";
  EXPECT_THAT(user_.lull({"why", "relief"}).out, HasSubstr("cooling-down"));
  EXPECT_THAT(user_.lull({"why", "make-room"}).out, HasSubstr("enough-available"));
}

// What a real agent streams of an optimize that takes a while.
TEST(OptimizeStream, TellsOneFigureAtATimeAndAPercentThatNeverGoesBack) {
  constexpr int kFiles = 1000;
  Sandbox user;
  write_own_files(user, kFiles);
  const auto agent = user.start_agent();
  auto client = control::Client::connect(user.socket());
  ASSERT_TRUE(client) << client.error().to_string();
  std::vector<control::Object> heard;
  const auto report =
      (*client)->call("Optimize", {}, [&](const auto& reply) { heard.push_back(reply); });
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->at("clean").at("moved_items"), kFiles);

  double percent = 0;
  bool moved = false;
  for (const control::Object& reply : heard) {
    const auto& progress = reply.at("progress").as_object();
    const std::string stage(progress.at("stage").as_string());
    const auto done = progress.at("done_items").to_number<std::int64_t>();
    if (stage == "relieving memory") {
      EXPECT_EQ(progress.at("total_items"), 7);
      EXPECT_LE(done, 7);
      EXPECT_EQ(progress.at("done_bytes"), 0);
    }
    if (stage == "moving") {
      moved = true;
      EXPECT_EQ(progress.at("total_items"), kFiles) << "what was scanned is not among it";
      EXPECT_LE(done, kFiles);
    }
    if (progress.at("percent").is_null()) continue;
    EXPECT_GE(progress.at("percent").to_number<double>(), percent);
    percent = progress.at("percent").to_number<double>();
    EXPECT_LE(percent, 100);
  }
  EXPECT_TRUE(moved) << heard.size() << " replies";
}

}  // namespace
}  // namespace lull::integration
