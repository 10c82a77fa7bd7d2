// SPDX-License-Identifier: MIT
// Claims, of a real agent that is asked for the size of a tree again and again:
//   - a cached answer takes at most 1 ms in the agent;
//   - ten questions at once all end, and each says what du says;
//   - the agent grows by at most 20 MiB during all this, and gives it back when it is left alone.
//   agent_sizes [ENTRIES]             100,000 if nothing else is said
//   LULL_BENCH_TREES=DIRECTORY        keeps the tree there for the next run
// du is the peer, in the same run. Ends with 1 if a claim does not hold.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "agent/control/client.h"
#include "benchmarks/support/big_tree.h"
#include "benchmarks/support/child_cost.h"
#include "tests/support/sandbox.h"

namespace lull::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kMostCached = 0.001;  // seconds
constexpr double kMostGrowthMib = 20;
// Pages of code and libraries that were touched for the first time stay; ours are given back.
constexpr double kMostKeptMib = 4;
constexpr std::size_t kAtOnce = 10;
constexpr int kCachedCalls = 2000, kMeasurements = 5;
// The pools end after ten seconds without work.
constexpr auto kSettle = std::chrono::seconds(15);

std::unique_ptr<control::Client> connect(const std::string& socket) {
  auto client = control::Client::connect(socket);
  if (!client) throw std::runtime_error(client.error().to_string());
  return *std::move(client);
}

struct Answer {
  std::uint64_t bytes = 0;
  bool cached = false;
  double in_agent = 0, round_trip = 0;  // seconds
};

Answer ask(control::Client& client, const std::string& path, bool fresh) {
  const auto start = Clock::now();
  const auto reply = client.call("Size", {{"paths", boost::json::array{path}}, {"fresh", fresh}});
  const std::chrono::duration<double> round_trip = Clock::now() - start;
  if (!reply) throw std::runtime_error(reply.error().to_string());
  const auto& size = reply->at("paths").at(0);
  return {size.at("allocated_bytes").to_number<std::uint64_t>(), size.at("from_cache").as_bool(),
          reply->at("elapsed_seconds").to_number<double>(), round_trip.count()};
}

struct Du {
  std::uint64_t bytes = 0;
  double wall = 0;
};

Du du(const std::string& path) {
  const ChildCost cost = run_child({"du", "-s", "-x", "--block-size=1", path}, true);
  return {std::strtoull(cost.output.c_str(), nullptr, 10), cost.wall};
}

