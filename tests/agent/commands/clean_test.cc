// SPDX-License-Identifier: MIT
#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kFound = R"({"run": null, "dry_run": true, "plan": "p-1", "moved_items": 2,
  "moved_bytes": 2048, "categories": [], "skipped": [], "failed": [], "partial": false})";
constexpr const char* kMoved = R"({"run": 7, "dry_run": false, "plan": "p-1", "moved_items": 2,
  "moved_bytes": 2048, "skipped": [], "failed": [], "outcome": "done", "cancelled": false})";

class CleanCommand : public CliTest {
 protected:
  // As the agent: a plan for a dry run, and what was moved otherwise.
  void answer_as_the_agent() {
    answer("Clean", [](const Object& parameters, const Progress&, const base::CancelToken&) {
      const auto* dry = parameters.if_contains("dry_run");
      return boost::json::parse(dry != nullptr && dry->as_bool() ? kFound : kMoved).as_object();
    });
  }
};

TEST_F(CleanCommand, asks_before_it_moves_and_moves_what_it_has_shown) {
  answer_as_the_agent();
  typed_ = "y";
  EXPECT_EQ(lull({"clean", "-c", "pip"}), 0);
  EXPECT_THAT(questions_, ElementsAre("Move 2 items (2.00 KiB) to the trash? [y/N] "));
  ASSERT_THAT(calls_, SizeIs(2));
  EXPECT_EQ(calls_[0].parameters.at("categories"), (boost::json::array{"pip"}));
  EXPECT_EQ(calls_[1].parameters, (boost::json::object{{"plan", "p-1"}, {"free_now", false}}));
  EXPECT_THAT(out(), HasSubstr("`lull undo 7`"));
}

TEST_F(CleanCommand, moves_nothing_without_a_yes) {
  answer_as_the_agent();
  for (const char* typed : {"", "n", "Y es", "yep", "no"}) {
    typed_ = typed;
    calls_.clear();
    EXPECT_EQ(lull({"clean"}), 0);
    EXPECT_THAT(calls_, SizeIs(1)) << typed;
    EXPECT_THAT(out(), HasSubstr("Nothing was changed"));
  }
}

TEST_F(CleanCommand, does_not_ask_when_there_is_nothing_to_move) {
  answer("Clean", R"({"plan": null, "moved_items": 0, "categories": []})");
  typed_ = "y";
  EXPECT_EQ(lull({"clean"}), 0);
  EXPECT_THAT(questions_, IsEmpty());
  EXPECT_THAT(calls_, SizeIs(1));
}

TEST_F(CleanCommand, needs_a_yes_where_nobody_can_be_asked) {
  answer_as_the_agent();
  EXPECT_EQ(lull({"clean"}), 2);
  EXPECT_THAT(err(), HasSubstr("--yes"));
  typed_ = "y";
  EXPECT_EQ(lull({"clean", "--json"}), 2);
  EXPECT_THAT(calls_, IsEmpty());
}

TEST_F(CleanCommand, says_that_there_is_no_way_back_from_free_now) {
  answer("Clean", [](const Object& parameters, const Progress&, const base::CancelToken&) {
    if (!parameters.contains("plan")) return boost::json::parse(kFound).as_object();
    return boost::json::parse(R"({"run": 7, "moved_items": 2, "moved_bytes": 2048,
      "freed_bytes": 1024, "pending_bytes": 0, "outcome": "done"})")
        .as_object();
  });
  typed_ = "y";
  EXPECT_EQ(lull({"clean", "--free-now"}), 0);
  EXPECT_THAT(questions_, ElementsAre(HasSubstr("There is no undo")));
  EXPECT_EQ(calls_.at(1).parameters.at("free_now"), true);
  EXPECT_THAT(out(), HasSubstr("removed for good; 1.00 KiB more are free"));
  EXPECT_EQ(lull({"clean", "--free-now", "--dry-run"}), 2);
}

