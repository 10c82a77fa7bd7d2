// SPDX-License-Identifier: MIT
#include <limits>

#include "agent/commands/json_text.h"
#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

using ::testing::HasSubstr;

class SizeCommand : public CliTest {
 protected:
  // Answers every path with one byte more than the last.
  void answer_every_path() {
    answer("Size", [this](const Object& parameters, const Progress&, const base::CancelToken&) {
      boost::json::array entries;
      for (const auto& path : parameters.at("paths").as_array())
        entries.push_back({{"path", path}, {"allocated_bytes", ++bytes_}, {"files", 1}});
      return Object{{"paths", std::move(entries)}, {"elapsed_seconds", 0.5}};
    });
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> paths;
    for (const RecordedCall& call : calls_)
      for (const auto& path : call.parameters.at("paths").as_array())
        paths.emplace_back(path.as_string());
    return paths;
  }
  std::int64_t bytes_ = 0;
};

TEST_F(SizeCommand, asks_for_absolute_paths_and_shows_them_as_typed) {
  answer_every_path();
  EXPECT_EQ(lull({"size", ".", "a//b/./c/", "../up", "/", "//x/"}), 0);
  EXPECT_EQ(asked(), (std::vector<std::string>{"/work/here", "/work/here/a/b/c", "/work/here/../up",
                                               "/", "/x"}));
  for (const char* typed : {"  .\n", "  a//b/./c/\n", "  ../up\n", "  /\n", "  //x/\n"})
    EXPECT_THAT(out(), HasSubstr(typed));
}

TEST_F(SizeCommand, of_what_is_not_there_only_the_error_is_said) {
  answer("Size", R"({"paths": [
    {"path": "/missing", "allocated_bytes": null, "apparent_bytes": null, "files": null,
     "directories": null, "error_count": 1,
     "errors": [{"path": "/missing", "error": "No such file or directory"}],
     "partial": false, "from_cache": false, "as_of_at": null}], "elapsed_seconds": 0.1})");
  EXPECT_EQ(lull({"size", "/missing"}), 1);
  EXPECT_EQ(out(), "");
  EXPECT_EQ(err(), "lull: /missing: No such file or directory\n");
}

TEST_F(SizeCommand, very_many_paths_go_in_several_calls_and_come_as_one_document) {
  answer_every_path();
  std::vector<std::string> words = {"size", "--json"};
  for (int i = 0; i < 1234; ++i) words.push_back("/p/" + std::to_string(i));
  EXPECT_EQ(lull(words), 0);
  EXPECT_EQ(calls_.size(), 3u);
  const auto document = json();
  const auto& entries = document.at("paths").as_array();
  ASSERT_EQ(entries.size(), 1234u);
  EXPECT_EQ(entries.at(1233).at("path"), "/p/1233");
  EXPECT_EQ(document.at("elapsed_seconds").to_number<double>(), 1.5);
}

TEST_F(SizeCommand, very_long_paths_stay_under_the_limit_of_a_message) {
  answer_every_path();
  std::vector<std::string> words = {"size"};
  for (int i = 0; i < 400; ++i) words.push_back("/" + std::string(4000, 'x'));
  EXPECT_EQ(lull(words), 0);
  for (const RecordedCall& call : calls_)
    EXPECT_LT(boost::json::serialize(call.parameters).size(), 512u * 1024);
}

TEST_F(SizeCommand, a_path_that_is_not_utf8_is_measured_by_this_process) {
  agent_runs_ = true;
  answer_every_path();
  EXPECT_EQ(lull({"size", "/bad\xff"}), 0);
  ASSERT_EQ(calls_.size(), 1u);
  EXPECT_FALSE(calls_[0].to_agent);
  EXPECT_EQ(asked().at(0), "/bad\xff");
  EXPECT_THAT(out(), HasSubstr("/bad%FF"));
}

TEST_F(SizeCommand, errors_among_others_are_listed_and_exit_3) {
  answer("Size", kSizeDocument);
  EXPECT_EQ(lull({"size", "tree", "/etc", "/missing"}), 3);
  EXPECT_EQ(err(),
            "lull: /etc/ssl/private: permission denied\n"
            "lull: /etc/polkit-1/rules.d: permission denied\n"
            "lull: 1 more place could not be read\n"
            "lull: /missing: No such file or directory\n");
  EXPECT_EQ(lull({"size", "tree", "/etc", "/missing", "--json"}), 3);
  EXPECT_EQ(normal_json(out()), normal_json(kSizeDocument));
}

TEST_F(SizeCommand, nothing_measured_at_all_exits_1) {
  answer("Size", R"({"paths": [{"path": "/missing", "allocated_bytes": null, "error_count": 1,
                     "errors": [{"path": "/missing", "error": "No such file or directory"}]}]})");
  EXPECT_EQ(lull({"size", "/missing"}), 1);
  EXPECT_THAT(err(), HasSubstr("/missing: No such file"));
}

TEST_F(SizeCommand, an_interrupt_ends_between_two_calls) {
  answer("Size", [&](const Object& parameters, const Progress&, const base::CancelToken&) {
    interrupt_.cancel(base::CancelReason::kUser);
    return Object{{"paths", parameters.at("paths")}};
  });
  std::vector<std::string> words = {"size", "--json"};
  for (int i = 0; i < 1234; ++i) words.push_back("/p/" + std::to_string(i));
  EXPECT_EQ(lull(words), 130);
  EXPECT_EQ(calls_.size(), 1u);
  EXPECT_EQ(json().at("paths").as_array().size(), 500u);
}

TEST(JsonText, writes_numbers_as_people_do_and_reads_back_the_same) {
  const auto value = boost::json::parse(
      R"({"a":[0.25,3.0,-1e300,18446744073709551615,-5],"b":"\u001b\"é\n","c":null,"d":{},"e":[]})");
  EXPECT_EQ(
      to_json(value),
      R"({"a":[0.25,3,-1e+300,18446744073709551615,-5],"b":"\u001b\"é\n","c":null,"d":{},"e":[]})");
  EXPECT_EQ(boost::json::parse(to_pretty_json(value)).at("b"), value.at("b"));
  EXPECT_EQ(to_pretty_json(boost::json::parse(R"({"a":[1],"b":{}})")),
            "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}");
  EXPECT_EQ(to_json(boost::json::value(std::numeric_limits<double>::quiet_NaN())), "null");
}

}  // namespace
}  // namespace lull::commands