double share(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

// "VmRSS", "VmHWM" (the most since reset_most()), in MiB.
double status_mib(pid_t pid, const std::string& field) {
  std::ifstream lines("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(field + ":")) return std::stod(line.substr(field.size() + 1)) / 1024;
  throw std::runtime_error("no " + field);
}

void reset_most(pid_t pid) { std::ofstream("/proc/" + std::to_string(pid) + "/clear_refs") << "5"; }

class Claims {
 public:
  void hold(bool holds, const char* claim) {
    std::printf("  %-6s %s\n", holds ? "holds:" : "MISSED:", claim);
    missed_ = missed_ || !holds;
  }
  bool missed() const { return missed_; }

 private:
  bool missed_ = false;
};

void compare_cached(control::Client& client, const std::string& path, Claims& claims) {
  std::vector<double> du_walls, fresh, cached, trips;
  std::uint64_t du_bytes = 0;
  bool agree = true, all_cached = true;
  for (int i = 0; i < kMeasurements; ++i) {
    const Du peer = du(path);
    du_walls.push_back(peer.wall);
    du_bytes = peer.bytes;
    const Answer answer = ask(client, path, true);
    fresh.push_back(answer.in_agent);
    agree = agree && answer.bytes == peer.bytes;
  }
  for (int i = 0; i < kCachedCalls; ++i) {
    const Answer answer = ask(client, path, false);
    cached.push_back(answer.in_agent);
    trips.push_back(answer.round_trip);
    all_cached = all_cached && answer.cached;
    agree = agree && answer.bytes == du_bytes;
  }
  const double peer = share(du_walls, 0.5);
  std::printf("du -s, whole program        p50 %9.3f ms\n", peer * 1e3);
  std::printf("Size, everything read       p50 %9.3f ms   %.2f of du\n", share(fresh, 0.5) * 1e3,
              share(fresh, 0.5) / peer);
  std::printf("Size, cached, in the agent  p50 %9.3f ms   p99 %.3f ms, 1/%.0f of du\n",
              share(cached, 0.5) * 1e3, share(cached, 0.99) * 1e3, peer / share(cached, 0.5));
  std::printf("Size, cached, as asked      p50 %9.3f ms   p99 %.3f ms\n", share(trips, 0.5) * 1e3,
              share(trips, 0.99) * 1e3);
  claims.hold(share(cached, 0.5) <= kMostCached, "a cached answer takes at most 1 ms in the agent");
  claims.hold(all_cached, "all of them came from the cache");
  claims.hold(agree, "every answer says what du says");
}

// The tree and what lies directly in it, ten in all.
std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    if (entry.is_directory() && !entry.is_symlink()) parts.push_back(entry.path());
  std::sort(parts.begin(), parts.end());
  parts.insert(parts.begin(), path);
  for (std::size_t i = 0; parts.size() < kAtOnce; ++i) parts.push_back(parts[i]);
  parts.resize(kAtOnce);
  return parts;
}

void compare_at_once(const std::string& socket, const std::string& path, Claims& claims) {
  const std::vector<std::string> parts = parts_of(path);
  std::vector<Answer> answers(parts.size());
  std::vector<std::thread> asking;
  const auto start = Clock::now();
  for (std::size_t i = 0; i < parts.size(); ++i)
    asking.emplace_back([&, i] {
      try {
        answers[i] = ask(*connect(socket), parts[i], true);
      } catch (const std::exception& error) {
        std::cerr << "agent_sizes: " << error.what() << '\n';
      }
    });
  for (std::thread& one : asking) one.join();
  const std::chrono::duration<double> ours = Clock::now() - start;
  double theirs = 0;
  std::uint64_t sum = 0, du_sum = 0;
  bool agree = true;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Du peer = du(parts[i]);
    theirs += peer.wall;
    sum += answers[i].bytes;
    du_sum += peer.bytes;
    agree = agree && answers[i].bytes == peer.bytes;
  }
  std::printf("ten at once, all read       %.2f of ten du in turn; %llu bytes, du %llu\n",
              ours.count() / theirs, static_cast<unsigned long long>(sum),
              static_cast<unsigned long long>(du_sum));
  claims.hold(agree, "ten questions at once all end, and each says what du says");
}

int run(std::uint64_t entries) {
  const BigTree tree(entries);
  const BigTree small(1000);  // what the first walk touches of code and libraries is not growth
  support::Sandbox user;
  const auto agent = user.start_agent();
  const auto client = connect(user.socket());
  ask(*client, small.path(), true);
  std::this_thread::sleep_for(kSettle);
  const double before = status_mib(agent->pid(), "VmRSS");
  reset_most(agent->pid());
  std::printf("%llu entries\n", static_cast<unsigned long long>(entries));
  Claims claims;
  compare_cached(*client, tree.path(), claims);
  compare_at_once(user.socket(), tree.path(), claims);
  const double most = status_mib(agent->pid(), "VmHWM");
  std::this_thread::sleep_for(kSettle);
  const double after = status_mib(agent->pid(), "VmRSS");
  std::printf("resident: %.1f MiB before, %.1f at most (%+.1f), %.1f afterwards (%+.1f)\n", before,
              most, most - before, after, after - before);
  claims.hold(most - before <= kMostGrowthMib, "the agent grows by at most 20 MiB");
  claims.hold(after - before <= kMostKeptMib, "and gives it back (all but 4 MiB)");
  return claims.missed() ? 1 : 0;
}

}  // namespace
}  // namespace lull::benchmarks

int main(int argc, char** argv) {
  try {
    return lull::benchmarks::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000);
  } catch (const std::exception& error) {
    std::cerr << "agent_sizes: " << error.what() << '\n';
    return 1;
  }
}
