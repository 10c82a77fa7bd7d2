// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/unique_fd.h"

// The bare system calls below a reading: what no program that wants the same numbers can do
// without.
namespace lull::benchmarks {

// One file, kept open, read from its start; nothing is understood.
class KeptRead {
 public:
  explicit KeptRead(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  explicit operator bool() const { return static_cast<bool>(fd_); }
  ssize_t operator()() const {
    std::array<char, 4096> buffer;
    return ::pread(fd_.get(), buffer.data(), buffer.size(), 0);
  }

 private:
  base::UniqueFd fd_;
};

// /proc/PID/stat of every process there is now, kept open: the floor of a listing. (Finding out
// which processes there are comes on top and is not part of it.)
class KeptStats {
 public:
  KeptStats() {
    for (const auto& entry : std::filesystem::directory_iterator("/proc"))
      if (const std::string name = entry.path().filename(); name[0] >= '1' && name[0] <= '9')
        if (KeptRead file(entry.path() / "stat"); file) files_.push_back(std::move(file));
  }
  void operator()() const {
    for (const KeptRead& file : files_) file();
  }
  std::size_t size() const { return files_.size(); }

 private:
  std::vector<KeptRead> files_;
};

inline std::size_t count_processes() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc"))
    if (const std::string name = entry.path().filename(); name[0] >= '1' && name[0] <= '9') ++count;
  return count;
}

// Sleeping children, so that the machine has `total` processes; they end with this object.
class Sleepers {
 public:
  explicit Sleepers(std::size_t total) {
    ::rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::signal(SIGUSR1, [](int) {});  // theirs as well
    for (std::size_t have = count_processes(); have < total; ++have) {
      const pid_t pid = ::fork();
      if (pid < 0) break;
      if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) ::pause();
      }
      children_.push_back(pid);
    }
  }
  ~Sleepers() {
    for (const pid_t pid : children_) ::kill(pid, SIGKILL);
    for (const pid_t pid : children_) ::waitpid(pid, nullptr, 0);
  }
  // Each runs for a moment.
  void wake() const {
    for (const pid_t pid : children_) ::kill(pid, SIGUSR1);
  }
  Sleepers(const Sleepers&) = delete;
  Sleepers& operator=(const Sleepers&) = delete;

 private:
  std::vector<pid_t> children_;
};

}  // namespace lull::benchmarks
