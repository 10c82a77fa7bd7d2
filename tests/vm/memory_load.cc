// SPDX-License-Identifier: MIT
// Programs that use memory in the ways that relief is about; linked statically, for a machine of
// the test's own.
//   hold MIB PIDFILE RESULT       cold memory; at SIGUSR1 "the user is back": touches all of it and
//                                 writes how many milliseconds that took
//   hot MIB FILE READYFILE        touches so much, and FILE by a mapping, ten times a second; its
//                                 pid is in READYFILE then. From one SIGUSR1 to the next the time
//                                 that each megabyte took is noted; READYFILE.touch gets
//                                 "P50 P99 WORST" in milliseconds
//   arrive MIB SECONDS RESULT     fills so much at once, writes how long that took, keeps touching
//   it
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kPage = 4096;
constexpr std::size_t kMiB = std::size_t{1} << 20;
volatile std::sig_atomic_t is_back = 0;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

void say(const char* path, double value) { std::ofstream(path) << value << '\n'; }

// Half of each page is noise, so that it compresses to about a half.
char* filled(std::size_t bytes) {
  void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) std::exit(1);
  auto* words = static_cast<std::uint64_t*>(at);
  std::uint64_t noise = 88172645463325252ull;
  for (std::size_t page = 0; page < bytes / kPage; ++page)
    for (std::size_t i = 0; i < kPage / 16; ++i) {
      noise ^= noise << 13, noise ^= noise >> 7, noise ^= noise << 17;
      words[page * (kPage / 8) + i] = noise;
    }
  return static_cast<char*>(at);
}

void touch(const char* at, std::size_t bytes) {
  static volatile char sink;
  for (std::size_t offset = 0; offset < bytes; offset += kPage)
    sink = static_cast<char>(sink + at[offset]);
}

int hold(std::size_t bytes, const char* pid_file, const char* result) {
  const char* memory = filled(bytes);
  ::signal(SIGUSR1, [](int) { is_back = 1; });
  sigset_t none, usr1;
  sigemptyset(&none);
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &usr1, nullptr);
  say(pid_file, ::getpid());
  for (;;) {
    ::sigsuspend(&none);
    if (is_back == 0) continue;
    is_back = 0;
    const auto start = Clock::now();
    touch(memory, bytes);
    say(result, milliseconds_since(start));
  }
}

void say_quantiles(const std::string& path, std::vector<double>& took) {
  std::sort(took.begin(), took.end());
  const auto at = [&](double share) {
    return took.empty()
               ? 0
               : took[static_cast<std::size_t>(share * static_cast<double>(took.size() - 1))];
  };
  std::ofstream(path) << at(0.5) << ' ' << at(0.99) << ' ' << at(1) << '\n';
  took.clear();
}

void touch_and_note(const char* at, std::size_t bytes, std::vector<double>* took) {
  for (std::size_t offset = 0; offset < bytes; offset += kMiB) {
    const auto start = Clock::now();
    touch(at + offset, std::min(kMiB, bytes - offset));
    if (took != nullptr) took->push_back(milliseconds_since(start));
  }
}

int hot(std::size_t bytes, const char* path, const char* ready) {
  ::signal(SIGUSR1, [](int) { is_back = 1; });
  const char* memory = filled(bytes);
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  struct ::stat status {};
  if (fd < 0 || ::fstat(fd, &status) != 0) return 1;
  const auto size = static_cast<std::size_t>(status.st_size);
  const char* file = static_cast<char*>(::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0));
  touch(file, size);
  say(ready, ::getpid());
  std::vector<double> took;
  for (bool is_noting = false;;) {
    touch_and_note(memory, bytes, is_noting ? &took : nullptr);
    touch_and_note(file, size, is_noting ? &took : nullptr);
    if (is_back != 0) {
      is_back = 0;
      if (is_noting) say_quantiles(std::string(ready) + ".touch", took);
      is_noting = !is_noting;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

int arrive(std::size_t bytes, double seconds, const char* result) {
  const auto start = Clock::now();
  const char* memory = filled(bytes);
  say(result, milliseconds_since(start));
  while (milliseconds_since(start) < seconds * 1000) {
    touch(memory, bytes);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) return 2;
  const std::string what = words[1];
  const std::size_t bytes = std::strtoul(words[2], nullptr, 10) * kMiB;
  if (what == "hold") return hold(bytes, words[3], words[4]);
  if (what == "hot") return hot(bytes, words[3], words[4]);
  if (what == "arrive") return arrive(bytes, std::strtod(words[3], nullptr), words[4]);
  return 2;
}
