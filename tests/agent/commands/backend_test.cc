// SPDX-License-Identifier: MIT
// What each command asks, of whom, and what it makes of the answer.
#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

boost::json::value parsed(std::string_view text) { return boost::json::parse(text); }

struct Asked {
  std::vector<std::string> words;
  std::string method;
  std::string parameters;
};

TEST_F(CliTest, each_command_calls_its_method_with_its_parameters) {
  agent_runs_ = true;
  const std::vector<Asked> all = {
      {{"status"}, "GetSnapshot", "{}"},
      {{"top"}, "Top", R"({"limit": 10, "sort": "memory"})"},
      {{"top", "-n3", "--sort=cpu"}, "Top", R"({"limit": 3, "sort": "cpu"})"},
      {{"size", "/a", "--fresh"}, "Size", R"({"paths": ["/a"], "fresh": true})"},
      {{"scan"}, "Scan", R"({"categories": [], "items": false})"},
      {{"scan", "-c", "pip", "--category=npm", "--items"},
       "Scan",
       R"({"categories": ["pip", "npm"], "items": true})"},
      {{"jobs"}, "Jobs", "{}"},
      {{"why", "scan"}, "Why", R"({"job": "scan"})"},
      {{"why", "/c/a"}, "Explain", R"({"path": "/c/a", "fresh": false})"},
      {{"why", "/c//b/", "--fresh"}, "Explain", R"({"path": "/c/b", "fresh": true})"},
      {{"run", "scan"}, "RunJob", R"({"job": "scan"})"},
      {{"pause"}, "Pause", R"({"seconds": null})"},
      {{"pause", "1h30min"}, "Pause", R"({"seconds": 5400.0})"},
      {{"pause", "90"}, "Pause", R"({"seconds": 90.0})"},
      {{"pause", "tomorrow"}, "Pause", R"({"seconds": 43200.0})"},
      {{"resume"}, "Resume", "{}"},
      {{"history"}, "History", R"({"limit": 20})"},
      {{"history", "--limit", "5"}, "History", R"({"limit": 5})"},
      {{"rules"}, "Rules", "{}"},
      {{"config", "show"}, "GetConfig", "{}"},
      {{"config", "set", "ui.theme", "dark"},
       "SetConfig",
       R"({"key": "ui.theme", "value": "dark"})"},
      {{"config", "set", "automation.scan_interval", "6", "h"},
       "SetConfig",
       R"({"key": "automation.scan_interval", "value": "6 h"})"},
      {{"metrics"}, "Metrics", "{}"}};
  for (const Asked& asked : all) {
    calls_.clear();
    answer(asked.method, "{}");
    EXPECT_EQ(lull(asked.words), asked.method == "RunJob" ? 3 : 0) << asked.method << err();
    ASSERT_EQ(calls_.size(), 1u) << asked.method;
    EXPECT_EQ(calls_[0].method, asked.method);
    EXPECT_EQ(calls_[0].parameters, parsed(asked.parameters)) << calls_[0].parameters;
    EXPECT_TRUE(calls_[0].to_agent);
  }
}

TEST_F(CliTest, asks_this_process_when_there_is_no_agent) {
  for (const auto& [word, method] : std::map<std::string, std::string>{{"status", "GetSnapshot"},
                                                                       {"top", "Top"},
                                                                       {"scan", "Scan"},
                                                                       {"jobs", "Jobs"},
                                                                       {"history", "History"},
                                                                       {"rules", "Rules"},
                                                                       {"metrics", "Metrics"}}) {
    calls_.clear();
    answer(method, "{}");
    EXPECT_EQ(lull({word}), 0) << word << err();
    ASSERT_EQ(calls_.size(), 1u) << word;
    EXPECT_FALSE(calls_[0].to_agent);
  }
}

