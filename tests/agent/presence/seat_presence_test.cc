// SPDX-License-Identifier: MIT
#include "agent/presence/seat_presence.h"

#include <gtest/gtest.h>

namespace lull::agent::presence {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

class SeatPresenceTest : public testing::Test {
 protected:
  model::UserIdle logind_;
  Names inhibitors_;
  DisplayPresence::Look x11_;
  int asked_ = 0;  // the X server
  SeatPresence seat_{{[this] { return logind_; }, [this] { return inhibitors_; },
                      [this] {
                        ++asked_;
                        return x11_;
                      },
                      [] { return base::Duration(2min); }}};
};

TEST_F(SeatPresenceTest, LogindsWordComesFirst) {
  logind_.idle_for = 10min;
  x11_.reply = X11Reply{1s, ""};
  EXPECT_EQ(seat_.read().idle_for, 10min);
  EXPECT_EQ(asked_, 0);
}

TEST_F(SeatPresenceTest, WhereLogindHasNoneTheXServerIsAsked) {
  x11_.reply = X11Reply{3min, ""};
  EXPECT_EQ(seat_.read().idle_for, 3min);
  x11_.reply = X11Reply{std::nullopt, ""};
  EXPECT_EQ(seat_.read().idle_for, std::nullopt);
  EXPECT_FALSE(seat_.read().asking);
}

TEST_F(SeatPresenceTest, NobodyIsAskedTwiceWhileAnAnswerIsUnderWay) {
  logind_.asking = true;
  EXPECT_TRUE(seat_.read().asking);
  EXPECT_TRUE(seat_.inhibited_by().empty());
  EXPECT_EQ(asked_, 0);
  logind_.asking = false;
  x11_.asking = true;
  EXPECT_TRUE(seat_.read().asking);
  EXPECT_EQ(seat_.inhibited_by(), Names{"asking the display"});
}

TEST_F(SeatPresenceTest, AWindowThatFillsTheScreenInhibits) {
  inhibitors_ = {"call"};
  logind_.idle_for = 10min;
  x11_.reply = X11Reply{10min, "mpv"};
  EXPECT_EQ(seat_.inhibited_by(), (Names{"call", "mpv (full screen)"}));
  x11_.reply->full_screen.clear();
  EXPECT_EQ(seat_.inhibited_by(), Names{"call"});
}

TEST_F(SeatPresenceTest, ButNotForANight) {
  x11_.reply = X11Reply{3h + 59min, "vncviewer"};
  EXPECT_EQ(seat_.inhibited_by(), Names{"vncviewer (full screen)"});
  x11_.reply->idle = 4h;
  EXPECT_TRUE(seat_.inhibited_by().empty());
  x11_.reply->idle.reset();
  EXPECT_EQ(seat_.inhibited_by().size(), 1u) << "not known for how long";
}

TEST_F(SeatPresenceTest, WhileSomebodyIsThereTheXServerIsLeftAlone) {
  logind_.idle_for = 1min;
  x11_.reply = X11Reply{1min, "mpv"};
  EXPECT_TRUE(seat_.inhibited_by().empty());
  EXPECT_EQ(asked_, 0);
}

}  // namespace
}  // namespace lull::agent::presence
