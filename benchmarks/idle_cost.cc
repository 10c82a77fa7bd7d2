// SPDX-License-Identifier: MIT
// What the running agent costs while nobody uses it: memory, processor time and wake-ups over a
// window.
//
//   idle_cost [--tray] [--window SECONDS] [--settle SECONDS] [--pid PID] [--json]
//
// Without --pid it starts an agent of its own with a home in a temporary tree, and ends with 1 if
// that misses a goal. A job that ran within the window is named: then it was not idle (on a busy
// machine the first scan waits, and may come at any time). With --tray that agent has a live icon
// on xfce4-panel on a screen without a monitor, and conky, tint2 and the panel's systemload plugin
// are there beside it for the same window; peers that are not installed are named. Any other
// program may be looked at by its --pid; it has no goals.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "benchmarks/support/bare_desktop.h"
#include "benchmarks/support/idle_process.h"
#include "core/base/clock.h"
#include "tests/support/sandbox.h"

namespace lull::benchmarks {
namespace {

struct Options {
  int window_seconds = 90;
  // The first scan is due 45 s after the start and is work; pools end after ten idle seconds.
  int settle_seconds = 75;
  int pid = 0;
  bool tray = false;
  bool json = false;
};

// At most; DESIGN.md, "Cheap". Nobody promises the PSS of an agent without an icon.
struct Goals {
  double uss_mib, pss_mib, wakeups_per_second, cpu_seconds_per_hour;
};
constexpr Goals kWithIcon{4, 6, 0.5, 0.7};
constexpr Goals kWithoutIcon{3.5, 6, 0.2, 0.3};

struct Program {
  std::string name;
  pid_t pid = 0;  // 0: it is not here
  IdleCost cost;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto number = [&] {
      if (i + 1 >= argc) throw std::runtime_error(argument + " needs a number");
      return std::stoi(argv[++i]);
    };
    if (argument == "--window") {
      options.window_seconds = std::max(1, number());
    } else if (argument == "--settle") {
      options.settle_seconds = number();
    } else if (argument == "--pid") {
      options.pid = number();
    } else if (argument == "--tray") {
      options.tray = true;
    } else if (argument == "--json") {
      options.json = true;
    } else {
      throw std::runtime_error("unknown argument " + argument +
                               "; use [--tray] [--window S] [--settle S] [--pid PID] [--json]");
    }
  }
  if (options.tray && options.pid != 0)
    throw std::runtime_error("--tray starts programs of its own, so it takes no --pid");
  return options;
}

void measure(std::vector<Program>& programs, const Options& options) {
  std::this_thread::sleep_for(std::chrono::seconds(options.settle_seconds));
  std::vector<Program*> present;
  std::vector<pid_t> pids;
  for (Program& program : programs) {
    if (program.pid == 0) continue;
    present.push_back(&program);
    pids.push_back(program.pid);
  }
  const std::vector<IdleCost> costs = watch_idle(pids, options.window_seconds);
  for (std::size_t i = 0; i < costs.size(); ++i) present[i]->cost = costs[i];
}

bool meets(const IdleCost& cost, const Goals& goals) {
  return cost.uss_mib <= goals.uss_mib && cost.pss_mib <= goals.pss_mib &&
         cost.wakeups_per_second <= goals.wakeups_per_second &&
         cost.cpu_seconds_per_hour <= goals.cpu_seconds_per_hour;
}

// The jobs of the user's agent that began since then, from what it says itself.
std::vector<std::string> jobs_begun_since(support::Sandbox& user, base::WallTime then) {
  std::vector<std::string> names;
  const auto jobs = user.lull({"jobs", "--json"}).json();
  for (const auto& job : jobs.as_array())
    if (const auto* at = job.at("last_started_at").if_string())
      if (const auto began = base::parse_rfc3339(std::string(*at)); began && *began >= then)
        names.emplace_back(job.at("name").as_string());
  return names;
}

void report_json(const Options& options, const std::vector<Program>& programs) {
  std::printf("{\"window_seconds\":%d,\"programs\":[", options.window_seconds);
  const char* separator = "";
  for (const Program& program : programs) {
    if (program.pid == 0) continue;
    std::printf(
        "%s{\"name\":\"%s\",\"uss_bytes\":%.0f,\"most_uss_bytes\":%.0f,\"pss_bytes\":%.0f,"
        "\"wakeups_per_second\":%.3f,\"cpu_seconds_per_hour\":%.3f,\"threads\":%d}",
        separator, program.name.c_str(), program.cost.uss_mib * 1048576,
        program.cost.most_uss_mib * 1048576, program.cost.pss_mib * 1048576,
        program.cost.wakeups_per_second, program.cost.cpu_seconds_per_hour, program.cost.threads);
    separator = ",";
  }
  std::puts("]}");
}

void report(const Options& options, const std::vector<Program>& programs, const Goals* goals) {
  std::printf("%-28s %9s %9s %9s %9s %11s %9s %8s\n",
              ("mean of " + std::to_string(options.window_seconds) + " s").c_str(), "USS MiB",
              "most USS", "PSS MiB", "RSS MiB", "wake-ups/s", "CPU s/h", "threads");
  for (const Program& program : programs) {
    const IdleCost& cost = program.cost;
    if (program.pid == 0) {
      std::printf("%-28s\n", program.name.c_str());
      continue;
    }
    std::printf("%-28s %9.2f %9.2f %9.2f %9.2f %11.2f %9.2f %8d\n", program.name.c_str(),
                cost.uss_mib, cost.most_uss_mib, cost.pss_mib, cost.rss_mib,
                cost.wakeups_per_second, cost.cpu_seconds_per_hour, cost.threads);
  }
  if (goals == nullptr) return;
  std::printf("%-28s %9.2f %9s %9.2f %9s %11.2f %9.2f  %s\n", "goal for lull, at most",
              goals->uss_mib, "", goals->pss_mib, "", goals->wakeups_per_second,
              goals->cpu_seconds_per_hour, meets(programs[0].cost, *goals) ? "met" : "missed");
}

int run(const Options& options) {
  support::Sandbox user;
  std::unique_ptr<BareDesktop> desktop;
  std::unique_ptr<support::Process> agent;
  std::vector<Program> programs;
  if (options.pid != 0) {
    programs.push_back({"process " + std::to_string(options.pid), options.pid, {}});
  } else {
    if (options.tray) desktop = std::make_unique<BareDesktop>(user);
    agent = user.start_agent();
    programs.push_back({"lull agent", agent->pid(), {}});
  }
  if (desktop) {
    desktop->wait_for_item();
    for (const auto& peer : desktop->start_peers()) programs.push_back({peer.name, peer.pid, {}});
  }
  measure(programs, options);
  const auto begin =
      std::chrono::floor<base::WallTime::duration>(std::chrono::system_clock::now()) -
      std::chrono::seconds(options.window_seconds);
  if (agent)
    for (const std::string& job : jobs_begun_since(user, begin))
      std::cerr << "idle_cost: not idle: the job " << job << " ran within the window\n";
  const Goals* const goals = options.pid != 0 ? nullptr : options.tray ? &kWithIcon : &kWithoutIcon;
  options.json ? report_json(options, programs) : report(options, programs, goals);
  return goals == nullptr || meets(programs[0].cost, *goals) ? 0 : 1;
}

}  // namespace
}  // namespace lull::benchmarks

int main(int argc, char** argv) {
  try {
    return lull::benchmarks::run(lull::benchmarks::parse(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "idle_cost: " << error.what() << '\n';
    return 1;
  }
}