TEST_F(CliTest, what_needs_an_agent_exits_4_and_says_what_to_do) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"run", "scan"}, {"pause"}, {"resume"}}) {
    EXPECT_EQ(lull(words), 4);
    EXPECT_THAT(err(), HasSubstr("lull " + words[0] + " needs a running agent"));
    EXPECT_THAT(err(), HasSubstr("`lull agent`"));
    auto with_json = words;
    with_json.emplace_back("--json");
    EXPECT_EQ(lull(with_json), 4);
    EXPECT_EQ(json().at("error").at("code"), "no-agent");
  }
  EXPECT_THAT(calls_, IsEmpty());
}

TEST_F(CliTest, the_socket_comes_from_option_variable_or_runtime_directory) {
  answer("Jobs", "{}");
  (void)lull({"jobs"});
  variables_["LULL_SOCKET"] = "/from/variable";
  (void)lull({"jobs"});
  (void)lull({"--socket", "/before", "jobs"});
  (void)lull({"--socket=/before", "jobs", "--socket", "/behind"});
  EXPECT_THAT(sockets_,
              ElementsAre(root_ + "/run/lull/control", "/from/variable", "/before", "/behind"));
}

TEST_F(CliTest, failures_have_the_exit_codes_of_the_contract) {
  agent_runs_ = true;
  const std::vector<std::pair<base::ErrorCode, int>> codes = {
      {base::ErrorCode::kInvalidArgument, 2},
      {base::ErrorCode::kNotFound, 1},
      {base::ErrorCode::kPermissionDenied, 1},
      {base::ErrorCode::kUnavailable, 1},
      {base::ErrorCode::kBusy, 1},
      {base::ErrorCode::kNoAgent, 4},
      {base::ErrorCode::kCancelled, 130},
      {base::ErrorCode::kTimeout, 1},
      {base::ErrorCode::kTooLarge, 1},
      {base::ErrorCode::kMalformed, 1},
      {base::ErrorCode::kIo, 1},
      {base::ErrorCode::kInternal, 1}};
  for (const auto& [code, exit] : codes) {
    answer("Scan", base::Error{code, "it broke", "/some/file", 0, {"scanning"}});
    EXPECT_EQ(lull({"scan"}), exit);
    EXPECT_EQ(err(), "lull: scanning: /some/file: it broke\n");
    EXPECT_THAT(out(), IsEmpty());
    EXPECT_EQ(lull({"scan", "--json"}), exit);
    EXPECT_EQ(json().at("error").at("code").as_string(), base::error_code_name(code));
    EXPECT_EQ(json().at("error").at("message"), "it broke");
    EXPECT_EQ(json().at("error").at("path"), "/some/file");
    EXPECT_THAT(err(), IsEmpty());
  }
}

TEST_F(CliTest, a_job_or_rule_that_does_not_exist_is_wrong_usage) {
  agent_runs_ = true;
  const base::Error unknown{
      base::ErrorCode::kNotFound, "no job 'scna', did you mean 'scan'?", {}, 0, {}};
  answer("Why", unknown);
  answer("RunJob", unknown);
  EXPECT_EQ(lull({"why", "scna"}), 2);
  EXPECT_THAT(err(), HasSubstr("did you mean 'scan'?"));
  EXPECT_EQ(lull({"run", "scna"}), 2);
  answer("Rules", kRulesDocument);
  EXPECT_EQ(lull({"rules", "show", "thumbnail"}), 2);
  EXPECT_THAT(err(), HasSubstr("there is no rule 'thumbnail', did you mean 'thumbnails'?"));
  EXPECT_EQ(lull({"rules", "fire"}), 2);
  EXPECT_THAT(err(), HasSubstr("there is no rule 'fire'"));
  EXPECT_EQ(lull({"rules", "firefox"}), 0) << "an ID alone is shown";
  EXPECT_THAT(out(), HasSubstr("Firefox cache"));
}

