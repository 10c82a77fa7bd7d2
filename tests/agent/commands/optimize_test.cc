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

// One line after the other, as the agent sends them: each is one figure, and none is made of two.
TEST_F(OptimizeCommand, WritesHowFarItIs) {
  err_is_terminal_ = true;
  answer("Optimize", [this](const Object&, const Progress& report, const base::CancelToken&) {
    clock_.steady += std::chrono::seconds(1);
    for (const char* progress :
         {R"({"stage": "relieving memory", "done_items": 3, "total_items": 7, "done_bytes": 0,
              "total_bytes": null, "elapsed_seconds": 1.0, "percent": 10.0, "left_seconds": 9.0})",
          R"({"stage": "scanning", "done_items": 4000, "total_items": null, "done_bytes": 4194304,
              "total_bytes": null, "elapsed_seconds": 4.0, "percent": null, "left_seconds": null})",
          R"({"stage": "moving", "done_items": 30, "total_items": 40, "done_bytes": 3145728,
              "total_bytes": 4194304, "elapsed_seconds": 3.0, "percent": 87.5,
              "left_seconds": 1.0})"})
      report({{"progress", boost::json::parse(progress)}});
    return boost::json::parse(R"({"operations": [], "clean": null})").as_object();
  });
  EXPECT_EQ(lull({"optimize", "--yes"}), 0);
  EXPECT_EQ(err(),
            "\r\x1b[Krelieving memory  3 of 7 (10 %)  9 s left"
            "\r\x1b[Kscanning  4,000 items  4.00 MiB (1.00 MiB/s)  1,000/s"
            "\r\x1b[Kmoving  30 of 40 (88 %)  3.00 MiB (1.00 MiB/s)  10/s  1 s left"
            "\r\x1b[K");
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
