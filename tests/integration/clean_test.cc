// SPDX-License-Identifier: MIT
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/own_rule.h"
#include "tests/support/sandbox.h"

// Cleaning and undoing with the real program, with and without an agent.
namespace lull::integration {
namespace {

namespace fs = std::filesystem;
using support::Finished;
using support::Process;
using support::Sandbox;
using ::testing::HasSubstr;

// A rule of the user's own about files of any age, and files for it.
class Cleaning : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    write_own_rule(user_);
    for (const char* name : {"a", "b", "whole/c", "whole/sub/d"})
      user_.write(std::string(".cache/mine/") + name, std::string(5000, *name));
    user_.write("Documents/thesis.odt", "precious");
    wait_for_the_next_tick();
    if (GetParam()) agent_ = user_.start_agent();
  }
  boost::json::value json(std::vector<std::string> arguments, int code = 0) {
    arguments.emplace_back("--json");
    const Finished done = user_.lull(arguments);
    EXPECT_EQ(done.exit_code, code) << done.out << done.err;
    return done.json();
  }
  std::string cache(const std::string& name) const { return user_.home() + "/.cache/mine/" + name; }
  std::set<std::string> cached() const {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(user_.home() + "/.cache/mine"))
      if (entry.is_regular_file()) names.insert(entry.path().filename().string());
    return names;
  }

  const std::set<std::string> everything_{"a", "b", "c", "d", "keep"};
  Sandbox user_;
  std::unique_ptr<Process> agent_;
};
INSTANTIATE_TEST_SUITE_P(, Cleaning, ::testing::Bool(), [](const auto& instance) {
  return instance.param ? "WithAgent" : "WithoutAgent";
});

TEST_P(Cleaning, MovesToTheTrashAndBack) {
  const auto cleaned = json({"clean", "--category", "mine", "--yes"});
  EXPECT_EQ(cached(), std::set<std::string>{"keep"});
  EXPECT_EQ(cleaned.at("dry_run"), false);
  EXPECT_GE(cleaned.at("moved_items").as_int64(), 4);
  EXPECT_EQ(cleaned.at("pending_bytes"), cleaned.at("moved_bytes"));
  EXPECT_EQ(cleaned.at("freed_bytes"), 0);
  EXPECT_TRUE(cleaned.at("purge_at").is_string());
  EXPECT_TRUE(fs::exists(user_.home() + "/.local/share/Trash/files/whole/sub/d"));
  EXPECT_TRUE(fs::exists(user_.home() + "/.local/share/Trash/info/whole.trashinfo"));

  const auto history = json({"history"});
  ASSERT_FALSE(history.as_array().empty());
  EXPECT_EQ(history.at(0).at("kind"), "clean");
  EXPECT_EQ(history.at(0).at("run"), cleaned.at("run"));
  EXPECT_EQ(history.at(0).at("undoable"), true);

  const auto undone = json({"undo"});
  EXPECT_EQ(undone.at("run"), cleaned.at("run"));
  EXPECT_EQ(undone.at("restored_items"), cleaned.at("moved_items"));
  EXPECT_EQ(cached(), everything_);
  const auto after = json({"history"});
  EXPECT_EQ(after.at(0).at("kind"), "undo");
  for (const auto& run : after.as_array())
    if (run.at("run") == cleaned.at("run")) {
      EXPECT_EQ(run.at("undoable"), false);
    }
}

TEST_P(Cleaning, MovesWhatADryRunHasShown) {
  const auto shown = json({"clean", "--category", "mine", "--dry-run", "--items"});
  EXPECT_EQ(cached(), everything_);
  EXPECT_TRUE(shown.at("run").is_null());
  EXPECT_EQ(shown.at("dry_run"), true);
  std::set<std::string> paths;
  for (const auto& item : shown.at("items").as_array())
    paths.insert(fs::path(std::string(item.at("path").as_string())).filename().string());
  EXPECT_EQ(paths, (std::set<std::string>{"a", "b", "whole"}));
  const std::string plan(shown.at("plan").as_string());

  user_.write(".cache/mine/new", "came later");
  std::ofstream(cache("b"), std::ios::app) << "changed";
  const auto cleaned = json({"clean", "--plan", plan}, 3);
  EXPECT_EQ(cached(), (std::set<std::string>{"b", "keep", "new"}));
  ASSERT_EQ(cleaned.at("skipped").as_array().size(), 1u);
  EXPECT_THAT(std::string(cleaned.at("skipped").at(0).at("path").as_string()),
              HasSubstr("/mine/b"));
}

