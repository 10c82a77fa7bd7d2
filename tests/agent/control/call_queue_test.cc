// SPDX-License-Identifier: MIT
#include "agent/control/call_queue.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace lull::control {
namespace {

Request named(std::string name, bool oneway = false) {
  return {std::move(name), {}, false, oneway};
}

std::vector<std::string> drain(CallQueue& queue) {
  std::vector<std::string> seen;
  while (const CallQueue::Item* item = queue.front()) {
    if (item->request) {
      seen.push_back(item->request->method);
    } else {
      const bool refusal = item->reply.contains("error");
      seen.push_back((refusal ? "refused x" : "reply x") + std::to_string(item->repeat));
    }
    queue.pop();
  }
  return seen;
}

TEST(CallQueue, KeepsTheOrderOfCallsAndReplies) {
  CallQueue queue;
  EXPECT_TRUE(queue.add_call(named("a"), 10));
  EXPECT_TRUE(queue.add_reply({{"x", 1}}));
  EXPECT_TRUE(queue.add_call(named("b"), 10));
  EXPECT_EQ(drain(queue), (std::vector<std::string>{"a", "reply x1", "b"}));
  EXPECT_TRUE(queue.empty());
}

TEST(CallQueue, SixteenWaitBehindTheOneThatRuns) {
  CallQueue queue;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(queue.add_call(named("c"), 1));
  auto seen = drain(queue);
  ASSERT_EQ(seen.size(), 18U);
  EXPECT_EQ(seen.back(), "refused x3");
}

TEST(CallQueue, TheirBytesAreLimitedToo) {
  CallQueue queue;
  EXPECT_TRUE(queue.add_call(named("big"), kMaxMessageBytes));
  EXPECT_TRUE(queue.add_call(named("more"), 1));
  EXPECT_EQ(drain(queue), (std::vector<std::string>{"big", "refused x1"}));
  // What was answered does not count any longer.
  EXPECT_TRUE(queue.add_call(named("big"), kMaxMessageBytes));
  EXPECT_EQ(drain(queue), (std::vector<std::string>{"big"}));
}

TEST(CallQueue, ARefusedOnewayCallLeavesNothing) {
  CallQueue queue;
  for (int i = 0; i < 17; ++i) EXPECT_TRUE(queue.add_call(named("c"), 1));
  EXPECT_TRUE(queue.add_call(named("quiet", true), 1));
  EXPECT_EQ(drain(queue).size(), 17U);
}

TEST(CallQueue, AFloodOfEqualRepliesIsCounted) {
  CallQueue queue;
  EXPECT_TRUE(queue.add_call(named("running"), 1));
  for (int i = 0; i < 1'000'000; ++i) EXPECT_TRUE(queue.add_reply({{"cancelled", 0}}));
  EXPECT_EQ(drain(queue), (std::vector<std::string>{"running", "reply x1000000"}));
}

TEST(CallQueue, SaysWhenTooMuchIsUnanswered) {
  CallQueue queue;
  std::size_t taken = 0;
  while (queue.add_reply({{"n", taken}})) ++taken;
  EXPECT_EQ(taken, CallQueue::kMostItems);
  EXPECT_FALSE(queue.add_call(named("late"), 1));
}

TEST(CallQueue, CancelsTheFrontAndWhoWaits) {
  CallQueue queue;
  EXPECT_TRUE(queue.add_call(named("a"), 1));
  EXPECT_TRUE(queue.add_reply({}));
  EXPECT_TRUE(queue.add_call(named("b"), 1));
  EXPECT_EQ(queue.cancel_all(base::CancelReason::kUser), 2U);
  EXPECT_EQ(queue.cancel_all(base::CancelReason::kShutdown), 0U);
  EXPECT_TRUE(queue.front()->cancel.cancelled());
  EXPECT_EQ(queue.front()->cancel.token().reason(), base::CancelReason::kUser);
  EXPECT_TRUE(queue.add_call(named("c"), 1));
  EXPECT_EQ(queue.cancel_all(base::CancelReason::kUser), 1U);
}

TEST(CallQueue, MaySpareWhoWantsNoReply) {
  CallQueue queue;
  EXPECT_TRUE(queue.add_call(named("quiet", true), 1));
  EXPECT_EQ(queue.cancel_all(base::CancelReason::kUser, true), 0U);
  EXPECT_FALSE(queue.front()->cancel.cancelled());
  EXPECT_EQ(queue.cancel_all(base::CancelReason::kUser), 1U);
}

}  // namespace
}  // namespace lull::control
