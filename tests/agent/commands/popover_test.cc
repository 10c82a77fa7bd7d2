// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(CliTest, popover_opens_the_window_and_ends_as_it_does) {
  window_code_ = 1;
  EXPECT_EQ(lull({"popover", "--scale", "2", "--theme", "dark"}), 1);
  EXPECT_THAT(windows_, ElementsAre(ElementsAre("--theme", "dark", "--scale", "2")));
  EXPECT_THAT(calls_, IsEmpty());
}

TEST_F(CliTest, popover_draws_a_named_state_without_asking_anybody) {
  EXPECT_EQ(lull({"popover", "--screenshot", "a.png", "--snapshot", "/s.json"}), 0);
  EXPECT_THAT(windows_, ElementsAre(ElementsAre("--screenshot", "/work/here/a.png", "--snapshot",
                                                "/s.json")));
  EXPECT_THAT(calls_, IsEmpty());
}

TEST_F(CliTest, popover_draws_the_state_as_it_is_now) {
  variables_["TMPDIR"] = root_;
  answer("GetSnapshot", R"({"version": "0.1.0", "disks": []})");
  EXPECT_EQ(lull({"popover", "--screenshot", "/a.png"}), 0);
  ASSERT_EQ(windows_.size(), 1U);
  EXPECT_THAT(windows_[0], ElementsAre("--screenshot", "/a.png", "--snapshot",
                                       HasSubstr(root_ + "/lull-snapshot-")));
  EXPECT_EQ(window_snapshot_, R"({"version":"0.1.0","disks":[]})");
  EXPECT_EQ(read(windows_[0][3]), "") << "the file is gone afterwards";
}

}  // namespace
}  // namespace lull::commands