TEST_P(Cleaning, SaysWhatIsWrongWithAPlan) {
  const auto unknown = json({"clean", "--plan", "p-0123456789abcdef"}, 1);
  EXPECT_EQ(unknown.at("error").at("code"), "not-found");
  const std::string plan(json({"clean", "--category", "mine", "--dry-run"}).at("plan").as_string());
  user_.write(".config/lull/config.toml", "[clean]\nkeep = [\"~/.cache/mine/a\"]\n");
  if (agent_) {
    agent_->signal(SIGHUP);
    // The agent's answer shows when it has read the settings.
    for (int i = 0; i < 1000; ++i)
      if (user_.lull({"config", "show"}).out.find("mine/a") != std::string::npos) break;
  }
  const auto stale = json({"clean", "--plan", plan}, 1);
  EXPECT_EQ(stale.at("error").at("code"), "unavailable");
  EXPECT_EQ(cached(), everything_);
}

TEST_P(Cleaning, KeepsWhatIsThereAgain) {
  ASSERT_EQ(user_.lull({"clean", "--category", "mine", "--yes"}).exit_code, 0);
  user_.write(".cache/mine/a", "new one");
  const Finished undone = user_.lull({"undo"});
  EXPECT_EQ(undone.exit_code, 3) << undone.out << undone.err;
  EXPECT_THAT(undone.err, HasSubstr("/mine/a: something of that name is there again"));
  EXPECT_EQ(fs::file_size(cache("a")), 7u);
  EXPECT_EQ(cached(), everything_);
  EXPECT_TRUE(fs::exists(user_.home() + "/.local/share/Trash/files/a"));
}

TEST_P(Cleaning, GivesBackAPart) {
  ASSERT_EQ(user_.lull({"clean", "--category", "mine", "--yes"}).exit_code, 0);
  ASSERT_EQ(user_.lull({"undo", "--path", cache("whole")}).exit_code, 0);
  EXPECT_EQ(cached(), (std::set<std::string>{"c", "d", "keep"}));
}

TEST_P(Cleaning, AsksSomebodyOrNeedsAYes) {
  const Finished nobody = user_.lull({"clean", "--category", "mine"});
  EXPECT_EQ(nobody.exit_code, 2);
  EXPECT_THAT(nobody.err, HasSubstr("--yes"));
  EXPECT_EQ(cached(), everything_);
}

TEST_P(Cleaning, HasNothingToUndoAtFirst) {
  const Finished nothing = user_.lull({"undo"});
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_THAT(nothing.err, HasSubstr("nothing to undo"));
}

TEST_P(Cleaning, IsUndoableAfterWhoeverCleanedIsGone) {
  ASSERT_EQ(user_.lull({"clean", "--category", "mine", "--yes"}).exit_code, 0);
  if (agent_) {
    agent_->signal(SIGKILL);
    (void)agent_->wait();
  }
  ASSERT_EQ(user_.lull({"undo"}).exit_code, 0);
  EXPECT_EQ(cached(), everything_);
}

// Every name of `many` is at its old place, or in the trash and known there, and nowhere twice.
void expect_each_once(const Sandbox& user, int many) {
  const std::string trash = user.home() + "/.local/share/Trash";
  for (int i = 0; i < many; ++i) {
    const std::string name = std::to_string(i);
    const bool is_here = fs::exists(user.home() + "/.cache/mine/" + name);
    const bool is_there = fs::exists(trash + "/files/" + name);
    EXPECT_NE(is_here, is_there) << name;
    EXPECT_EQ(fs::exists(trash + "/info/" + name + ".trashinfo"), is_there) << name;
  }
}

TEST(CleaningThatIsEnded, LeavesEachThingAtOnePlaceAndIsUndoable) {
  constexpr int kMany = 4000;
  Sandbox user;
  write_own_files(user, kMany);
  const auto agent = user.start_agent();
  const auto client = user.start({"clean", "--category", "mine", "--yes"});
  while (own_files_trashed(user) == 0) ASSERT_FALSE(client->has_ended());
  agent->signal(SIGTERM);
  EXPECT_EQ(agent->wait().exit_code, 0) << agent->errors_so_far();
  (void)client->wait();
  expect_each_once(user, kMany);

  const auto next = user.start_agent();
  ASSERT_EQ(user.lull({"undo"}).exit_code, 0);
  EXPECT_EQ(own_files_trashed(user), 0);
  for (int i = 0; i < kMany; ++i)
    EXPECT_TRUE(fs::exists(user.home() + "/.cache/mine/" + std::to_string(i))) << i;
}

}  // namespace
}  // namespace lull::integration
