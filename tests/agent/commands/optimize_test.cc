// SPDX-License-Identifier: MIT
#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kMoved = R"({"run": 7, "plan": "p-1", "moved_items": 2, "moved_bytes": 2048,
  "skipped": [], "failed": [], "outcome": "done", "cancelled": false})";

class OptimizeCommand : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    optimized(R"({"run": null, "dry_run": true, "plan": "p-1", "moved_items": 2,
                  "moved_bytes": 2048, "skipped": [], "failed": []})");
    answer("Clean", kMoved);
  }
  void optimized(const std::string& clean, const std::string& outcome = "no-effect",
                 const std::string& cancelled = "false") {
    answer("Optimize", R"({"operations": [{"id": "app-caches", "outcome": ")" + outcome +
                           R"(", "bytes": 0, "reason": "why"}], "memory_before": null,
                           "memory_after": null, "cancelled": )" +
                           cancelled + R"(, "clean": )" + clean + "}");
  }
};

TEST_F(OptimizeCommand, RelievesMemoryAtOnceAndAsksAboutFiles) {
  typed_ = "y";
  EXPECT_EQ(lull({"optimize"}), 0);
  ASSERT_THAT(calls_, SizeIs(2));
  EXPECT_EQ(calls_[0].parameters, (boost::json::object{{"dry_run", false}, {"clean", "plan"}}));
  EXPECT_THAT(questions_, ElementsAre("Move 2 items (2.00 KiB) to the trash? [y/N] "));
  EXPECT_EQ(calls_[1].parameters, (boost::json::object{{"plan", "p-1"}}));
  EXPECT_THAT(out(), HasSubstr("`lull undo 7`"));
}

TEST_F(OptimizeCommand, LeavesFilesWithoutAYes) {
  typed_ = "n";
  EXPECT_EQ(lull({"optimize"}), 0);
  EXPECT_THAT(calls_, SizeIs(1));
  EXPECT_THAT(out(), HasSubstr("app-caches"));
}

TEST_F(OptimizeCommand, AsksNothingIfThereIsNothing) {
  optimized(R"({"run": null, "dry_run": true, "plan": null, "moved_items": 0, "failed": []})");
  typed_ = "y";
  EXPECT_EQ(lull({"optimize"}), 0);
  EXPECT_THAT(questions_, IsEmpty());
  EXPECT_THAT(out(), HasSubstr("No file"));
}

TEST_F(OptimizeCommand, DoesAllOfItWithAYesOnTheCommandLine) {
  optimized(kMoved);
  EXPECT_EQ(lull({"optimize", "--yes", "--json"}), 0);
  EXPECT_EQ(calls_.at(0).parameters, (boost::json::object{{"dry_run", false}, {"clean", "move"}}));
  EXPECT_EQ(json().at("clean").at("run"), 7);
}

TEST_F(OptimizeCommand, ADryRunChangesNothingAndAsksNobody) {
  EXPECT_EQ(lull({"optimize", "--dry-run"}), 0);
  EXPECT_EQ(calls_.at(0).parameters, (boost::json::object{{"dry_run", true}, {"clean", "plan"}}));
  EXPECT_THAT(out(), HasSubstr("could go to the trash"));
  EXPECT_THAT(out(), Not(HasSubstr("undo")));
}

TEST_F(OptimizeCommand, NeedsAYesWhereNobodyCanBeAsked) {
  EXPECT_EQ(lull({"optimize"}), 2);
  EXPECT_THAT(err(), HasSubstr("--yes"));
  typed_ = "y";
  EXPECT_EQ(lull({"optimize", "--json"}), 2);
  EXPECT_THAT(calls_, IsEmpty());
}

TEST_F(OptimizeCommand, SaysByItsExitCodeHowItEnded) {
  optimized("null");
  EXPECT_EQ(lull({"optimize", "--yes"}), 0);
  optimized("null", "failed");
  EXPECT_EQ(lull({"optimize", "--yes"}), 3);
  optimized(R"({"run": null, "moved_items": 0, "failed": [{"path": "/a", "error": "no"}]})");
  EXPECT_EQ(lull({"optimize", "--yes"}), 3);
  EXPECT_THAT(err(), HasSubstr("/a: no"));
  optimized("null", "skipped", "true");
  EXPECT_EQ(lull({"optimize", "--yes"}), 130);
  answer("Optimize", base::Error{base::ErrorCode::kIo, "broken", "", 0, {}});
  EXPECT_EQ(lull({"optimize", "--yes"}), 1);
}

}  // namespace
}  // namespace lull::commands
