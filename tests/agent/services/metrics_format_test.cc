// SPDX-License-Identifier: MIT
// What strict readers of others say about our metrics. Each test is skipped where its reader is not
// installed: `promtool` (Debian: prometheus), Python's prometheus_client
// (python3-prometheus-client).
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "agent/services/agent_metrics.h"
#include "tests/support/temp_dir.h"

namespace lull::agent {
namespace {

// Every family there is, with awkward labels.
std::string everything() {
  MetricsSources sources;
  model::Snapshot& snapshot = sources.snapshot;
  snapshot.version = "1.2.3 \"quoted\\\"";
  snapshot.agent = model::AgentInfo{1, std::chrono::seconds(90), 3'000'000, 0.25};
  snapshot.memory.emplace();
  snapshot.pressure.emplace();
  snapshot.cpu = model::CpuSample{50.0, 2, 1};
  snapshot.disks = {{"/", "/dev/a", "ext4", 100, 40}, {"/mnt/a \"b\"\n\\", "/dev/b", "xfs", 9, 8}};
  snapshot.reclaimable = model::Reclaimable{77, base::WallTime(std::chrono::seconds(1000))};
  model::JobStatus job;
  job.name = "scan";
  job.state = "running";
  job.last_started_at = base::WallTime(std::chrono::seconds(1'800'000'000));
  snapshot.jobs = {job};
  sources.caches = {{"directory_sizes", 3, 1, 2, 10, 4096, 1000}, {"file_metadata", 1}};
  sources.runs["scan"] = {};
  return agent_metrics(sources);
}

// promtool reads the older text format: a counter's family is named like its samples there.
std::string in_classic_format(const std::string& openmetrics) {
  std::map<std::string, std::string> suffixes;
  std::istringstream lines(openmetrics);
  for (std::string hash, word, name, type, rest; std::getline(lines, rest);) {
    std::istringstream words(rest);
    words >> hash >> word >> name >> type;
    if (word == "TYPE" && type == "counter") suffixes[name] = "_total";
    if (word == "TYPE" && type == "info") suffixes[name] = "_info";
  }
  std::string classic;
  lines.clear();
  lines.seekg(0);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# UNIT") || line == "# EOF") continue;
    if (line.starts_with("# ")) {
      const std::size_t end = line.find(' ', 7);
      const std::string name = line.substr(7, end - 7);
      std::string rest = line.substr(end);
      if (rest == " info") rest = " gauge";
      line = line.substr(0, 7) + name + suffixes[name] + rest;
    }
    classic += line + "\n";
  }
  return classic;
}

int run(const std::string& command) { return std::system(command.c_str()); }

TEST(MetricsFormat, PromtoolHasNothingToSay) {
  if (run("command -v promtool >/dev/null 2>&1") != 0) GTEST_SKIP() << "there is no promtool";
  const support::TempDir temp;
  const std::string file = temp.write("metrics", in_classic_format(everything()));
  const std::string said = temp / "said";
  EXPECT_EQ(run("promtool check metrics <'" + file + "' >'" + said + "' 2>&1"), 0);
  std::ostringstream text;
  text << std::ifstream(said).rdbuf();
  EXPECT_EQ(text.str(), "");
}

TEST(MetricsFormat, AStrictReaderOfOpenMetricsTakesThem) {
  if (run("python3 -c 'import prometheus_client' >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "there is no python3-prometheus-client";
  const support::TempDir temp;
  const std::string file = temp.write("metrics", everything());
  const std::string program =
      temp.write("read.py",
                 "import sys\n"
                 "from prometheus_client.openmetrics import parser\n"
                 "text = open(sys.argv[1], encoding='utf-8').read()\n"
                 "families = list(parser.text_string_to_metric_families(text))\n"
                 "assert len(families) > 20, len(families)\n"
                 "assert all(f.documentation for f in families)\n");
  EXPECT_EQ(run("python3 '" + program + "' '" + file + "'"), 0);
}

}  // namespace
}  // namespace lull::agent
