// SPDX-License-Identifier: MIT
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "tests/support/sandbox.h"

// Every command with and without an agent: the same words, the same numbers.
namespace lull::integration {
namespace {

using support::Finished;
using support::Process;
using support::Sandbox;

std::uint64_t du(const std::string& path) {
  std::array<char, 64> line{};
  FILE* pipe = ::popen(("du -s --block-size=1 -x '" + path + "'").c_str(), "r");
  EXPECT_NE(std::fgets(line.data(), line.size(), pipe), nullptr);
  ::pclose(pipe);
  return std::stoull(line.data());
}

std::set<std::string> tree_of(const std::string& root) {
  std::set<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
    paths.insert(entry.path().string());
  return paths;
}

void expect_members(const boost::json::value& value, const std::set<std::string>& names) {
  for (const std::string& name : names)
    EXPECT_TRUE(value.as_object().contains(name)) << name << " in " << value;
}

// Both ways to be answered.
class Commands : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) agent_ = user_.start_agent();
  }
  boost::json::value json(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    const Finished done = user_.lull(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
    return done.json();
  }
  Sandbox user_;
  std::unique_ptr<Process> agent_;
};
INSTANTIATE_TEST_SUITE_P(, Commands, ::testing::Bool(), [](const auto& instance) {
  return instance.param ? "WithAgent" : "WithoutAgent";
});

TEST_P(Commands, StatusHasTheFieldsOfTheContract) {
  const auto status = json({"status"});
  expect_members(status, {"version", "agent", "memory", "cpu", "disks", "top", "reclaimable",
                          "jobs", "last_run"});
  EXPECT_EQ(status.at("agent").is_null(), !GetParam());
  expect_members(status.at("memory"),
                 {"total_bytes", "available_bytes", "used_bytes", "cached_bytes",
                  "swap_total_bytes", "swap_used_bytes", "pressure"});
  const auto& memory = status.at("memory");
  EXPECT_EQ(memory.at("used_bytes").to_number<std::uint64_t>() +
                memory.at("available_bytes").to_number<std::uint64_t>(),
            memory.at("total_bytes").to_number<std::uint64_t>());
  EXPECT_TRUE(status.at("cpu").at("percent").is_number()) << status.at("cpu");
  ASSERT_FALSE(status.at("top").as_array().empty());
  expect_members(status.at("top").at(0), {"pid", "name", "memory_bytes", "cpu_percent"});
}

TEST_P(Commands, TopIsSortedByMemory) {
  const auto rows = json({"top", "-n", "5"});
  ASSERT_LE(rows.as_array().size(), 5u);
  std::uint64_t last = UINT64_MAX;
  for (const auto& row : rows.as_array()) {
    expect_members(row,
                   {"pid", "name", "memory_bytes", "cpu_percent", "user", "threads", "started_at"});
    EXPECT_LE(row.at("memory_bytes").to_number<std::uint64_t>(), last);
    last = row.at("memory_bytes").to_number<std::uint64_t>();
  }
}

