// SPDX-License-Identifier: MIT
#include "agent/presence/answering_program.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace lull::agent::presence {
namespace {

constexpr std::size_t kLongestAnswer = 4096;

// The engine blocks signals and ignores SIGPIPE; the program shall begin as from a shell.
class SpawnWords {
 public:
  explicit SpawnWords(int socket) {
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  ~SpawnWords() {
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
  }
  SpawnWords(const SpawnWords&) = delete;
  SpawnWords& operator=(const SpawnWords&) = delete;

  posix_spawnattr_t attributes{};
  posix_spawn_file_actions_t actions{};
};

base::Error ended() { return {base::ErrorCode::kUnavailable, "the program has ended", {}, 0, {}}; }

}  // namespace

base::Result<std::unique_ptr<AnsweringProgram>> AnsweringProgram::start(const std::string& path) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return base::fail_errno(errno, path, "starting it");
  base::UniqueFd ours(ends[0]);
  const base::UniqueFd theirs(ends[1]);
  const SpawnWords words(theirs.get());
  std::array<char*, 2> arguments{const_cast<char*>(path.c_str()), nullptr};
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, path.c_str(), &words.actions, &words.attributes,
                                  arguments.data(), environ);
  if (error != 0) return base::fail_errno(error, path, "starting it");
  return std::unique_ptr<AnsweringProgram>(new AnsweringProgram(pid, std::move(ours)));
}

AnsweringProgram::~AnsweringProgram() {
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

base::Result<std::string> AnsweringProgram::ask(std::string_view line, base::Duration patience) {
  using std::chrono::milliseconds;
  const std::string question = std::string(line) + "\n";
  if (::send(socket_.get(), question.data(), question.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(question.size()))
    return tl::unexpected(ended());
  const base::SteadyTime until = base::system_clock().now() + patience;
  std::string answer;
  while (answer.size() < kLongestAnswer) {
    const auto left = std::chrono::ceil<milliseconds>(until - base::system_clock().now()).count();
    pollfd wait{socket_.get(), POLLIN, 0};
    const int ready = left <= 0 ? 0 : ::poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return base::fail(base::ErrorCode::kTimeout, "the program does not answer");
    std::array<char, 256> bytes{};
    const ssize_t length = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (length <= 0) return tl::unexpected(ended());
    answer.append(bytes.data(), static_cast<std::size_t>(length));
    if (const std::size_t end = answer.find('\n'); end != std::string::npos)
      return answer.substr(0, end);
  }
  return base::fail(base::ErrorCode::kTooLarge, "the program's answer has no end");
}

}  // namespace lull::agent::presence
