// SPDX-License-Identifier: MIT
// The dashboard and the alerts of packaging/linux ask for nothing that Lull does not export.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "tests/agent/services/every_metric.h"
#include "tests/support/temp_dir.h"

namespace lull::agent {
namespace {

const std::string kDirectory = LULL_PACKAGING_LINUX;

std::string file_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

std::set<std::string> names_in(const std::string& text) {
  static const std::regex name("\\blull_[a-z0-9_]+");
  return {std::sregex_token_iterator(text.begin(), text.end(), name), {}};
}

// As the samples are called that a server stores.
std::set<std::string> exported() {
  std::set<std::string> names;
  std::istringstream lines(everything(MetricsFormat::kPrometheus));
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line[0] != '#') names.insert(line.substr(0, line.find_first_of("{ ")));
  return names;
}

void expect_only_ours(const std::string& file) {
  const std::set<std::string> ours = exported();
  const std::set<std::string> asked = names_in(file_text(kDirectory + "/" + file));
  EXPECT_GE(asked.size(), 5u);
  for (const std::string& name : asked)
    EXPECT_TRUE(ours.contains(name)) << file << " asks for " << name;
}

bool installed(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

// The exit code, and what was said.
std::pair<int, std::string> promtool(const std::string& words) {
  const support::TempDir temp;
  const std::string said = temp / "said";
  const int code = std::system(
      ("cd '" + kDirectory + "' && promtool " + words + " >'" + said + "' 2>&1").c_str());
  return {code, file_text(said)};
}

TEST(FleetFiles, AskOnlyForWhatIsExported) {
  expect_only_ours("prometheus-alerts.yml");
  expect_only_ours("prometheus-alerts-test.yml");
  expect_only_ours("grafana-dashboard.json");
}

TEST(FleetFiles, TheDashboardIsWhole) {
  const auto dashboard = boost::json::parse(file_text(kDirectory + "/grafana-dashboard.json"));
  std::set<std::int64_t> ids;
  for (const auto& panel : dashboard.at("panels").as_array()) {
    EXPECT_TRUE(ids.insert(panel.at("id").as_int64()).second) << panel.at("id");
    EXPECT_FALSE(panel.at("title").as_string().empty());
    EXPECT_FALSE(panel.at("targets").as_array().empty()) << panel.at("title");
    for (const auto& target : panel.at("targets").as_array()) {
      EXPECT_EQ(target.at("datasource").at("uid"), "${datasource}") << "of whoever imports it";
      EXPECT_NE(target.at("expr").as_string().find("$instance"), std::string::npos);
    }
    const auto& place = panel.at("gridPos");
    EXPECT_LE(place.at("x").as_int64() + place.at("w").as_int64(), 24) << panel.at("title");
  }
  EXPECT_GE(ids.size(), 10u);
}

// Every sample of the dashboard's expressions in the alerts' language: promtool parses them.
TEST(FleetFiles, PromtoolParsesTheDashboardsQuestions) {
  if (!installed("promtool")) GTEST_SKIP() << "there is no promtool (Debian: prometheus)";
  const auto dashboard = boost::json::parse(file_text(kDirectory + "/grafana-dashboard.json"));
  std::string rules = "groups:\n  - name: dashboard\n    rules:\n";
  int number = 0;
  for (const auto& panel : dashboard.at("panels").as_array())
    for (const auto& target : panel.at("targets").as_array()) {
      std::string question(target.at("expr").as_string());
      for (const auto& [word, value] :
           {std::pair{"$__rate_interval", "5m"}, std::pair{"$instance", ".*"}})
        for (std::size_t at = 0; (at = question.find(word)) != std::string::npos;)
          question.replace(at, std::string(word).size(), value);
      rules +=
          "      - record: q" + std::to_string(++number) + "\n        expr: '" + question + "'\n";
    }
  const support::TempDir temp;
  const auto [code, said] = promtool("check rules '" + temp.write("rules.yml", rules) + "'");
  EXPECT_EQ(code, 0) << said << rules;
}

TEST(FleetFiles, PromtoolTakesTheAlerts) {
  if (!installed("promtool")) GTEST_SKIP() << "there is no promtool (Debian: prometheus)";
  const auto [checked, complaints] = promtool("check rules prometheus-alerts.yml");
  EXPECT_EQ(checked, 0) << complaints;
  EXPECT_NE(complaints.find("9 rules found"), std::string::npos) << complaints;
  const auto [tested, failures] = promtool("test rules prometheus-alerts-test.yml");
  EXPECT_EQ(tested, 0) << failures;
}

}  // namespace
}  // namespace lull::agent