TEST_P(Commands, SizeEqualsDu) {
  user_.write("tree/a/file", std::string(100'000, 'x'));
  std::filesystem::create_hard_link(user_.home() + "/tree/a/file", user_.home() + "/tree/link");
  std::filesystem::create_symlink("/etc", user_.home() + "/tree/etc");
  const auto size = json({"size", user_.home() + "/tree"});
  const auto& entry = size.at("paths").at(0);
  EXPECT_EQ(entry.at("allocated_bytes").to_number<std::uint64_t>(), du(user_.home() + "/tree"));
  EXPECT_EQ(entry.at("from_cache"), false);
  if (GetParam()) {
    EXPECT_EQ(json({"size", user_.home() + "/tree"}).at("paths").at(0).at("from_cache"), true);
    EXPECT_EQ(json({"size", "--fresh", user_.home() + "/tree"}).at("paths").at(0).at("from_cache"),
              false);
  }
}

TEST_P(Commands, AMissingPathAmongOthersIsListedAndExitsThree) {
  user_.write("tree/file", "x");
  const Finished done =
      user_.lull({"size", user_.home() + "/tree", user_.home() + "/missing", "--json"});
  EXPECT_EQ(done.exit_code, 3) << done.err;
  const auto paths = done.json().at("paths");
  EXPECT_TRUE(paths.at(0).at("allocated_bytes").is_number());
  EXPECT_TRUE(paths.at(1).at("allocated_bytes").is_null());
  EXPECT_EQ(paths.at(1).at("error_count").to_number<int>(), 1);
}

TEST_P(Commands, ScanFindsJunkAndChangesNothing) {
  user_.write(".cache/thumbnails/fail/gnome-thumbnail-factory/a.png", std::string(50'000, 'x'));
  user_.write("Documents/thesis.odt", "precious");
  const auto before = tree_of(user_.home());
  const auto scan = json({"scan", "--items"});
  expect_members(scan, {"categories", "total_reclaimable_bytes", "files_seen", "directories_seen",
                        "error_count", "partial", "elapsed_seconds", "files_per_second"});
  EXPECT_GE(scan.at("total_reclaimable_bytes").to_number<std::uint64_t>(), 50'000u);
  for (const auto& category : scan.at("categories").as_array())
    expect_members(category, {"id", "title", "tier", "items", "reclaimable_bytes", "skipped"});
  auto after = tree_of(user_.home());
  std::erase_if(after, [](const std::string& path) {
    return path.find("/.local") != std::string::npos;  // our own state
  });
  std::set<std::string> kept = before;
  std::erase_if(kept,
                [](const std::string& path) { return path.find("/.local") != std::string::npos; });
  EXPECT_EQ(after, kept);
}

TEST_P(Commands, JobsAndReasonsUseTheWordsOfTheContract) {
  const auto jobs = json({"jobs"});
  std::set<std::string> names;
  for (const auto& job : jobs.as_array()) {
    expect_members(job, {"name", "trigger", "priority", "state", "next_at", "last_started_at",
                         "last_outcome", "blocked_by"});
    names.insert(std::string(job.at("name").as_string()));
  }
  EXPECT_EQ(names, (std::set<std::string>{"clean", "clean-idle", "history", "make-room", "optimize",
                                          "purge", "refresh-cache", "relief", "scan", "size",
                                          "undo", "warm-up"}));
  for (const std::string& name : names) {
    const auto why = json({"why", name});
    EXPECT_EQ(why.at("job"), boost::json::value(name));
    for (const auto& condition : why.at("conditions").as_array())
      expect_members(condition, {"code", "met", "value", "needed"});
  }
}

TEST_P(Commands, WhyOfAFileNamesItsRuleAndTheAgentRemembersIt) {
  const std::string thumbnail = user_.write(".cache/thumbnails/normal/a.png", "x");
  const std::string thesis = user_.write("Documents/thesis.odt", "precious");
  const auto first = json({"why", thumbnail});
  expect_members(first, {"path", "bytes", "rule", "tier", "goes", "reason", "safety_score",
                         "from_cache", "as_of_at"});
  EXPECT_EQ(first.at("rule"), "thumbnails");
  EXPECT_EQ(json({"why", thesis}).at("goes"), false);
  EXPECT_TRUE(json({"why", thesis}).at("rule").is_null());
  EXPECT_EQ(json({"why", thesis}).at("from_cache"), GetParam());
  EXPECT_EQ(user_.lull({"why", user_.home() + "/nothing"}).exit_code, 1);
  EXPECT_EQ(user_.lull({"why", "nothing"}).exit_code, 2) << "no job of that name";
}

TEST_P(Commands, HistoryConfigRulesAndMetricsAnswer) {
  EXPECT_TRUE(json({"history"}).is_array());
  EXPECT_FALSE(json({"rules", "list"}).is_null());
  const Finished metrics = user_.lull({"metrics"});
  EXPECT_EQ(metrics.exit_code, 0) << metrics.err;
  EXPECT_TRUE(metrics.out.ends_with("# EOF\n")) << metrics.out;
  const Finished config = user_.lull({"config", "show"});
  EXPECT_EQ(config.exit_code, 0) << config.err;
  EXPECT_NE(config.out.find("scan_interval"), std::string::npos) << config.out;
}

TEST_P(Commands, ConfigSetHoldsAndIsSeen) {
  const Finished set = user_.lull({"config", "set", "automation.idle_cpu_percent", "55"});
  EXPECT_EQ(set.exit_code, 0) << set.err;
  const auto why = json({"why", "scan"});
  bool seen = false;
  for (const auto& condition : why.at("conditions").as_array())
    seen = seen || condition.at("needed") == "under 55 %";
  EXPECT_TRUE(seen) << why;
  EXPECT_EQ(user_.lull({"config", "set", "automation.idle_cpu_percent", "500"}).exit_code, 2);
}

TEST_P(Commands, PeopleGetTextAndNoEscapesInAPipe) {
  for (const std::vector<std::string>& command : {std::vector<std::string>{"status"},
                                                  {"top"},
                                                  {"jobs"},
                                                  {"why", "scan"},
                                                  {"scan"},
                                                  {"history"},
                                                  {"size", user_.home()}}) {
    const Finished done = user_.lull(command);
    EXPECT_EQ(done.exit_code, 0) << command[0] << done.err;
    EXPECT_EQ(done.out.find('\033'), std::string::npos) << done.out;
    EXPECT_FALSE(done.out.empty()) << command[0];
  }
}

// No display is needed for that.
TEST_P(Commands, PopoverSaysInWordsWhatTheWindowShows) {
  const Finished asked = user_.lull({"popover", "--text"});
  if (asked.err.find("there is no lull-popover") != std::string::npos)
    GTEST_SKIP() << "built without the window";
  EXPECT_EQ(asked.exit_code, 0) << asked.err;
  EXPECT_NE(asked.out.find("\nMemory\n  In use: "), std::string::npos) << asked.out;
  EXPECT_NE(asked.out.find("\nReclaimable: "), std::string::npos) << asked.out;
  EXPECT_NE(asked.out.find("\nMemory by program\n"), std::string::npos) << asked.out;
  ASSERT_EQ(user_.lull({"config", "set", "ui.accessible_text", "true"}).exit_code, 0);
  const Finished set = user_.lull({"popover"});
  EXPECT_EQ(set.exit_code, 0) << set.err;
  EXPECT_NE(set.out.find("\nMemory\n  In use: "), std::string::npos) << set.out << set.err;
}

TEST_P(Commands, PopoverWithoutAnyDisplaySaysSo) {
  const Finished end = user_.lull({"popover"});
  if (end.err.find("there is no lull-popover") != std::string::npos)
    GTEST_SKIP() << "built without the window";
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_NE(end.err.find("display"), std::string::npos) << end.err;
}

TEST_P(Commands, AnInterruptedWatchExitsWith130) {
  const auto watch = user_.start({"status", "--watch=1"});
  for (int look = 0; look < 1000 && watch->output_so_far().empty(); ++look)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  watch->signal(SIGINT);
  EXPECT_EQ(watch->wait().exit_code, 130);
}

TEST(CommandsAlone, WhatNeedsAnAgentSaysSo) {
  Sandbox user;
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"run", "scan"}, {"pause"}, {"resume"}}) {
    const Finished done = user.lull(command);
    EXPECT_EQ(done.exit_code, 4) << command[0];
    EXPECT_NE(done.err.find("lull agent"), std::string::npos) << done.err;
  }
}

TEST(CommandsAlone, LeaveNoTraceInAHomeWithoutAnAgent) {
  Sandbox user;
  user.write("file", "x");
  const auto before = tree_of(user.temp().path());
  for (const std::vector<std::string>& command : {std::vector<std::string>{"status"},
                                                  {"top"},
                                                  {"jobs"},
                                                  {"why", "scan"},
                                                  {"scan"},
                                                  {"history"},
                                                  {"size", user.home()},
                                                  {"metrics"},
                                                  {"rules"},
                                                  {"config", "show"}})
    user.lull(command);
  auto after = tree_of(user.temp().path());
  std::erase_if(after, [](const std::string& path) {
    return path.find("/process-") != std::string::npos;  // what the commands printed
  });
  EXPECT_EQ(after, before);
}

TEST(CommandsAlone, WrongUsageExitsTwoAndNamesTheNearestWord) {
  Sandbox user;
  const Finished word = user.lull({"statsu"});
  EXPECT_EQ(word.exit_code, 2);
  EXPECT_NE(word.err.find("status"), std::string::npos) << word.err;
  const Finished option = user.lull({"status", "--jsn"});
  EXPECT_EQ(option.exit_code, 2);
  EXPECT_NE(option.err.find("--json"), std::string::npos) << option.err;
  const Finished job = user.lull({"why", "scna", "--json"});
  EXPECT_EQ(job.exit_code, 2);
  EXPECT_NE(job.out.find("scan"), std::string::npos) << job.out;
}

TEST(CommandsTogether, PauseHoldsAutomaticWorkAndResumeLetsItGo) {
  Sandbox user;
  const auto agent = user.start_agent();
  EXPECT_EQ(user.lull({"pause", "1h"}).exit_code, 0);
  const auto why = user.lull({"why", "scan", "--json"}).json();
  EXPECT_EQ(why.at("would_run"), false);
  bool paused = false;
  for (const auto& condition : why.at("conditions").as_array())
    if (condition.at("code") == "paused") paused = condition.at("met") == false;
  EXPECT_TRUE(paused) << why;
  EXPECT_EQ(user.lull({"resume"}).exit_code, 0);
}

TEST(CommandsTogether, RunMakesAScanThatStatusShows) {
  Sandbox user;
  user.write(".cache/thumbnails/fail/gnome-thumbnail-factory/a.png", std::string(50'000, 'x'));
  const auto agent = user.start_agent();
  EXPECT_TRUE(user.lull({"status", "--json"}).json().at("reclaimable").is_null());
  const Finished run = user.lull({"run", "scan"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const auto status = user.lull({"status", "--json"}).json();
  ASSERT_TRUE(status.at("reclaimable").is_object()) << status;
  EXPECT_GE(status.at("reclaimable").at("bytes").to_number<std::uint64_t>(), 50'000u);
}

TEST(CommandsTogether, ReliefIsRecordedWithItsVerdict) {
  Sandbox user;
  const auto agent = user.start_agent();
  EXPECT_EQ(user.lull({"run", "relief"}).exit_code, 0);
  const auto history = user.lull({"history", "--json"}).json();
  ASSERT_EQ(history.as_array().size(), 1u);
  const auto& entry = history.at(0);
  expect_members(entry,
                 {"run", "kind", "origin", "started_at", "items", "bytes", "undoable", "summary"});
  EXPECT_EQ(entry.at("kind"), "relief");
  EXPECT_EQ(entry.at("origin"), "user");
  EXPECT_EQ(entry.at("undoable"), false);
}

}  // namespace
}  // namespace lull::integration
