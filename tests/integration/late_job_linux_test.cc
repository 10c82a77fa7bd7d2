// SPDX-License-Identifier: MIT
// The end of an agent whose work cannot end: its workers get no processor, as on a crowded machine
// those of idle priority, only for good: a tracer stops them.
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "tests/support/sandbox.h"

namespace lull::integration {
namespace {

using support::Finished;
using support::Process;
using support::Sandbox;

// Threads of an agent that are stopped until this goes or the process ends.
class StoppedWorkers {
 public:
  explicit StoppedWorkers(const Process& agent)
      : tasks_("/proc/" + std::to_string(agent.pid()) + "/task") {}
  ~StoppedWorkers() {
    for (const auto& [thread, name] : stopped_) ::ptrace(PTRACE_DETACH, thread, nullptr, nullptr);
  }
  // Those there are now; false: tracing is not allowed here.
  bool stop_all() {
    for (const auto& task : std::filesystem::directory_iterator(tasks_)) {
      const pid_t thread = std::stoi(task.path().filename());
      std::string name;
      std::ifstream(task.path() / "comm") >> name;
      if (name != "lull-click" && name != "lull-idle") continue;
      if (!stopped_.contains(thread) && !stop(thread, name)) return false;
    }
    return true;
  }
  std::size_t count() const { return stopped_.size(); }
  // The process ends: a thread that is traced is only gone when its tracer has heard of it.
  void wait_for_their_end() {
    for (const auto& [thread, name] : stopped_)
      for (int status = 0; ::waitpid(thread, &status, __WALL) == thread && WIFSTOPPED(status);) {
      }
    stopped_.clear();
  }

 private:
  // True as well if it has just ended.
  bool stop(pid_t thread, const std::string& name) {
    if (::ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) != 0) return errno == ESRCH;
    ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
    int status = 0;
    if (::waitpid(thread, &status, __WALL) == thread && WIFSTOPPED(status))
      stopped_.emplace(thread, name);
    return true;
  }

  const std::string tasks_;
  std::map<pid_t, std::string> stopped_;
};

class LateJob : public ::testing::Test {
 protected:
  LateJob() {
    for (int file = 0; file < 20'000; ++file)
      user_.write(".cache/thumbnails/fail/d" + std::to_string(file % 50) + "/" +
                      std::to_string(file) + ".png",
                  "x");
  }
  boost::json::object scan_job() {
    const auto jobs = user_.lull({"jobs", "--json"}).json();
    for (const auto& job : jobs.as_array())
      if (job.at("name") == "scan") return job.as_object();
    return {};
  }
  bool scan_runs() { return scan_job().at("state") == "running"; }

  Sandbox user_;
};

TEST_F(LateJob, IsNotWaitedForOnceWhatMustBeIsSaved) {
  const auto agent = user_.start_agent();
  StoppedWorkers workers(*agent);
  std::unique_ptr<Process> client;
  // The scan may be over between a look and a stop, or be with threads that came meanwhile.
  for (std::size_t known = 0; workers.count() == 0 || known != workers.count() || !scan_runs();) {
    known = workers.count();
    if (!client || client->has_ended()) client = user_.start({"scan", "--json"});
    if (scan_runs() && !workers.stop_all()) GTEST_SKIP() << "tracing is not allowed here";
  }
  const auto started_at = scan_job().at("last_started_at");
  agent->signal(SIGTERM);
  EXPECT_EQ(client->wait().exit_code, 1) << "who waits is told before";
  workers.wait_for_their_end();
  const Finished end = agent->wait();
  EXPECT_EQ(end.exit_code, 0) << end.err;
  const auto late = end.err.find("job scan did not end in time\n");
  ASSERT_NE(late, std::string::npos) << end.err;
  EXPECT_NE(end.err.find("stopped; what is late ends with the process\n", late), std::string::npos)
      << end.err;
  EXPECT_FALSE(std::filesystem::exists(user_.socket()));
  const auto next = user_.start_agent();
  EXPECT_EQ(scan_job().at("last_started_at"), started_at) << "was saved";
}

// Nothing runs, but the threads that did so are still there for the next work.
TEST_F(LateJob, IsNotSaidOfThreadsThatOnlyDoNotEnd) {
  const auto agent = user_.start_agent();
  EXPECT_EQ(user_.lull({"scan", "--json"}).exit_code, 0);
  StoppedWorkers workers(*agent);
  if (!workers.stop_all()) GTEST_SKIP() << "tracing is not allowed here";
  const bool any = workers.count() > 0;  // they end after a while without work
  agent->signal(SIGTERM);
  workers.wait_for_their_end();
  const Finished end = agent->wait();
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(end.err.find("did not end in time"), std::string::npos) << end.err;
  EXPECT_EQ(end.err.find("what is late ends with the process") != std::string::npos, any)
      << end.err;
}

}  // namespace
}  // namespace lull::integration
