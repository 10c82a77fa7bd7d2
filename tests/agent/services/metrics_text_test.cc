// SPDX-License-Identifier: MIT
#include "agent/services/metrics_text.h"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <gtest/gtest.h>

namespace lull::agent {
namespace {

using Label = std::pair<std::string_view, std::string_view>;

TEST(MetricsText, WritesFamiliesWithMetadataBeforeTheirSamples) {
  MetricsText text;
  text.gauge("lull_x_bytes", "bytes", "What x takes.", 12.0);
  EXPECT_EQ(std::move(text).finish(),
            "# TYPE lull_x_bytes gauge\n"
            "# UNIT lull_x_bytes bytes\n"
            "# HELP lull_x_bytes What x takes.\n"
            "lull_x_bytes 12\n"
            "# EOF\n");
}

TEST(MetricsText, CountersEndInTotalAndInfosInInfo) {
  MetricsText text;
  text.counter("lull_runs", "", "Runs.", 3);
  text.family("lull_build", MetricsText::Type::kInfo, "", "Build.");
  text.sample(1, std::array{Label{"version", "1"}});
  EXPECT_EQ(std::move(text).finish(),
            "# TYPE lull_runs counter\n# HELP lull_runs Runs.\nlull_runs_total 3\n"
            "# TYPE lull_build info\n# HELP lull_build Build.\nlull_build_info{version=\"1\"} 1\n"
            "# EOF\n");
}

// node_exporter refuses a whole file for a type it does not know, and calls a sample whose family
// is named otherwise untyped.
TEST(MetricsText, InTheOlderFormatFamiliesAreNamedLikeTheirSamples) {
  MetricsText text(MetricsFormat::kPrometheus);
  text.counter("lull_run_seconds", "seconds", "Runs.", 3);
  text.family("lull_build", MetricsText::Type::kInfo, "", "Build.");
  text.sample(1, std::array{Label{"version", "1"}});
  EXPECT_EQ(std::move(text).finish(),
            "# TYPE lull_run_seconds_total counter\n# HELP lull_run_seconds_total Runs.\n"
            "lull_run_seconds_total 3\n"
            "# TYPE lull_build_info gauge\n# HELP lull_build_info Build.\n"
            "lull_build_info{version=\"1\"} 1\n");
}

TEST(MetricsText, EscapesLabels) {
  MetricsText text;
  text.family("m", MetricsText::Type::kGauge, "", "h");
  text.sample(1, std::array{Label{"path", "a\"b\\c\nd"}, Label{"x", "y"}});
  EXPECT_NE(std::move(text).finish().find(R"(m{path="a\"b\\c\nd",x="y"} 1)"), std::string::npos);
}

TEST(MetricsText, WhatIsUnknownHasNoSample) {
  MetricsText text;
  text.gauge("m", "", "h", std::nullopt);
  EXPECT_EQ(std::move(text).finish(), "# EOF\n");
}

TEST(MetricsText, WritesNumbersThatReadBackTheSame) {
  for (const double value : {0.0, 0.1, 1e300, 123456789.125, 18446744073709551615.0}) {
    MetricsText text;
    text.gauge("m", "", "h", value);
    const std::string written = std::move(text).finish();
    const std::size_t at = written.rfind("\nm ") + 3;
    EXPECT_EQ(std::stod(written.substr(at)), value);
  }
}

TEST(MetricsText, NamesInfinityAsTheFormatDoes) {
  MetricsText text;
  text.gauge("m", "", "h", std::numeric_limits<double>::infinity());
  text.gauge("n", "", "h", std::nan(""));
  const std::string written = std::move(text).finish();
  EXPECT_NE(written.find("m +Inf"), std::string::npos);
  EXPECT_NE(written.find("n NaN"), std::string::npos);
}

}  // namespace
}  // namespace lull::agent
