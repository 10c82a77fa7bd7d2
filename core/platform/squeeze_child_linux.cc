// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/platform/squeeze_child.h"

namespace lull::platform {
namespace {

constexpr int kLookEveryMs = 10;
constexpr std::size_t kPage = 4096;
constexpr char kReady = 'r', kDone = 'd', kFailed = 'f';

// ---- the child: system calls alone, since other threads of the agent may have held locks.

bool is_first_to_be_ended() {
  const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  const bool written = fd >= 0 && ::write(fd, "1000", 4) == 4;
  if (fd >= 0) ::close(fd);
  return written;
}

// Not zeros: pages that were never written to take no memory.
bool take_and_give_back(std::uint64_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  auto* at = static_cast<volatile char*>(memory);
  for (std::uint64_t offset = 0; offset < bytes; offset += kPage) at[offset] = 1;
  return ::munmap(memory, bytes) == 0;
}

[[noreturn]] void live(int socket, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent || !is_first_to_be_ended()) ::_exit(1);
  char answer = kReady;
  while (::write(socket, &answer, 1) == 1) {
    std::uint64_t bytes = 0;
    if (::read(socket, &bytes, sizeof bytes) != static_cast<ssize_t>(sizeof bytes)) break;
    answer = take_and_give_back(bytes) ? kDone : kFailed;
  }
  ::_exit(0);
}

// ---- the parent

class LinuxSqueezeChild final : public SqueezeChild {
 public:
  LinuxSqueezeChild(pid_t pid, base::UniqueFd socket) : pid_(pid), socket_(std::move(socket)) {}
  ~LinuxSqueezeChild() override {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  }

  pid_t pid() const override { return pid_; }
  base::Status squeeze(std::uint64_t bytes, const std::function<bool()>& may_go_on) override {
    if (::send(socket_.get(), &bytes, sizeof bytes, MSG_NOSIGNAL) !=
        static_cast<ssize_t>(sizeof bytes))
      return ended();
    return wait_for(kDone, may_go_on);
  }
  base::Status wait_for(char expected, const std::function<bool()>& may_go_on) {
    for (pollfd answer{socket_.get(), POLLIN, 0};;) {
      if (!may_go_on()) {
        ::kill(pid_, SIGKILL);
        return base::fail(base::ErrorCode::kCancelled, "it was stopped");
      }
      const int ready = ::poll(&answer, 1, kLookEveryMs);
      if (ready < 0 && errno != EINTR) return base::fail_errno(errno);
      if (ready <= 0) continue;
      char said = 0;
      if (::recv(socket_.get(), &said, 1, 0) != 1) return ended();
      if (said == expected) return {};
      return base::fail(base::ErrorCode::kIo, "it got no memory");
    }
  }

 private:
  static base::Status ended() {
    return base::fail(base::ErrorCode::kUnavailable, "the process that squeezes has ended");
  }

  const pid_t pid_;
  const base::UniqueFd socket_;
};

}  // namespace

base::Result<std::unique_ptr<SqueezeChild>> start_squeeze_child() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return base::fail_errno(errno, "", "starting a process");
  base::UniqueFd ours(ends[0]);
  const base::UniqueFd theirs(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return base::fail_errno(errno, "", "starting a process");
  if (pid == 0) {
    ::close(ends[0]);
    live(ends[1], parent);
  }
  auto child = std::make_unique<LinuxSqueezeChild>(pid, std::move(ours));
  int asked = 0;
  LULL_TRY(child->wait_for(kReady, [&] { return ++asked <= 100; }));
  return child;
}

}  // namespace lull::platform
