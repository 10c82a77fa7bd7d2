// SPDX-License-Identifier: MIT
// Signals at chosen points of the agent's life: its main thread is led from one system call to the
// next, so that the point is the same each time and nothing is left to timing.
#include <climits>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/sandbox.h"

namespace lull::integration {
namespace {

using support::Finished;
using support::Process;
using support::Sandbox;

constexpr int kEndedByTerm = 128 + SIGTERM;
constexpr int kCancelled = 130;

void ask_to_be_led() {
  if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(125);
}

// Leads the main thread of a program; its other threads go as they like.
class Leader {
 public:
  // Of a program started with ask_to_be_led().
  static bool meet(Leader& leader) {
    if (!leader.wait_for_stop()) return false;
    return ::ptrace(PTRACE_SETOPTIONS, leader.pid_, nullptr, PTRACE_O_TRACESYSGOOD) == 0;
  }
  // Of one that runs.
  static bool seize(Leader& leader) {
    return ::ptrace(PTRACE_SEIZE, leader.pid_, nullptr, PTRACE_O_TRACESYSGOOD) == 0 &&
           ::ptrace(PTRACE_INTERRUPT, leader.pid_, nullptr, nullptr) == 0 && leader.wait_for_stop();
  }
  explicit Leader(const Process& process) : pid_(process.pid()) {}

  // To the end of the next system call, whose number it gives; -1 if the program is about to exit
  // or has ended.
  long next_call() {
    for (;;) {
      if (::ptrace(PTRACE_SYSCALL, pid_, nullptr, signal_) != 0 || !wait_for_stop()) return -1;
      __ptrace_syscall_info info{};
      if (!at_call_ || ::ptrace(PTRACE_GET_SYSCALL_INFO, pid_, sizeof info, &info) <= 0) continue;
      if (info.op == PTRACE_SYSCALL_INFO_ENTRY) number_ = static_cast<long>(info.entry.nr);
      if (number_ == SYS_exit_group) return -1;
      if (info.op == PTRACE_SYSCALL_INFO_EXIT) return number_;
    }
  }
  void let_go() const { ::ptrace(PTRACE_DETACH, pid_, nullptr, signal_); }

 private:
  // False: it has ended, and is still to be waited for.
  bool wait_for_stop() {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WSTOPPED | WNOWAIT) != 0 ||
        info.si_code == CLD_EXITED || info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED)
      return false;
    int status = 0;
    ::waitpid(pid_, &status, 0);
    const int stopped_by = WSTOPSIG(status);
    at_call_ = stopped_by == (SIGTRAP | 0x80);
    const bool is_event = (status >> 16) != 0 || stopped_by == SIGTRAP;
    signal_ = at_call_ || is_event ? 0 : stopped_by;  // a signal goes on to whom it was meant for
    return true;
  }

  const pid_t pid_;
  long number_ = -1;
  long signal_ = 0;
  bool at_call_ = false;
};

// Whether the process has the signal in that line of its status: "SigCgt:" for one it handles
// itself, "SigIgn:" for one it ignores.
bool has_signal_in(const Process& process, const std::string& line, int number) {
  std::ifstream status("/proc/" + std::to_string(process.pid()) + "/status");
  for (std::string word; status >> word;) {
    if (word != line) continue;
    std::uint64_t numbers = 0;
    status >> std::hex >> numbers;
    return (numbers >> (number - 1) & 1) != 0;
  }
  return false;
}
bool catches_term(const Process& process) { return has_signal_in(process, "SigCgt:", SIGTERM); }
bool outlives_hang_ups(const Process& process) {
  return has_signal_in(process, "SigIgn:", SIGHUP) || has_signal_in(process, "SigCgt:", SIGHUP);
}
bool has_started(const Process& agent) {
  return agent.errors_so_far().find(" started, pid") != std::string::npos;
}

class AgentStart : public ::testing::Test {
 protected:
  // Leads an agent through `calls` system calls, or until it has said that it has started and waits
  // for what comes; how many it were.
  int lead(Leader& leader, const Process& agent, int calls) {
    locked_ = listens_ = false;
    for (int done = 0;; ++done) {
      if (done == calls) return done;
      const long number = leader.next_call();
      if (number == SYS_flock) locked_ = true;
      if (number == SYS_listen) listens_ = true;
      const bool waits = number == SYS_epoll_wait && listens_ && has_started(agent);
      if (waits || number < 0) return done + 1;
    }
  }
  // What a SIGTERM must lead to just now.
  int expected(const Process& agent) const {
    if (!catches_term(agent)) return kEndedByTerm;  // nothing has begun
    return locked_ ? 0 : kCancelled;  // the agent ends, or the command line had not begun it
  }

  Sandbox user_;
  bool locked_ = false;  // the agent's lock is taken: from here on it is an agent
  bool listens_ = false;
};

