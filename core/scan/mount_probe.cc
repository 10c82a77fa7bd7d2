// SPDX-License-Identifier: MIT
#include "core/scan/mount_probe.h"

#include <cerrno>

#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/scan/dead_mounts.h"
#include "core/scan/real_path.h"

namespace lull::scan {
namespace {

// Nothing of ours may live on in a process that never ends: locks and sockets least of all.
void close_all_but(int kept) {
  rlimit limit{};
  const int most = ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536
                       ? static_cast<int>(limit.rlim_cur)
                       : 65536;
  for (int fd = 0; fd < most; ++fd)
    if (fd != kept) ::close(fd);
}

// Between fork() and _exit() nothing but system calls: other threads may have held any lock.
[[noreturn]] void ask(const char* path, int told) {
  // A grandchild belongs to nobody who would have to wait for it.
  if (::fork() != 0) ::_exit(0);
  close_all_but(told);
  struct stat status {};
  const char answer = ::lstat(path, &status) == 0 ? 'y' : 'n';
  [[maybe_unused]] const ssize_t written = ::write(told, &answer, 1);
  ::_exit(0);
}

bool answers_within(const std::string& path, base::Duration patience) {
  int ends[2];
  if (::pipe(ends) != 0) return false;
  const base::UniqueFd answer(ends[0]);
  base::UniqueFd told(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) ask(path.c_str(), told.get());
  told.reset();
  if (child < 0) return false;
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
  const base::SteadyTime until = base::system_clock().now() + patience;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - base::system_clock().now());
    if (left.count() <= 0) return false;
    pollfd poll{answer.get(), POLLIN, 0};
    const int ready = ::poll(&poll, 1, static_cast<int>(left.count()));
    char byte = 0;
    if (ready > 0) return ::read(answer.get(), &byte, 1) == 1;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace

base::Status file_system_answers(const std::string& path, std::string_view home,
                                 base::Duration patience) {
  const MountsThatMayHang mounts = MountsThatMayHang::find();
  if (mounts.empty()) return {};
  const auto real = real_path(path, mounts, home);
  if (real || real.error().code != base::ErrorCode::kUnavailable) return {};
  if (answers_within(path, patience)) return {};
  return base::fail(base::ErrorCode::kTimeout,
                    "timed out: no answer within " + base::format_duration(patience) +
                        "; the server or program behind its file system may be gone",
                    path);
}

}  // namespace lull::scan
