// SPDX-License-Identifier: MIT
#include "agent/services/detached_program.h"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/program_path.h"
#include "core/base/unique_fd.h"
#include "core/platform/own_process.h"

extern char** environ;

namespace lull::agent {
namespace {

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// Null-terminated, as exec wants it. The strings must outlive it.
std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> list;
  for (const std::string& one : strings) list.push_back(const_cast<char*>(one.c_str()));
  return list;
}

// Between fork() and exec nothing but system calls: other threads may have held any lock. Writes
// errno to `told` if it fails; success closes that by exec.
[[noreturn]] void become(char* const* arguments, char* const* environment, int told) {
  ::setsid();
  const pid_t grandchild = ::fork();
  if (grandchild > 0) ::_exit(0);
  if (grandchild == 0) {
    ::signal(SIGPIPE, SIG_DFL);
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (nothing >= 0) ::dup2(nothing, STDIN_FILENO);
    ::execve(arguments[0], arguments, environment);
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t written = ::write(told, &error, sizeof error);
  ::_exit(127);
}

// What the grandchild says until exec closes its end: nothing if all is well.
int read_error(int from) {
  int error = 0;
  ssize_t length = 0;
  do length = ::read(from, &error, sizeof error);
  while (length < 0 && errno == EINTR);
  return length == sizeof error ? error : 0;
}

}  // namespace

base::Result<std::string> find_program(std::string_view name,
                                       const base::EnvironmentLookup& environment) {
  if (const auto own = platform::own_executable()) {
    std::string beside = parent_of(*own) + "/" + std::string(name);
    if (base::is_program(beside)) return beside;
  }
  if (auto found = base::find_in_path(name, environment("PATH").value_or("")))
    return *std::move(found);
  return base::fail(base::ErrorCode::kNotFound,
                    std::string(name) + " is neither beside lull nor in PATH");
}

base::Status start_detached(const std::string& path, const std::vector<std::string>& arguments,
                            const std::vector<std::string>& variables) {
  std::vector<char*> words = pointers(arguments);
  words.insert(words.begin(), const_cast<char*>(path.c_str()));
  words.push_back(nullptr);
  std::vector<char*> environment = pointers(variables);
  for (char** one = environ; one != nullptr && *one != nullptr; ++one) environment.push_back(*one);
  environment.push_back(nullptr);

  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return base::fail_errno(errno, path, "starting it");
  const base::UniqueFd told(ends[0]);
  base::UniqueFd tells(ends[1]);
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  const pid_t child = ::fork();
  if (child == 0) become(words.data(), environment.data(), tells.get());
  const int refused = child < 0 ? errno : 0;
  tells.reset();
  if (refused != 0) return base::fail_errno(refused, path, "starting it");
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
  if (const int error = read_error(told.get()); error != 0)
    return base::fail_errno(error, path, "starting it");
  return {};
}

}  // namespace lull::agent