TEST_F(AgentStart, TermEndsItInEveryPhase) {
  constexpr int kPoints = 60;
  int while_it_starts = 0;
  int all = 0;
  std::set<int> seen;
  for (int point = 0; point <= kPoints; ++point) {
    const auto agent = user_.start({"agent"}, ask_to_be_led);
    Leader leader(*agent);
    if (!Leader::meet(leader)) GTEST_SKIP() << "tracing is not allowed here";
    const int calls = lead(leader, *agent, point == 0 ? INT_MAX : all * point / kPoints);
    if (point == 0) all = calls;
    const int wanted = expected(*agent);
    if (listens_ && !has_started(*agent)) ++while_it_starts;
    agent->signal(SIGTERM);
    leader.let_go();
    const Finished end = agent->wait();
    EXPECT_EQ(end.exit_code, wanted) << "after " << calls << " of " << all << ": " << end.err;
    EXPECT_EQ(std::filesystem::exists(user_.socket()), false) << calls;
    seen.insert(wanted);
  }
  EXPECT_EQ(seen, (std::set{0, kCancelled, kEndedByTerm})) << "of " << all << " calls";
  EXPECT_GT(while_it_starts, 0) << "it is asked between its socket and its first rest, too";
  user_.start_agent();
}

// Whoever starts it and at once asks it to read its settings again has them, and it goes on.
TEST_F(AgentStart, NoHangUpEndsIt) {
  constexpr int kPoints = 12;
  int all = 0;
  int asked = 0;
  for (int point = 0; point < kPoints; ++point) {
    const auto agent = user_.start({"agent"}, ask_to_be_led);
    Leader leader(*agent);
    if (!Leader::meet(leader)) GTEST_SKIP() << "tracing is not allowed here";
    const int calls = lead(leader, *agent, point == 0 ? INT_MAX : all * point / kPoints);
    if (point == 0) all = calls;
    const bool outlives = outlives_hang_ups(*agent);
    EXPECT_TRUE(outlives || !locked_) << "after " << calls << " of " << all;
    if (!outlives) continue;  // nothing of the agent has begun
    ++asked;
    agent->signal(SIGHUP);
    leader.let_go();
    while (!has_started(*agent)) ASSERT_FALSE(agent->has_ended()) << calls;
    agent->signal(SIGTERM);
    EXPECT_EQ(agent->wait().exit_code, 0) << calls;
  }
  EXPECT_GT(asked, kPoints / 3) << "of " << all << " calls";
}

class AgentEnd : public ::testing::Test {
 protected:
  void SetUp() override { user_.look_for_no_leaks(); }
  static bool is_stopping(const Process& agent) {
    return agent.errors_so_far().find("interrupted: stopping") != std::string::npos;
  }
  Sandbox user_;
};

TEST_F(AgentEnd, ASecondSignalEndsItAtOnceInEveryPhase) {
  constexpr int kPoints = 20;
  int all = 0;
  int cut_short = 0;
  for (int point = 0; point <= kPoints; ++point) {
    const auto agent = user_.start_agent();
    Leader leader(*agent);
    if (!Leader::seize(leader)) GTEST_SKIP() << "tracing is not allowed here";
    agent->signal(SIGINT);
    while (!is_stopping(*agent)) ASSERT_GE(leader.next_call(), 0) << agent->errors_so_far();
    const int limit = point == 0 ? INT_MAX : all * point / (kPoints + 1);
    int calls = 0;
    while (calls < limit && leader.next_call() >= 0) ++calls;
    if (point == 0) all = calls;         // how long it takes to end as it wants to
    const bool is_over = calls < limit;  // the last thing it said to the kernel is that it exits
    agent->signal(SIGTERM);
    leader.let_go();
    const Finished end = agent->wait();
    // Led for too long, it is late, and ends by itself.
    const bool is_late = end.err.find("what is late ends with the process") != std::string::npos;
    EXPECT_EQ(end.exit_code, is_over || is_late ? 0 : kEndedByTerm)
        << "after " << calls << " of " << all;
    if (end.exit_code == kEndedByTerm) ++cut_short;
  }
  EXPECT_GE(cut_short, kPoints / 2) << "of " << all << " calls";
}

// Both are there before it has looked at either.
TEST_F(AgentEnd, TwoSignalsAtOnceAreTwo) {
  const auto agent = user_.start_agent();
  agent->signal(SIGSTOP);
  agent->signal(SIGINT);
  agent->signal(SIGTERM);
  agent->signal(SIGCONT);
  EXPECT_GT(agent->wait().exit_code, 128) << "whichever of its threads took which first";
}

TEST_F(AgentEnd, ASecondInterruptEndsAnAgentThatIsBusyEnding) {
  const auto agent = user_.start_agent();
  Leader leader(*agent);
  if (!Leader::seize(leader)) GTEST_SKIP() << "tracing is not allowed here";
  agent->signal(SIGINT);
  while (!is_stopping(*agent)) ASSERT_GE(leader.next_call(), 0) << agent->errors_so_far();
  agent->signal(SIGINT);
  leader.let_go();
  EXPECT_EQ(agent->wait().exit_code, 128 + SIGINT);
}

}  // namespace
}  // namespace lull::integration
