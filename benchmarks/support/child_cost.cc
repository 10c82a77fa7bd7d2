// SPDX-License-Identifier: MIT
#include "benchmarks/support/child_cost.h"

#include <cerrno>
#include <chrono>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/unique_fd.h"

extern char** environ;

namespace lull::benchmarks {
namespace {

constexpr std::size_t kKept = 4096;

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

std::string drain(int fd) {
  std::string text;
  char buffer[kKept];
  for (ssize_t got; (got = ::read(fd, buffer, sizeof buffer)) > 0;)
    if (text.size() < kKept) text.append(buffer, static_cast<std::size_t>(got));
  return text;
}

// posix_spawn and not fork: the memory of this process is then not part of the child's.
int spawn(const std::vector<std::string>& words, int output, pid_t& child) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, 1);
  const int failed =
      ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return failed;
}

}  // namespace

ChildCost run_child(const std::vector<std::string>& words, bool keep_output) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "a pipe");
  const base::UniqueFd reader(ends[0]);
  base::UniqueFd writer(ends[1]);
  const base::UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  ChildCost cost;
  const auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  if (spawn(words, keep_output ? writer.get() : nowhere.get(), child) != 0) {
    cost.exit_code = 127;
    return cost;
  }
  writer.reset();
  cost.output = drain(reader.get());
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  cost.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  cost.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  cost.resident_mib = static_cast<double>(usage.ru_maxrss) / 1024;
  cost.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return cost;
}

}  // namespace lull::benchmarks
