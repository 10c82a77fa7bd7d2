// SPDX-License-Identifier: MIT
// Claim: the disk usage of a tree costs at most 1.10 times the bare system calls on two threads at
// every size, takes at most 24 MiB, and is faster than every peer; and what an entry costs is flat
// from the smallest size to the largest: it grows at most 1.10 times as much as the floor's does.
//   scan_compare [--rounds N] [ENTRIES…]    10,000, 100,000 and 1,000,000 if none is named
//   LULL_BENCH_TREES=DIRECTORY              keeps the trees there for the next run
// Whole programs, from start to end, by turns in every round, with warm caches (a round before the
// first is not counted). Peers that are not installed are named, and nothing is claimed of them.
// Wall is the least, because everything that a shared machine does to a run makes it longer; CPU is
// the median. Ends with 1 if a claim does not hold, or two that should agree on the bytes do not.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <oneapi/tbb/task_arena.h>

#include "benchmarks/support/big_tree.h"
#include "benchmarks/support/child_cost.h"
#include "benchmarks/support/claims.h"
#include "benchmarks/support/walk_floor.h"
#include "core/scan/tree_size.h"

namespace lull::benchmarks {
namespace {

constexpr int kThreads = 2;
constexpr double kMostOfFloor = 1.10;
constexpr double kMostMib = 24;
constexpr double kMostGrowth = 1.10;  // of what an entry costs, beside the floor's

struct Contestant {
  const char* name;
  std::vector<std::string> words;  // the path follows
  bool tells_bytes = false;        // the first number it prints must be right
  bool is_peer = false;
};

std::string own_path() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

std::vector<Contestant> contestants() {
  const std::string self = own_path();
  const std::string lull = std::filesystem::path(self).replace_filename("lull").string();
  return {
      {"floor, 1 thread", {self, "--run", "floor-1"}, true},
      {"floor, 2 threads", {self, "--run", "floor-2"}, true},
      {"lull, the walk", {self, "--run", "walk"}, true},
      {"lull size", {lull, "size", "--fresh"}, false},
      {"du", {"du", "-s", "-x", "--block-size=1"}, true, true},
      {"diskus", {"diskus"}, false, true},
      {"ncdu", {"ncdu", "-0", "-x", "-o", "/dev/null"}, false, true},
      {"gdu", {"gdu", "-n", "-p", "-c", "-s", "-x"}, false, true},
      {"bfs", {"bfs", "-xdev", "-printf", "%b %i\\n", "-f"}, false, true},
      {"dust", {"dust", "-x", "-d", "0"}, false, true},
      {"dua", {"dua", "-x", "aggregate"}, false, true},
      {"pdu", {"pdu", "--max-depth", "1"}, false, true},
  };
}

struct Row {
  Contestant who;
  std::vector<double> wall, cpu;
  double resident_mib = 0;
  std::uint64_t bytes = 0;
};

double least(const std::vector<double>& values) {
  return *std::min_element(values.begin(), values.end());
}
double middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// In a process of its own, so that its memory and its start are its own too.
int run_one(const std::string& name, const std::string& path) {
  std::uint64_t bytes = 0;
  if (name == "walk") {
    tbb::task_arena arena(kThreads);
    scan::WalkOptions options;
    options.width = kThreads;
    const auto size = arena.execute([&] { return scan::measure_tree(path, options); });
    if (!size) return 1;
    bytes = size->allocated_bytes;
  } else {
    bytes = walk_floor(path, name == "floor-1" ? 1 : kThreads).bytes;
  }
  std::printf("%llu\n", static_cast<unsigned long long>(bytes));
  return 0;
}

bool run_round(std::vector<Row>& rows, const std::string& path, bool counts, Claims& claims) {
  for (auto row = rows.begin(); row != rows.end();) {
    std::vector<std::string> words = row->who.words;
    words.push_back(path);
    const ChildCost cost = run_child(words, row->who.tells_bytes);
    if (cost.exit_code == 127) {
      std::printf("skipped: %s (not installed)\n", row->who.name);
      if (row->who.is_peer) claims.leave_out(row->who.name);
      row = rows.erase(row);
      continue;
    }
    if (counts) {
      row->wall.push_back(cost.wall);
      row->cpu.push_back(cost.cpu);
    }
    row->resident_mib = std::max(row->resident_mib, cost.resident_mib);
    if (row->who.tells_bytes) row->bytes = std::strtoull(cost.output.c_str(), nullptr, 10);
    ++row;
  }
  return std::all_of(rows.begin(), rows.end(), [&](const Row& row) {
    return !row.who.tells_bytes || row.bytes == rows.front().bytes;
  });
}

void print_table(const std::vector<Row>& rows, std::uint64_t entries) {
  const double wall_floor = least(rows[1].wall);
  const double cpu_floor = middle(rows[0].cpu);
  std::printf("\n%-18s %9s %9s %9s %9s %9s %9s\n", "", "wall ms", "÷ floor", "CPU ms", "÷ floor",
              "RSS MiB", "ns/entry");
  for (const Row& row : rows)
    std::printf("%-18s %9.1f %8.2f %9.1f %8.2f %9.1f %9.0f\n", row.who.name, least(row.wall) * 1e3,
                least(row.wall) / wall_floor, middle(row.cpu) * 1e3, middle(row.cpu) / cpu_floor,
                row.resident_mib, least(row.wall) * 1e9 / static_cast<double>(entries));
  std::fflush(stdout);
}

void judge(const std::vector<Row>& rows, Claims& claims) {
  const double floor = least(rows[1].wall);
  const Row& ours = rows[2];
  const double wall = least(ours.wall);
  claims.claim(wall <= kMostOfFloor * floor, "at most 1.10 times the floor on two threads");
  claims.claim(ours.resident_mib <= kMostMib, "at most 24 MiB");
  for (const Row& row : rows)
    if (row.who.is_peer)
      claims.claim(wall < least(row.wall), "faster than " + std::string(row.who.name));
}

// Of one size.
struct Compared {
  std::uint64_t entries = 0;
  double floor = 0, ours = 0;  // seconds for an entry
  bool holds = false;
};

Compared compare(std::uint64_t entries, int rounds) {
  const BigTree tree(entries);
  Claims claims;
  std::vector<Row> rows;
  for (Contestant& who : contestants()) rows.push_back({std::move(who), {}, {}, 0, 0});
  bool agreed = run_round(rows, tree.path(), false, claims);
  for (int round = 0; round < rounds; ++round) agreed &= run_round(rows, tree.path(), true, claims);
  std::printf("\n%llu entries, %d rounds, %s", static_cast<unsigned long long>(entries), rounds,
              agreed ? "all agree on the bytes" : "THE BYTES DIFFER");
  print_table(rows, entries);
  judge(rows, claims);
  std::printf("%s\n", claims.words().c_str());
  const auto count = static_cast<double>(entries);
  return {entries, least(rows[1].wall) / count, least(rows[2].wall) / count,
          claims.hold() && agreed};
}

// From the smallest size to the dearest of the larger ones.
bool is_flat(std::vector<Compared> sizes) {
  std::sort(sizes.begin(), sizes.end(),
            [](const Compared& a, const Compared& b) { return a.entries < b.entries; });
  Claims claims;
  if (sizes.size() < 2) claims.leave_out("the cost of an entry at another size");
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    const double ours = sizes[i].ours / sizes.front().ours;
    const double floor = sizes[i].floor / sizes.front().floor;
    std::printf("an entry of %llu costs %.2f times one of %llu; on the floor %.2f times\n",
                static_cast<unsigned long long>(sizes[i].entries), ours,
                static_cast<unsigned long long>(sizes.front().entries), floor);
    claims.claim(ours <= kMostGrowth * floor, "flat to " + std::to_string(sizes[i].entries));
  }
  std::printf("flat: %s\n", claims.words().c_str());
  return claims.hold();
}

int run(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "--run") return run_one(words[1], words[2]);
  int rounds = 9;
  std::vector<std::uint64_t> sizes;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--rounds" && i + 1 < words.size())
      rounds = std::max(1, std::atoi(words[++i].c_str()));
    else
      sizes.push_back(std::strtoull(words[i].c_str(), nullptr, 10));
  }
  if (sizes.empty()) sizes = {10'000, 100'000, 1'000'000};
  std::vector<Compared> all;
  for (const std::uint64_t entries : sizes) all.push_back(compare(entries, rounds));
  const bool flat = is_flat(all);
  const bool hold = std::all_of(all.begin(), all.end(), [](const auto& one) { return one.holds; });
  return flat && hold ? 0 : 1;
}

}  // namespace
}  // namespace lull::benchmarks

int main(int argc, char** argv) { return lull::benchmarks::run(argc, argv); }
