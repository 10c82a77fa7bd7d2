// SPDX-License-Identifier: MIT
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "agent/control/client.h"
#include "tests/support/sandbox.h"

// The life of the agent as a process: start, signals, neighbours, broken surroundings. What is
// waited for without a limit comes, or ctest's time-out ends the test.
namespace lull::integration {
namespace {

using support::Finished;
using support::Sandbox;

// Whether the agent says that it runs that job just now.
bool is_running(Sandbox& user, std::string_view name) {
  const auto jobs = user.lull({"jobs", "--json"}).json();
  return std::any_of(jobs.as_array().begin(), jobs.as_array().end(), [&](const auto& job) {
    return job.at("name").as_string() == name && job.at("state") == "running";
  });
}

TEST(AgentLife, StartsAnswersAndEndsCleanly) {
  Sandbox user;
  const auto agent = user.start_agent();
  const Finished status = user.lull({"status", "--json"});
  EXPECT_EQ(status.exit_code, 0) << status.err;
  EXPECT_EQ(status.json().at("agent").at("pid").to_number<pid_t>(), agent->pid());
  agent->signal(SIGTERM);
  const Finished end = agent->wait();
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_FALSE(std::filesystem::exists(user.socket()));
}

TEST(AgentLife, SaysInOneLineThatThereIsNoTray) {
  Sandbox user;
  const auto agent = user.start_agent();
  while (agent->errors_so_far().find("no status-notifier host was found (no session bus answers); "
                                     "everything else runs") == std::string::npos)
    std::this_thread::yield();
  // It is past that line when it answers: ThreadSanitizer keeps a signal that meets a fiber until
  // that fiber goes on.
  EXPECT_EQ(user.lull({"status"}).exit_code, 0);
  agent->signal(SIGINT);
  const Finished end = agent->wait();
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.out, "") << "nothing but a terminal gets the status line";
  EXPECT_EQ(end.err.find('\033'), std::string::npos) << "no colours into a file";
}

TEST(AgentLife, ItsDirectoryAndSocketArePrivate) {
  Sandbox user;
  const auto agent = user.start_agent();
  struct stat info {};
  ASSERT_EQ(::stat(user.socket().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat((user.temp() / "run/lull").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST(AgentLife, ASecondAgentNamesTheFirstAndLeavesItAlone) {
  Sandbox user;
  const auto agent = user.start_agent();
  const Finished second = user.lull({"agent"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.err.find("pid " + std::to_string(agent->pid())), std::string::npos)
      << second.err;
  EXPECT_EQ(user.lull({"status", "--json"}).exit_code, 0);
}

TEST(AgentLife, ASecondAgentOfTheSameHomeIsOneWhateverItsRuntimeDirectory) {
  Sandbox user;
  const auto agent = user.start_agent();
  user.set("XDG_RUNTIME_DIR", user.temp() / "elsewhere");
  const Finished second = user.lull({"agent"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.err.find("pid " + std::to_string(agent->pid())), std::string::npos)
      << second.err;
}

TEST(AgentLife, AKilledAgentLeavesNothingThatStopsTheNext) {
  Sandbox user;
  {
    const auto agent = user.start_agent();
    agent->signal(SIGKILL);
    agent->wait();
  }
  EXPECT_TRUE(std::filesystem::exists(user.socket()));
  const auto next = user.start_agent();
  const Finished status = user.lull({"status", "--json"});
  EXPECT_EQ(status.json().at("agent").at("pid").to_number<pid_t>(), next->pid());
}

// The scan that somebody asked for runs when the signal comes.
TEST(AgentLife, EndsWhileItWorksAndTellsWhoWaits) {
  Sandbox user;
  for (int file = 0; file < 20'000; ++file)
    user.write(".cache/thumbnails/fail/d" + std::to_string(file % 50) + "/" + std::to_string(file) +
                   ".png",
               "x");
  const auto agent = user.start_agent();
  auto client = user.start({"scan", "--json"});
  while (!is_running(user, "scan"))
    if (client->has_ended()) client = user.start({"scan", "--json"});  // it was too quick for us
  agent->signal(SIGTERM);
  EXPECT_EQ(agent->wait().exit_code, 0);
  const Finished end = client->wait();
  // What was found until then, all of it if the end came in between; or a word that nothing came.
  const auto answer = end.json().as_object();
  const int expected = answer.contains("error") ? 1 : answer.at("partial").as_bool() ? 3 : 0;
  EXPECT_EQ(end.exit_code, expected) << end.out.substr(0, 400) << end.err;
}

TEST(AgentLife, ABrokenConfigurationIsNamedAndNothingStarts) {
  Sandbox user;
  user.write(".config/lull/config.toml", "[automation]\nscan_intervall = \"6 h\"\n");
  const Finished end = user.lull({"agent"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.err.find("config.toml:2:"), std::string::npos) << end.err;
  EXPECT_NE(end.err.find("scan_interval"), std::string::npos) << end.err;
}

TEST(AgentLife, HangUpReadsTheSettingsAgainAndABrokenFileChangesNothing) {
  Sandbox user;
  user.write(".config/lull/config.toml", "[automation]\nidle_cpu_percent = 40\n");
  const auto agent = user.start_agent();
  const auto needed = [&] {
    const auto why = user.lull({"why", "scan", "--json"}).json();
    for (const auto& condition : why.at("conditions").as_array())
      if (condition.at("code") == "cpu-busy")
        return std::string(condition.at("needed").as_string());
    return std::string();
  };
  EXPECT_EQ(needed(), "under 40 %");
  user.write(".config/lull/config.toml", "[automation]\nidle_cpu_percent = 70\n");
  agent->signal(SIGHUP);
  while (needed() != "under 70 %") std::this_thread::yield();
  user.write(".config/lull/config.toml", "[automation]\nidle_cpu_percent = \"many\"\n");
  agent->signal(SIGHUP);
  while (agent->errors_so_far().find("settings not read") == std::string::npos)
    std::this_thread::yield();
  EXPECT_NE(agent->errors_so_far().find("the old ones stay"), std::string::npos)
      << agent->errors_so_far();
  EXPECT_EQ(needed(), "under 70 %");
}

TEST(AgentLife, WithoutAPlaceForItsStateItRunsAndSaysSo) {
  Sandbox user;
  user.write(".local/state", "a file in the way");
  const auto agent = user.start_agent();
  EXPECT_EQ(user.lull({"status", "--json"}).exit_code, 0);
  EXPECT_EQ(user.lull({"history", "--json"}).exit_code, 0);
  EXPECT_NE(agent->errors_so_far().find("not kept on disk"), std::string::npos)
      << agent->errors_so_far();
}

TEST(AgentLife, WithAHomeThatDoesNotExistItStillRuns) {
  Sandbox user;
  std::filesystem::remove_all(user.home());
  const auto agent = user.start_agent();
  const Finished scan = user.lull({"scan", "--json"});
  EXPECT_EQ(scan.exit_code, 0) << scan.err;
  EXPECT_EQ(scan.json().at("total_reclaimable_bytes").to_number<std::uint64_t>(), 0u);
}

TEST(AgentLife, WithoutARuntimeDirectoryItMakesAPrivateOne) {
  Sandbox user;
  user.set("XDG_RUNTIME_DIR", user.temp() / "made/run");
  std::filesystem::create_directory(user.temp() / "made");
  const auto agent = user.start({"agent"});
  const std::string socket = user.temp() / "made/run/lull/control";
  while (!std::filesystem::exists(socket) && !agent->has_ended()) std::this_thread::yield();
  EXPECT_EQ(user.lull({"status", "--json"}).exit_code, 0);
}

// What one has looked at, the next sees the course of; an agent that was just started has none.
TEST(AgentLife, KeepsTheLastMinutesForWhoeverLooksNext) {
  Sandbox user;
  const auto agent = user.start_agent();
  const auto glance = [&] {
    auto client = control::Client::connect(user.socket());
    EXPECT_TRUE(client);
    return *(*client)->call("GetSnapshot", {{"recent", true}});
  };
  EXPECT_LE(glance().at("recent").as_array().size(), 1u);
  const control::Object second = glance();
  const auto& recent = second.at("recent").as_array();
  ASSERT_FALSE(recent.empty());
  EXPECT_TRUE(recent.front().at("cpu_percent").is_number());
  EXPECT_LE(recent.front().at("at").as_string(), second.at("taken_at").as_string());
  EXPECT_FALSE(user.lull({"status", "--json"}).json().as_object().contains("recent"));

  // A stream begins with it, and only begins with it.
  auto client = control::Client::connect(user.socket());
  ASSERT_TRUE(client);
  std::vector<bool> has_recent;
  base::CancelSource enough;
  (void)(*client)->call(
      "Watch", {{"interval_seconds", 0.5}},
      [&](const control::Object& reply) {
        has_recent.push_back(reply.contains("recent"));
        if (has_recent.size() == 2) enough.cancel(base::CancelReason::kUser);
      },
      enough.token());
  ASSERT_GE(has_recent.size(), 2u);
  EXPECT_TRUE(has_recent[0]);
  EXPECT_FALSE(has_recent[1]);
}

TEST(AgentLife, RemembersItsJobsAcrossARestart) {
  Sandbox user;
  const auto started_at = [&] {
    const auto jobs = user.lull({"jobs", "--json"}).json();
    for (const auto& job : jobs.as_array())
      if (job.at("name") == "scan") return job.at("last_started_at");
    return boost::json::value();
  };
  boost::json::value first;
  {
    const auto agent = user.start_agent();
    EXPECT_EQ(user.lull({"run", "scan"}).exit_code, 0);
    first = started_at();
    EXPECT_TRUE(first.is_string());
    agent->signal(SIGTERM);
    EXPECT_EQ(agent->wait().exit_code, 0);
  }
  EXPECT_EQ(started_at(), first) << "without an agent";
  const auto agent = user.start_agent();
  EXPECT_EQ(started_at(), first) << "with the next agent";
}

TEST(AgentLife, StaysPausedAcrossARestart) {
  Sandbox user;
  const auto paused_until = [&] {
    return user.lull({"status", "--json"}).json().at("paused_until_at");
  };
  boost::json::value until;
  {
    const auto agent = user.start_agent();
    EXPECT_EQ(user.lull({"pause", "2h"}).exit_code, 0);
    until = paused_until();
    EXPECT_TRUE(until.is_string());
    agent->signal(SIGTERM);
    EXPECT_EQ(agent->wait().exit_code, 0);
  }
  {
    const auto agent = user.start_agent();
    EXPECT_EQ(paused_until(), until);
    EXPECT_EQ(user.lull({"resume"}).exit_code, 0);
    agent->signal(SIGTERM);
    EXPECT_EQ(agent->wait().exit_code, 0);
  }
  const auto agent = user.start_agent();
  EXPECT_TRUE(paused_until().is_null());
}

}  // namespace
}  // namespace lull::integration
