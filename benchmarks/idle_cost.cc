// SPDX-License-Identifier: MIT
// What the running agent costs while nobody uses it: memory, processor time and wake-ups over a
// window.
//
//   idle_cost [--window SECONDS] [--settle SECONDS] [--pid PID] [--json]
//
// Without --pid it starts an agent of its own with a home in a temporary tree, and ends with 1 if
// that misses a goal. A peer to compare with is any other program's --pid; it has no goals.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <time.h>

#include "tests/support/sandbox.h"

namespace {

struct Options {
  int window_seconds = 90;
  // The first scan is due 45 s after the start and is work; pools end after ten idle seconds.
  int settle_seconds = 75;
  int pid = 0;
  bool json = false;
};

struct Cost {
  std::uint64_t uss_kib = 0;
  std::uint64_t pss_kib = 0;
  std::uint64_t rss_kib = 0;
  // Voluntary context switches by thread: how often each went to sleep. What a thread that ended
  // did is not known any more: settle first.
  std::map<std::string, std::uint64_t> switches;
  double cpu_seconds = 0;
  int threads = 0;
};

std::uint64_t field_of(const std::string& file, const std::string& name) {
  std::ifstream lines(file);
  std::uint64_t sum = 0;
  for (std::string line; std::getline(lines, line);)
    if (line.rfind(name + ":", 0) == 0) sum += std::stoull(line.substr(name.size() + 1));
  return sum;
}

// The clock of a process is exact where the ticks of /proc/PID/stat are 10 ms wide, and counts
// threads that have ended.
double cpu_seconds_of(int pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
    throw std::runtime_error("no such process: " + std::to_string(pid));
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

Cost measure(int pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  const std::string rollup = process + "/smaps_rollup";
  Cost cost;
  cost.uss_kib = field_of(rollup, "Private_Clean") + field_of(rollup, "Private_Dirty");
  cost.pss_kib = field_of(rollup, "Pss");
  cost.rss_kib = field_of(rollup, "Rss");
  for (const auto& task : std::filesystem::directory_iterator(process + "/task")) {
    const std::string path = task.path().string();
    cost.switches[path] = field_of(path + "/status", "voluntary_ctxt_switches");
    ++cost.threads;
  }
  cost.cpu_seconds = cpu_seconds_of(pid);
  return cost;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto number = [&] {
      if (i + 1 >= argc) throw std::runtime_error(argument + " needs a number");
      return std::stoi(argv[++i]);
    };
    if (argument == "--window") {
      options.window_seconds = number();
    } else if (argument == "--settle") {
      options.settle_seconds = number();
    } else if (argument == "--pid") {
      options.pid = number();
    } else if (argument == "--json") {
      options.json = true;
    } else {
      throw std::runtime_error("unknown argument " + argument +
                               "; use [--window S] [--settle S] [--pid PID] [--json]");
    }
  }
  return options;
}

std::uint64_t switches_between(const Cost& before, const Cost& after) {
  std::uint64_t sum = 0;
  for (const auto& [thread, count] : after.switches) {
    const auto earlier = before.switches.find(thread);
    sum += count - (earlier == before.switches.end() ? 0 : earlier->second);
  }
  return sum;
}

struct Figure {
  const char* name;
  const char* unit;
  double value;
  double goal;  // at most; without an icon
  bool is_met() const { return value <= goal; }
};

std::vector<Figure> figures(const Options& options, const Cost& before, const Cost& after) {
  const double seconds = options.window_seconds;
  return {{"USS", "MiB", static_cast<double>(after.uss_kib) / 1024, 3.5},
          {"wake-ups", "/s", static_cast<double>(switches_between(before, after)) / seconds, 0.2},
          {"CPU", "s/h", (after.cpu_seconds - before.cpu_seconds) * 3600 / seconds, 0.3}};
}

void report_json(const Options& options, const std::vector<Figure>& all, const Cost& after) {
  std::printf(
      "{\"window_seconds\":%d,\"uss_bytes\":%llu,\"pss_bytes\":%llu,"
      "\"wakeups_per_second\":%.3f,\"cpu_seconds_per_hour\":%.3f,\"threads\":%d}\n",
      options.window_seconds, static_cast<unsigned long long>(after.uss_kib * 1024),
      static_cast<unsigned long long>(after.pss_kib * 1024), all[1].value, all[2].value,
      after.threads);
}

void report(const Options& options, const std::vector<Figure>& all, const Cost& after) {
  std::printf("window %d s            goal (no icon)\n", options.window_seconds);
  for (const Figure& figure : all) {
    std::printf("%-10s %8.3f %-5s %4.1f", figure.name, figure.value, figure.unit, figure.goal);
    std::printf("%s\n", options.pid != 0 ? "" : figure.is_met() ? "  met" : "  missed");
  }
  std::printf("%-10s %8.3f MiB\n", "PSS", static_cast<double>(after.pss_kib) / 1024);
  std::printf("%-10s %8.3f MiB\n", "RSS", static_cast<double>(after.rss_kib) / 1024);
  std::printf("%-10s %8d\n", "threads", after.threads);
}

int run(const Options& options) {
  std::unique_ptr<lull::support::Sandbox> user;
  std::unique_ptr<lull::support::Process> agent;
  int pid = options.pid;
  if (pid == 0) {
    user = std::make_unique<lull::support::Sandbox>();
    agent = user->start_agent();
    pid = agent->pid();
  }
  std::this_thread::sleep_for(std::chrono::seconds(options.settle_seconds));
  const Cost before = measure(pid);
  std::this_thread::sleep_for(std::chrono::seconds(options.window_seconds));
  const Cost after = measure(pid);
  const auto all = figures(options, before, after);
  options.json ? report_json(options, all, after) : report(options, all, after);
  const bool is_ours = options.pid == 0;
  return !is_ours || std::all_of(all.begin(), all.end(), [](auto& one) { return one.is_met(); })
             ? 0
             : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "idle_cost: " << error.what() << '\n';
    return 1;
  }
}