TEST_F(CliTest, the_outcome_of_a_job_is_the_exit_code) {
  agent_runs_ = true;
  for (const auto& [outcome, exit] :
       std::map<std::string, int>{{"done", 0}, {"partial", 3}, {"failed", 1}, {"cancelled", 3}}) {
    answer("RunJob", R"({"outcome": ")" + outcome + R"(", "message": "m"})");
    EXPECT_EQ(lull({"run", "scan"}), exit) << outcome;
    EXPECT_THAT(exit == 1 ? err() : out(), HasSubstr("scan: " + outcome + ", m"));
  }
}

TEST_F(CliTest, a_scan_with_errors_lists_them_and_exits_3) {
  answer("Scan", R"({"categories": [], "error_count": 102, "partial": false, "errors":
                     [{"path": "/a", "error": "permission denied"}]})");
  EXPECT_EQ(lull({"scan", "--json"}), 3);
  EXPECT_EQ(err(), "lull: /a: permission denied\nlull: 101 more places could not be read\n");
}

TEST_F(CliTest, an_interrupted_command_prints_what_it_has_and_exits_130) {
  answer("Scan", [&](const Object&, const Progress&, const base::CancelToken& cancel) {
    interrupt_.cancel(base::CancelReason::kUser);
    EXPECT_TRUE(cancel.cancelled());
    auto document = parsed(kScanDocument).as_object();
    document["partial"] = true;
    return document;
  });
  EXPECT_EQ(lull({"scan"}), 130);
  EXPECT_THAT(out(),
              HasSubstr("could be freed so far by `lull clean`; the scan was stopped early"));
  EXPECT_EQ(lull({"scan", "--json"}), 130);
  EXPECT_TRUE(json().at("partial").as_bool());
}

TEST_F(CliTest, an_interrupted_command_without_a_result_exits_130_too) {
  interrupt_.cancel(base::CancelReason::kUser);
  answer("Scan", base::Error{base::ErrorCode::kCancelled, "cancelled", {}, 0, {}});
  EXPECT_EQ(lull({"scan"}), 130);
  EXPECT_EQ(lull({"top", "--sort", "x"}), 2) << "wrong usage stays that";
}

// An agent of another version, or somebody else's socket, may answer anything.
TEST_F(CliTest, answers_of_the_wrong_shape_do_no_harm) {
  agent_runs_ = true;
  const std::vector<std::string> shapes = {
      "{}",
      R"({"processes": 5, "jobs": {}, "history": [1, "x", null], "rules": [[]], "paths": [{}]})",
      R"({"processes": [{"pid": -1, "memory_bytes": "many", "cpu_percent": {}}],
          "jobs": [{"name": 7, "blocked_by": [1, null]}], "history": [{"run": 1e300}],
          "paths": [{"allocated_bytes": -5, "errors": [3]}], "categories": [{"skipped": [[]]}],
          "memory": [], "cpu": 3, "disks": [{"total_bytes": 0}], "conditions": [{}],
          "settings": [{}, 3], "files": [7], "text": 5, "elapsed_seconds": 1e300})"};
  for (const std::string& shape : shapes)
    for (const std::vector<std::string>& words : {std::vector<std::string>{"status"},
                                                  {"top"},
                                                  {"size", "/x"},
                                                  {"scan"},
                                                  {"jobs"},
                                                  {"why", "x"},
                                                  {"run", "x"},
                                                  {"pause"},
                                                  {"resume"},
                                                  {"history"},
                                                  {"rules"},
                                                  {"config", "show"},
                                                  {"metrics"},
                                                  {"status", "--format", "xbar"},
                                                  {"status", "--format", "waybar"}})
      for (const bool as_json : {false, true}) {
        for (const char* method : {"GetSnapshot", "Top", "Size", "Scan", "Jobs", "Why", "RunJob",
                                   "Pause", "Resume", "History", "Rules", "GetConfig", "Metrics"})
          answer(method, shape);
        auto all = words;
        if (as_json && words[0] != "metrics" && words.size() < 3) all.emplace_back("--json");
        EXPECT_LE(lull(all), 3) << words[0] << shape << err();
      }
}

}  // namespace
}  // namespace lull::commands
