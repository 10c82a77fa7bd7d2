// SPDX-License-Identifier: MIT
#include "agent/notify/notice_gate.h"

#include <gtest/gtest.h>

namespace lull::agent::notify {
namespace {

using namespace std::chrono_literals;

Notice about(const std::string& topic, bool urgent = false) {
  Notice notice;
  notice.topic = topic;
  notice.urgent = urgent;
  return notice;
}

constexpr base::SteadyTime kStart{1000h};

TEST(NoticeGate, ATopicSpeaksOnceInTenMinutes) {
  NoticeGate gate;
  EXPECT_TRUE(gate.admit(about("a"), kStart));
  EXPECT_FALSE(gate.admit(about("a"), kStart + 9min));
  EXPECT_TRUE(gate.admit(about("b"), kStart + 9min)) << "another topic has not spoken";
  EXPECT_TRUE(gate.admit(about("a"), kStart + 10min));
}

TEST(NoticeGate, UrgentTopicsMaySpeakSooner) {
  NoticeGate gate;
  EXPECT_TRUE(gate.admit(about("a", true), kStart));
  EXPECT_FALSE(gate.admit(about("a", true), kStart + 1min));
  EXPECT_TRUE(gate.admit(about("a", true), kStart + 2min));
}

TEST(NoticeGate, AllTogetherAreFewInAnHour) {
  NoticeGate gate;
  std::size_t admitted = 0;
  for (int minute = 0; minute < 60; ++minute)
    admitted += gate.admit(about("topic" + std::to_string(minute), true), kStart + minute * 1min);
  EXPECT_EQ(admitted, NoticeGate::kMostInWindow);
  EXPECT_TRUE(gate.admit(about("later"), kStart + 1h));
}

TEST(NoticeGate, WhatAPersonAskedForAlwaysPassesAndDoesNotCount) {
  NoticeGate gate;
  Notice asked = about("about");
  asked.asked_for = true;
  for (int time = 0; time < 20; ++time) EXPECT_TRUE(gate.admit(asked, kStart));
  EXPECT_TRUE(gate.admit(about("a"), kStart));
}

TEST(NoticeGate, WhatWasNotShownDoesNotCount) {
  NoticeGate gate;
  for (int time = 0; time < 20; ++time) {
    EXPECT_TRUE(gate.admit(about("a"), kStart + time * 1s)) << time;
    gate.withdraw(about("a"), kStart + time * 1s);
  }
  EXPECT_TRUE(gate.admit(about("a"), kStart + 1min));
  gate.withdraw(about("a"), kStart);
  EXPECT_FALSE(gate.admit(about("a"), kStart + 2min)) << "another one was not shown, not this";
}

}  // namespace
}  // namespace lull::agent::notify