TEST_F(CleanCommand, says_what_is_left_of_a_removal_that_was_cancelled) {
  answer("Clean", R"({"run": 7, "moved_items": 2, "moved_bytes": 3072, "freed_bytes": 2048,
    "pending_bytes": 1024, "cancelled": true, "outcome": "cancelled"})");
  EXPECT_EQ(lull({"clean", "--yes", "--free-now"}), 130);
  EXPECT_THAT(out(), HasSubstr("of that 1.00 KiB are still in the trash, and `lull undo 7`"));
  EXPECT_THAT(out(), HasSubstr("The rest was removed for good."));
}

TEST_F(CleanCommand, a_plan_goes_with_nothing_else_that_chooses) {
  EXPECT_EQ(lull({"clean", "--plan", "p-1", "--dry-run"}), 2);
  EXPECT_EQ(lull({"clean", "--plan", "p-1", "-c", "pip"}), 2);
  EXPECT_THAT(calls_, IsEmpty());
  answer_as_the_agent();
  EXPECT_EQ(lull({"clean", "--plan", "p-1"}), 0);
  EXPECT_EQ(calls_.at(0).parameters, (boost::json::object{{"plan", "p-1"}, {"free_now", false}}));
}

TEST_F(CleanCommand, ends_with_what_became_of_it) {
  const auto code_of = [&](const char* document) {
    answer("Clean", document);
    return lull({"clean", "--yes"});
  };
  EXPECT_EQ(code_of(kMoved), 0);
  EXPECT_EQ(code_of(R"({"moved_items": 1, "outcome": "partial",
                        "skipped": [{"path": "/a", "reason": "in use"}]})"),
            3);
  EXPECT_THAT(out(), HasSubstr("in use"));
  EXPECT_EQ(code_of(R"({"moved_items": 0, "outcome": "failed",
                        "failed": [{"path": "/a", "error": "no space left"}]})"),
            1);
  EXPECT_THAT(err(), HasSubstr("/a: no space left"));
  EXPECT_EQ(code_of(R"({"moved_items": 1, "outcome": "cancelled", "cancelled": true})"), 130);
}

class UndoCommand : public CliTest {};

TEST_F(UndoCommand, takes_the_last_run_or_a_number_and_paths) {
  answer("Undo", R"({"run": 7, "restored_items": 1, "outcome": "done", "failed": []})");
  EXPECT_EQ(lull({"undo"}), 0);
  EXPECT_EQ(calls_[0].parameters, (boost::json::object{{"paths", boost::json::array{}}}));
  EXPECT_EQ(lull({"undo", "7", "--path", "a", "--path", "/b"}), 0);
  EXPECT_EQ(calls_[1].parameters,
            (boost::json::object{{"paths", {"/work/here/a", "/b"}}, {"run", 7}}));
  for (const char* wrong : {"0", "-1", "x"}) EXPECT_EQ(lull({"undo", wrong}), 2) << wrong;
}

TEST_F(UndoCommand, asks_this_process_for_a_path_that_is_no_text) {
  agent_runs_ = true;
  answer("Undo", R"({"run": 7, "restored_items": 1, "outcome": "done", "failed": []})");
  EXPECT_EQ(lull({"undo", "--path", "/\xff"}), 0);
  ASSERT_THAT(calls_, SizeIs(1));
  EXPECT_FALSE(calls_[0].to_agent);
}

TEST_F(UndoCommand, says_what_did_not_come_back) {
  answer("Undo", R"({"run": 7, "restored_items": 1, "outcome": "partial",
                     "failed": [{"path": "/a", "error": "it is there again"}]})");
  EXPECT_EQ(lull({"undo"}), 3);
  EXPECT_THAT(err(), HasSubstr("/a: it is there again"));
  answer("Undo", R"({"run": 7, "restored_items": 0, "outcome": "failed", "failed": []})");
  EXPECT_EQ(lull({"undo"}), 1);
}

}  // namespace
}  // namespace lull::commands
