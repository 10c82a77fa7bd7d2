// SPDX-License-Identifier: MIT
#include "agent/window_program.h"

#include <cerrno>
#include <filesystem>
#include <sstream>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace lull::agent {
namespace {

constexpr const char* kName = "lull-popover";

bool can_run(const std::string& path) { return ::access(path.c_str(), X_OK) == 0; }

}  // namespace

std::string find_window_program(const base::EnvironmentLookup& environment) {
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (!failure) {
    const std::string beside = (self.parent_path() / kName).string();
    if (can_run(beside)) return beside;
  }
  std::istringstream folders(environment("PATH").value_or(""));
  for (std::string folder; std::getline(folders, folder, ':');) {
    // An empty entry would be the working directory: not where a program of ours is.
    if (folder.empty() || folder[0] != '/') continue;
    const std::string path = folder + "/" + kName;
    if (can_run(path)) return path;
  }
  return "";
}

base::Result<int> run_window_program(const std::vector<std::string>& arguments,
                                     const base::EnvironmentLookup& environment) {
  const std::string program = find_window_program(environment);
  if (program.empty())
    return base::fail(
        base::ErrorCode::kNotFound,
        "there is no lull-popover beside this program or in PATH: it was built "
        "without the window (packaging/scripts/install-deps build, then build again)");
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
