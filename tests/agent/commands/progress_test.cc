// SPDX-License-Identifier: MIT
#include "agent/commands/progress_line.h"
#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

control::Object progress(std::string_view text) { return boost::json::parse(text).as_object(); }

class ProgressOnTerminal : public CliTest {
 protected:
  // The scan reports once after `elapsed`.
  void report_after(base::Duration elapsed) {
    answer("Scan",
           [this, elapsed](const Object&, const Progress& report, const base::CancelToken&) {
             clock_.steady += elapsed;
             if (report)
               report(progress(R"({"progress": {"stage": "walking", "done_items": 12345,
                            "total_items": null, "done_bytes": 1288490188, "total_bytes": null,
                            "elapsed_seconds": 2.0}})"));
             return boost::json::parse(kScanDocument).as_object();
           });
  }
};

TEST_F(ProgressOnTerminal, appears_after_half_a_second_and_is_cleared) {
  err_is_terminal_ = true;
  report_after(600ms);
  EXPECT_EQ(lull({"scan"}), 0);
  EXPECT_EQ(err(), "\r\x1b[Kwalking  12,345 items  1.20 GiB (614 MiB/s)  6,172/s\r\x1b[K");
  EXPECT_THAT(out(), Not(HasSubstr("walking")));
}

TEST_F(ProgressOnTerminal, is_not_shown_for_what_is_quick) {
  err_is_terminal_ = true;
  report_after(400ms);
  EXPECT_EQ(lull({"scan"}), 0);
  EXPECT_THAT(err(), IsEmpty());
}

TEST_F(ProgressOnTerminal, is_not_even_asked_for_into_a_file) {
  report_after(10s);
  EXPECT_EQ(lull({"scan"}), 0);
  EXPECT_THAT(err(), IsEmpty());
  EXPECT_FALSE(calls_.at(0).with_progress);
}

TEST_F(ProgressOnTerminal, is_gone_before_an_error_is_said) {
  err_is_terminal_ = true;
  variables_["NO_COLOR"] = "1";
  answer("Scan",
         [this](const Object&, const Progress& report,
                const base::CancelToken&) -> base::Result<Object> {
           clock_.steady += 1s;
           report(progress(R"({"progress": {"stage": "walking", "done_items": 1}})"));
           return base::fail(base::ErrorCode::kIo, "it broke");
         });
  EXPECT_EQ(lull({"scan"}), 1);
  EXPECT_THAT(err(), EndsWith("\r\x1b[Klull: it broke\n"));
}

TEST_F(ProgressOnTerminal, never_wraps_a_narrow_terminal) {
  err_is_terminal_ = true;
  width_ = 20;
  report_after(1s);
  EXPECT_EQ(lull({"scan"}), 0);
  EXPECT_THAT(err(), HasSubstr("\r\x1b[Kwalking  12,345 it…\r"));
}

TEST(ProgressText, tells_share_rate_and_what_is_left_when_the_end_is_known) {
  EXPECT_EQ(progress_text(progress(R"({"stage": "moving", "done_items": 250, "total_items": 1000,
                          "done_bytes": 1048576, "total_bytes": 4194304,
                          "elapsed_seconds": 10.0, "percent": 25.0, "left_seconds": 30.0})")),
            "moving  250 of 1,000 (25 %)  1.00 MiB (102 KiB/s)  25/s  30 s left");
  EXPECT_EQ(progress_text(progress(R"({"stage": "x", "done_items": 10, "total_items": 10,
                          "elapsed_seconds": 1, "percent": 100, "left_seconds": null})")),
            "x  10 of 10 (100 %)  10/s");
}

TEST(ProgressText, makes_up_no_share_and_no_end) {
  EXPECT_EQ(progress_text(progress(R"({"stage": "scanning", "done_items": 1200,
                          "total_items": 5000, "done_bytes": 0, "total_bytes": null,
                          "elapsed_seconds": 10, "percent": null, "left_seconds": null})")),
            "scanning  1,200 of 5,000  120/s");
}

TEST(ProgressText, has_no_rate_of_a_few_steps) {
  EXPECT_EQ(progress_text(progress(R"({"stage": "relieving memory", "done_items": 6,
                          "total_items": 7, "done_bytes": 0, "total_bytes": null,
                          "elapsed_seconds": 2, "percent": 40.2, "left_seconds": 2.98})")),
            "relieving memory  6 of 7 (40 %)  3 s left");
}

TEST(ProgressText, takes_nonsense) {
  EXPECT_EQ(progress_text(progress("{}")), "  0 items");
  EXPECT_EQ(progress_text(progress(R"({"stage": "\u001b[2J", "done_items": -5,
                                       "total_items": 0, "elapsed_seconds": -1})")),
            "%1B[2J  0 items");
}

}  // namespace
}  // namespace lull::commands
