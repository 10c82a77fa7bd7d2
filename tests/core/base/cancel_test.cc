// SPDX-License-Identifier: MIT
#include "core/base/cancel.h"

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace lull::base {
namespace {

TEST(Cancel, ADefaultTokenIsNeverCancelled) {
  const CancelToken token;
  EXPECT_FALSE(token.cancelled());
  EXPECT_EQ(token.reason(), CancelReason::kNone);
  (void)token.on_cancel([] { FAIL(); });
}

TEST(Cancel, TheFirstReasonStays) {
  const CancelSource source;
  source.cancel(CancelReason::kDeadline);
  source.cancel(CancelReason::kUser);
  EXPECT_EQ(source.token().reason(), CancelReason::kDeadline);
}

TEST(Cancel, CallsEveryCallbackOnce) {
  const CancelSource source;
  int calls = 0;
  const auto first = source.token().on_cancel([&] { ++calls; });
  const auto second = source.token().on_cancel([&] { ++calls; });
  source.cancel(CancelReason::kUser);
  source.cancel(CancelReason::kUser);
  EXPECT_EQ(calls, 2);
}

TEST(Cancel, ALateCallbackIsCalledAtOnce) {
  const CancelSource source;
  source.cancel(CancelReason::kUser);
  bool called = false;
  const auto registration = source.token().on_cancel([&] { called = true; });
  EXPECT_TRUE(called);
}

TEST(Cancel, AWithdrawnCallbackIsNotCalled) {
  const CancelSource source;
  {
    const auto registration = source.token().on_cancel([] { FAIL(); });
  }
  source.cancel(CancelReason::kUser);
}

TEST(Cancel, AChildFollowsItsParentButNotTheOtherWayRound) {
  const CancelSource parent;
  const CancelSource child(parent.token());
  const CancelSource sibling(parent.token());
  sibling.cancel(CancelReason::kUser);
  EXPECT_FALSE(parent.cancelled());
  EXPECT_FALSE(child.cancelled());
  parent.cancel(CancelReason::kShutdown);
  EXPECT_EQ(child.token().reason(), CancelReason::kShutdown);
  EXPECT_EQ(sibling.token().reason(), CancelReason::kUser);
}

TEST(Cancel, AChildOfACancelledParentIsBornCancelled) {
  const CancelSource parent;
  parent.cancel(CancelReason::kDeadline);
  EXPECT_EQ(CancelSource(parent.token()).token().reason(), CancelReason::kDeadline);
}

TEST(Cancel, ACallbackMayWithdrawAnotherOne) {
  const CancelSource source;
  std::optional<CancelRegistration> second;
  const auto first = source.token().on_cancel([&] { second.reset(); });
  second = source.token().on_cancel([] { FAIL(); });
  source.cancel(CancelReason::kUser);
}

TEST(Cancel, AfterWithdrawalTheCallbackIsNotRunningOnAnyThread) {
  for (int round = 0; round < 300; ++round) {
    const CancelSource source;
    auto alive = std::make_unique<std::atomic<int>>(0);
    auto registration =
        std::make_unique<CancelRegistration>(source.token().on_cancel([&] { ++*alive; }));
    std::thread canceller([&] { source.cancel(CancelReason::kUser); });
    registration.reset();
    alive.reset();  // a callback that still ran would touch freed memory (ASan, TSan)
    canceller.join();
  }
}

TEST(Cancel, ManyThreadsMayRegisterWhileOneCancels) {
  const CancelSource source;
  std::atomic<int> calls{0};
  std::vector<std::thread> threads;
  constexpr int kThreads = 4;
  constexpr int kEach = 200;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&] {
      std::vector<CancelRegistration> kept;
      for (int i = 0; i < kEach; ++i) kept.push_back(source.token().on_cancel([&] { ++calls; }));
      while (!source.cancelled()) std::this_thread::yield();
    });
  source.cancel(CancelReason::kUser);
  for (auto& thread : threads) thread.join();
  EXPECT_LE(calls, kThreads * kEach);
  EXPECT_EQ(source.token().reason(), CancelReason::kUser);
}

}  // namespace
}  // namespace lull::base
