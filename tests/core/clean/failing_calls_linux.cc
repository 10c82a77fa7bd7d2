// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "tests/core/clean/failing_calls.h"

namespace lull::clean {
namespace {

// What a clean and an undo stand on. close(2) is not among them: Linux always closes.
constexpr std::array kCalls = {
    SYS_openat,    SYS_openat2, SYS_newfstatat, SYS_fstat,   SYS_statx,      SYS_read,
    SYS_pread64,   SYS_write,   SYS_pwrite64,   SYS_fsync,   SYS_fdatasync,  SYS_ftruncate,
    SYS_renameat2, SYS_linkat,  SYS_unlinkat,   SYS_mkdirat, SYS_getdents64, SYS_fcntl};

// From here on this thread's calls of those are told to the descriptor that is returned.
base::UniqueFd listen_to_this_thread() {
  std::vector<sock_filter> steps{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (std::size_t i = 0; i < kCalls.size(); ++i)
    steps.push_back(sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                         static_cast<std::uint32_t>(kCalls[i]),
                                         static_cast<std::uint8_t>(kCalls.size() - i), 0));
  steps.push_back(sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  steps.push_back(sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
  const sock_fprog program{static_cast<unsigned short>(steps.size()), steps.data()};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return base::UniqueFd(static_cast<int>(
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program)));
}

// Locks are the kernel's own, and no disk that is gone refuses them; giving one back never fails.
// (The thread is one of ours, and waits: what it points to can be read. ThreadSanitizer does not
// know of the kernel's order.)
[[gnu::no_sanitize_thread]] bool is_spared(const seccomp_data& call, bool all_locks) {
  if (call.nr != SYS_fcntl || (call.args[1] != F_SETLK && call.args[1] != F_OFD_SETLK))
    return false;
  return all_locks || reinterpret_cast<const struct flock*>(call.args[2])->l_type == F_UNLCK;
}

// Answers one call of the thread, and counts it.
void answer(int listener, std::uint64_t& calls, const FailingCall& failing) {
  seccomp_notif asked{};
  if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) return;
  const bool may_fail = !is_spared(asked.data, failing.from_there_on);
  const std::uint64_t number = may_fail ? ++calls : calls;
  if (may_fail && number == failing.nth && failing.meanwhile) failing.meanwhile();
  const bool fails = may_fail && failing.nth != 0 && !failing.meanwhile &&
                     (number == failing.nth || (failing.from_there_on && number > failing.nth));
  seccomp_notif_resp response{};
  response.id = asked.id;
  if (fails)
    response.error = -failing.os_error;
  else
    response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  (void)::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

// By a call that is not among them.
void tell(int event) {
  std::uint64_t one = 1;
  const iovec bytes{&one, sizeof one};
  (void)!::writev(event, &bytes, 1);
}

}  // namespace

std::optional<std::uint64_t> with_failing_call(const FailingCall& failing,
                                               const std::function<void()>& story) {
  const base::UniqueFd finished(::eventfd(0, EFD_CLOEXEC));
  std::promise<base::UniqueFd> listening;
  std::thread thread([&] {
    base::UniqueFd listener = listen_to_this_thread();
    const bool allowed = static_cast<bool>(listener);
    listening.set_value(std::move(listener));
    if (allowed) story();
    tell(finished.get());
  });
  base::UniqueFd listener = listening.get_future().get();
  const bool allowed = static_cast<bool>(listener);
  std::uint64_t calls = 0;
  pollfd waits[2] = {{listener.get(), POLLIN, 0}, {finished.get(), POLLIN, 0}};
  bool over = !allowed;
  while (!over) {
    if (::poll(waits, 2, -1) < 0) continue;
    if ((waits[0].revents & POLLIN) != 0) answer(listener.get(), calls, failing);
    over = (waits[1].revents & POLLIN) != 0 || (waits[0].revents & POLLHUP) != 0;
  }
  // The end of a thread makes calls as well (malloc gives memory back, and looks first whether it
  // should): nobody listens any more, so they fail at once.
  listener.reset();
  thread.join();
  if (!allowed) return std::nullopt;
  return calls;
}

}  // namespace lull::clean
