// SPDX-License-Identifier: MIT
#include "agent/window_program.h"

#include <cerrno>

#include <spawn.h>
#include <sys/wait.h>

#include "agent/services/detached_program.h"

extern char** environ;

namespace lull::agent {

base::Result<int> run_window_program(const std::vector<std::string>& arguments,
                                     const base::EnvironmentLookup& environment) {
  const auto found = find_program("lull-popover", environment);
  if (!found)
    return base::fail(
        base::ErrorCode::kNotFound,
        "there is no lull-popover beside this program or in PATH: it was built "
        "without the window (packaging/scripts/install-deps build, then build again)");
  const std::string& program = *found;
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, program.c_str(), nullptr, nullptr, pointers.data(), environ);
  if (error != 0) return base::fail_errno(error, program, "starting the window");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return base::fail_errno(errno, program, "waiting for the window");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace lull::agent
