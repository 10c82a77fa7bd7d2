// SPDX-License-Identifier: MIT
// What strict readers of others say about our metrics. Each test is skipped where its reader is not
// installed: `promtool` (Debian: prometheus), Python's prometheus_client
// (python3-prometheus-client).
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/agent/services/every_metric.h"
#include "tests/support/temp_dir.h"

namespace lull::agent {
namespace {

int run(const std::string& command) { return std::system(command.c_str()); }

TEST(MetricsFormat, PromtoolHasNothingToSay) {
  if (run("command -v promtool >/dev/null 2>&1") != 0) GTEST_SKIP() << "there is no promtool";
  const support::TempDir temp;
  const std::string file = temp.write("metrics", everything(MetricsFormat::kPrometheus));
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
  const std::string file = temp.write("metrics", everything(MetricsFormat::kOpenMetrics));
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
