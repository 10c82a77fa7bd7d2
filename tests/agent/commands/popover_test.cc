// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kInWords = R"({"settings": [{"key": "ui.theme", "value": "\"dark\""},
    {"key": "ui.accessible_text", "value": "true"}]})";
constexpr const char* kInPictures =
    R"({"settings": [{"key": "ui.accessible_text", "value": "false"}]})";

TEST_F(CliTest, popover_opens_the_window_and_ends_as_it_does) {
  answer("GetConfig", kInPictures);
  window_code_ = 1;
  EXPECT_EQ(lull({"popover", "--scale", "2", "--theme", "dark"}), 1);
  EXPECT_THAT(windows_, ElementsAre(ElementsAre("--theme", "dark", "--scale", "2")));
}

TEST_F(CliTest, popover_opens_the_window_though_the_settings_cannot_be_read) {
  answer("GetConfig", base::fail(base::ErrorCode::kInvalidArgument, "line 2").value());
  EXPECT_EQ(lull({"popover"}), 0);
  EXPECT_THAT(windows_, ElementsAre(IsEmpty()));
  EXPECT_EQ(err(), "");
}

TEST_F(CliTest, popover_draws_a_named_state_without_asking_anybody) {
  EXPECT_EQ(lull({"popover", "--screenshot", "a.png", "--snapshot", "/s.json"}), 0);
  EXPECT_EQ(lull({"popover", "--text", "--snapshot", "/s.json"}), 0);
  EXPECT_THAT(windows_,
              ElementsAre(ElementsAre("--screenshot", "/work/here/a.png", "--snapshot", "/s.json"),
                          ElementsAre("--snapshot", "/s.json", "--text")));
  EXPECT_THAT(calls_, IsEmpty());
}

TEST_F(CliTest, popover_draws_the_state_as_it_is_now) {
  variables_["TMPDIR"] = root_;
  answer("GetSnapshot", R"({"version": "0.1.0", "disks": []})");
  answer("Scan", R"({"categories": []})");
  EXPECT_EQ(lull({"popover", "--screenshot", "/a.png"}), 0);
  ASSERT_EQ(windows_.size(), 1U);
  EXPECT_THAT(windows_[0], ElementsAre("--screenshot", "/a.png", "--snapshot",
                                       HasSubstr(root_ + "/lull-snapshot-")));
  EXPECT_EQ(window_snapshot_,
            R"({"snapshot":{"version":"0.1.0","disks":[]},"scan":{"categories":[]}})")
      << "what nobody answered is left out";
  EXPECT_EQ(read(windows_[0][3]), "") << "the file is gone afterwards";
}

TEST_F(CliTest, popover_draws_the_minutes_before_or_does_without_them) {
  variables_["TMPDIR"] = root_;
  answer("Scan", R"({"categories": []})");
  answer("GetSnapshot",
         [](const Object& parameters, const Progress&,
            const base::CancelToken&) -> base::Result<Object> {
           return Object{{"recent", parameters.at("recent")}};
         });
  EXPECT_EQ(lull({"popover", "--screenshot", "/a.png"}), 0);
  EXPECT_EQ(window_snapshot_, R"({"snapshot":{"recent":true},"scan":{"categories":[]}})");
  // An agent from before an upgrade does not know the word.
  answer("GetSnapshot",
         [](const Object& parameters, const Progress&,
            const base::CancelToken&) -> base::Result<Object> {
           if (parameters.contains("recent"))
             return base::fail(base::ErrorCode::kInvalidArgument, "'recent' is not known");
           return Object{{"version", "0"}};
         });
  EXPECT_EQ(lull({"popover", "--screenshot", "/a.png"}), 0);
  EXPECT_EQ(window_snapshot_, R"({"snapshot":{"version":"0"},"scan":{"categories":[]}})");
}

TEST_F(CliTest, popover_says_in_words_what_the_window_shows_if_that_is_set) {
  variables_["TMPDIR"] = root_;
  answer("GetConfig", kInWords);
  answer("GetSnapshot", R"({"version": "0.1.0"})");
  answer("Scan", R"({"categories": []})");
  answer("History", R"({"history": []})");
  answer("Top", R"({"processes": []})");
  EXPECT_EQ(lull({"popover"}), 0);
  ASSERT_EQ(windows_.size(), 1U);
  EXPECT_THAT(windows_[0], ElementsAre("--text", "--snapshot", HasSubstr("/lull-snapshot-")));
  EXPECT_EQ(normal_json(window_snapshot_),
            normal_json(std::string(R"({"snapshot": {"version": "0.1.0"},
                "scan": {"categories": []}, "history": [], "config": )") +
                        kInWords + R"(, "top": {"processes": []}})"));
}

TEST_F(CliTest, popover_without_a_display_asks_the_agent_to_show_its_own) {
  agent_runs_ = true;
  answer("GetConfig", kInPictures);
  answer("ShowPopover", "{}");
  EXPECT_EQ(lull({"popover"}), 0);
  EXPECT_THAT(windows_, IsEmpty());
  ASSERT_FALSE(calls_.empty());
  EXPECT_EQ(calls_.back().method, "ShowPopover");
  EXPECT_TRUE(calls_.back().to_agent);
}

TEST_F(CliTest, popover_with_a_display_is_the_callers_own) {
  agent_runs_ = true;
  answer("GetConfig", kInPictures);
  answer("ShowPopover", "{}");
  for (const char* variable : {"DISPLAY", "WAYLAND_DISPLAY"}) {
    variables_[variable] = ":0";
    EXPECT_EQ(lull({"popover"}), 0);
    variables_.erase(variable);
  }
  EXPECT_THAT(windows_, ElementsAre(IsEmpty(), IsEmpty()));
}

TEST_F(CliTest, popover_says_itself_why_where_the_agent_has_no_display_either) {
  agent_runs_ = true;
  answer("GetConfig", kInPictures);
  answer("ShowPopover", base::fail(base::ErrorCode::kUnavailable, "no display").value());
  window_code_ = 1;
  EXPECT_EQ(lull({"popover"}), 1);
  EXPECT_THAT(windows_, ElementsAre(IsEmpty()));
  EXPECT_EQ(err(), "");
}

}  // namespace
}  // namespace lull::commands
