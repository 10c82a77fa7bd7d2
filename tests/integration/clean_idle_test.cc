// SPDX-License-Identifier: MIT
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/own_rule.h"
#include "tests/support/sandbox.h"

// Cleaning by itself with the real program: shown, turned on, moved, given back, explained.
namespace lull::integration {
namespace {

namespace fs = std::filesystem;
using support::Finished;
using support::Process;
using support::Sandbox;
using ::testing::HasSubstr;

class CleanIdle : public ::testing::Test {
 protected:
  void SetUp() override {
    write_own_rule(user_);
    for (const char* name : {"a", "b"})
      user_.write(std::string(".cache/mine/") + name, std::string(5000, *name));
    wait_for_the_next_tick();
    agent_ = user_.start_agent();
  }
  boost::json::value json(std::vector<std::string> arguments, int code = 0) {
    arguments.emplace_back("--json");
    const Finished done = user_.lull(arguments);
    EXPECT_EQ(done.exit_code, code) << done.out << done.err;
    return done.json();
  }
  std::string text(const std::vector<std::string>& arguments) {
    const Finished done = user_.lull(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.out;
  }
  boost::json::value newest() { return json({"history", "-n", "1"}).at(0); }
  std::string run_of(const boost::json::value& row) {
    return std::to_string(row.at("run").as_int64());
  }
  bool there(const std::string& name) const {
    return fs::exists(user_.home() + "/.cache/mine/" + name);
  }
  std::string condition(const std::string& code) {
    const auto why = json({"why", "clean-idle"});
    for (const auto& one : why.at("conditions").as_array())
      if (one.at("code").as_string() == code) return std::string(one.at("value").as_string());
    return "no such condition";
  }

  Sandbox user_;
  std::unique_ptr<Process> agent_;
};

TEST_F(CleanIdle, IsShownThenTurnedOnThenUndoneAndNeverAgain) {
  json({"run", "clean-idle"});
  EXPECT_TRUE(there("a"));
  const auto rehearsal = newest();
  EXPECT_EQ(rehearsal.at("origin"), "rehearsal");
  EXPECT_EQ(rehearsal.at("kind"), "clean");
  EXPECT_EQ(rehearsal.at("undoable"), false);
  const auto shown = json({"history", run_of(rehearsal)});
  std::set<std::string> paths;
  for (const auto& note : shown.at("notes").as_array())
    if (note.at("path").is_string())
      paths.insert(fs::path(std::string(note.at("path").as_string())).filename().string());
  EXPECT_TRUE(paths.contains("a") && paths.contains("b"));
  EXPECT_GE(shown.at("usage").at("cpu_seconds").to_number<double>(), 0.0);
  EXPECT_THAT(text({"history", run_of(rehearsal)}), HasSubstr("would-go"));
  EXPECT_EQ(condition("clean-off"), "rehearse");
  EXPECT_THAT(condition("not-rehearsed"), HasSubstr("shown so far"));

  text({"config", "set", "automation.clean", "on"});
  json({"run", "clean-idle"});
  EXPECT_FALSE(there("a"));
  EXPECT_FALSE(there("b"));
  EXPECT_TRUE(there("keep"));
  const auto cleaned = newest();
  EXPECT_EQ(cleaned.at("origin"), "automatic");
  EXPECT_EQ(cleaned.at("undoable"), true);

  json({"undo"});
  EXPECT_TRUE(there("a"));
  EXPECT_THAT(text({"rules"}), HasSubstr("never cleaned by itself again"));
  EXPECT_EQ(json({"rules"}).at("kept").as_array().size(), 2U);
  wait_for_the_next_tick();
  const auto again = json({"run", "clean-idle"});
  EXPECT_THAT(std::string(again.at("message").as_string()), HasSubstr("given back"));
  EXPECT_TRUE(there("a"));
  EXPECT_THAT(condition("rule-paused"), HasSubstr("2 given back"));
  EXPECT_THAT(text({"history", run_of(cleaned)}), HasSubstr("restored"));

  // A person may have it all the same.
  json({"clean", "--category", "mine", "--yes"});
  EXPECT_FALSE(there("a"));
}

TEST_F(CleanIdle, ForgetsWhatNothingNeeds) {
  json({"run", "clean-idle"});
  text({"config", "set", "automation.clean", "on"});
  json({"run", "clean-idle"});
  const Finished unasked = user_.lull({"history", "--forget"});
  EXPECT_EQ(unasked.exit_code, 2) << unasked.out;
  EXPECT_EQ(json({"history", "--forget", "--yes"}).at("runs").as_int64(), 1);
  ASSERT_EQ(json({"history"}).as_array().size(), 1U);
  EXPECT_EQ(newest().at("origin"), "automatic");
  json({"undo"});
  EXPECT_TRUE(there("a"));
}

// The agent knows it all by heart, and would write it again.
TEST_F(CleanIdle, ForgetsWhatALivingAgentHasLearnt) {
  const std::string secret = user_.home() + "/plans-for-a-surprise";
  user_.write("plans-for-a-surprise/cake", "c");
  const auto on_disk = [&] {
    for (const auto& file : fs::directory_iterator(user_.home() + "/.local/state/lull")) {
      std::ifstream stream(file.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(stream), {});
      if (bytes.find("plans-for-a-surprise") != std::string::npos) return true;
    }
    return false;
  };
  const auto end = [&] {
    agent_->signal(SIGTERM);
    EXPECT_EQ(agent_->wait().exit_code, 0);
    agent_.reset();
  };
  for (int i = 0; i < 3; ++i) json({"size", secret});
  end();
  ASSERT_TRUE(on_disk()) << "else there is nothing to forget";
  agent_ = user_.start_agent();
  for (int i = 0; i < 3; ++i) json({"size", secret});
  json({"history", "--forget", "--yes"});
  EXPECT_FALSE(on_disk());
  json({"run", "history"});
  end();
  EXPECT_FALSE(on_disk()) << "nor does it write at its end what it was to forget";
}

TEST_F(CleanIdle, SaysWhatItDoesNotKnow) {
  EXPECT_EQ(user_.lull({"history", "4711"}).exit_code, 1);
  EXPECT_EQ(user_.lull({"history", "x"}).exit_code, 2);
  EXPECT_EQ(user_.lull({"history", "3", "--forget", "--yes"}).exit_code, 2);
  EXPECT_EQ(user_.lull({"rules", "resume", "mine"}).exit_code, 2);
  EXPECT_EQ(user_.lull({"rules", "resume"}).exit_code, 2);
}

}  // namespace
}  // namespace lull::integration
