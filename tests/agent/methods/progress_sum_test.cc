// SPDX-License-Identifier: MIT
#include "agent/methods/progress_sum.h"

#include <gtest/gtest.h>

namespace lull::agent {
namespace {

using namespace std::chrono_literals;
using base::Duration;
using base::SteadyTime;

constexpr SteadyTime kBegun{1h};

RunProgress run(Counts counts, base::ProgressSnapshot now, bool ended = false,
                Duration began = 0s) {
  return {counts, now, kBegun + began, ended};
}
RunProgress memory(std::uint64_t done, bool ended = false) {
  return run(Counts::kSteps, {"relieving memory", done, 7, 0, 0}, ended);
}
RunProgress seen(std::uint64_t items, bool ended = false) {
  return run(Counts::kSeen, {"scanning", items, 20'000, items * 4096, 20'000 * 4096}, ended);
}

TEST(ProgressSum, OneRunTellsItsShareAndWhenItWillBeOver) {
  ProgressSum sum({Counts::kMoved}, kBegun);
  const auto quarter = sum.of({run(Counts::kMoved, {"moving", 25, 100, 0, 0})}, kBegun + 10s);
  EXPECT_EQ(quarter.share, 0.25);
  EXPECT_EQ(quarter.left, 30s);
  EXPECT_EQ(quarter.elapsed, 10s);
  EXPECT_EQ(quarter.figures.total_items, 100u);
}

TEST(ProgressSum, BytesWeighMoreThanItemsIfTheirSumIsKnown) {
  ProgressSum sum({Counts::kMoved}, kBegun);
  EXPECT_EQ(sum.of({run(Counts::kMoved, {"moving", 9, 10, 100, 1000})}, kBegun + 1s).share, 0.1);
}

TEST(ProgressSum, WhatWentPastItsExpectationIsNotKnown) {
  ProgressSum sum({Counts::kSeen}, kBegun);
  const auto past = sum.of({run(Counts::kSeen, {"scanning", 1200, 1000, 9, 0})}, kBegun + 10s);
  EXPECT_FALSE(past.share);
  EXPECT_FALSE(past.left);
  EXPECT_EQ(past.figures.total_items, 0u);
  EXPECT_EQ(past.figures.done_items, 1200u);
}

TEST(ProgressSum, TheFirstMomentForetellsNothing) {
  ProgressSum sum({Counts::kMoved}, kBegun);
  EXPECT_FALSE(sum.of({run(Counts::kMoved, {"moving", 25, 100, 0, 0})}, kBegun + 900ms).left);
  EXPECT_FALSE(sum.of({run(Counts::kMoved, {"moving", 25, 10'000, 0, 0})}, kBegun + 9s).left);
}

TEST(ProgressSum, RatesAreOfTheRunsOwnTime) {
  ProgressSum sum({Counts::kSeen}, kBegun);
  // Joined a minute after it began, and one that has not begun.
  EXPECT_EQ(
      sum.of({run(Counts::kSeen, {"scanning", 5, 0, 0, 0}, false, -60s)}, kBegun + 1s).elapsed,
      61s);
  EXPECT_EQ(sum.of({{Counts::kSeen, {}, std::nullopt, false}}, kBegun + 5s).elapsed, 0s);
}

TEST(ProgressSum, RunsOfOneKindAreAddedUp) {
  ProgressSum sum({Counts::kSeen}, kBegun);
  const auto both = sum.of({run(Counts::kSeen, {"walking", 10, 40, 0, 0}),
                            run(Counts::kSeen, {"walking", 30, 0, 0, 0}, true)},
                           kBegun + 1s);
  EXPECT_EQ(both.figures.done_items, 40u);
  EXPECT_EQ(both.figures.total_items, 70u) << "what has ended knows its sum";
  const auto unknown = sum.of(
      {run(Counts::kSeen, {"walking", 10, 40, 0, 0}), {Counts::kSeen, {}, std::nullopt, false}},
      kBegun + 1s);
  EXPECT_EQ(unknown.figures.total_items, 0u) << "one waits and knows nothing";
  EXPECT_FALSE(unknown.share);
}

TEST(ProgressSum, UnlikeRunsAreNeverAddedUp) {
  ProgressSum sum({Counts::kMoved, true}, kBegun);
  const auto first = sum.of({seen(12'345), memory(3)}, kBegun + 2s);
  EXPECT_EQ(first.figures.stage, "relieving memory");
  EXPECT_EQ(first.figures.done_items, 3u);
  EXPECT_EQ(first.figures.total_items, 7u);
  EXPECT_EQ(first.figures.done_bytes, 0u) << "what was read is no memory";
  EXPECT_FALSE(first.share) << "three of seven steps are no share of all";
  EXPECT_FALSE(first.left);
  const auto second = sum.of({seen(15'000), memory(7, true)}, kBegun + 4s);
  EXPECT_EQ(second.figures.stage, "scanning");
  EXPECT_EQ(second.figures.done_items, 15'000u);
  const auto third = sum.of({seen(19'000, true), memory(7, true),
                             run(Counts::kMoved, {"moving", 1, 3, 9, 90}, false, 5s)},
                            kBegun + 6s);
  EXPECT_EQ(third.figures.done_items, 1u);
  EXPECT_EQ(third.figures.done_bytes, 9u);
  EXPECT_EQ(third.elapsed, 1s) << "of the moving alone";
}

TEST(ProgressSum, ACallOfSeveralKindsGoesByTheLastOneUntilItsEndIsInSight) {
  ProgressSum sum({Counts::kMoved, true, 20s}, kBegun);
  const auto early = sum.of({seen(10), memory(1)}, kBegun + 5s);
  EXPECT_EQ(early.left, 15s);
  EXPECT_EQ(early.share, 0.25);
  // Ten seconds of moving, a half is done.
  const auto moving = sum.of(
      {seen(10, true), memory(7, true), run(Counts::kMoved, {"moving", 50, 100, 0, 0}, false, 8s)},
      kBegun + 18s);
  EXPECT_EQ(moving.left, 10s);
  EXPECT_DOUBLE_EQ(*moving.share, 18.0 / 28);
}

TEST(ProgressSum, LongerThanTheLastOneIsNotKnown) {
  ProgressSum sum({Counts::kMoved, true, 20s}, kBegun);
  const auto late = sum.of({memory(6)}, kBegun + 20s);
  EXPECT_FALSE(late.share);
  EXPECT_FALSE(late.left);
}

TEST(ProgressSum, TheShareNeverGoesBack) {
  ProgressSum alone({Counts::kSeen}, kBegun);
  EXPECT_EQ(alone.of({run(Counts::kSeen, {"scanning", 60, 100, 0, 0})}, kBegun + 1s).share, 0.6);
  EXPECT_EQ(alone.of({run(Counts::kSeen, {"scanning", 70, 700, 0, 0})}, kBegun + 2s).share, 0.6);
  EXPECT_FALSE(alone.of({run(Counts::kSeen, {"scanning", 701, 700, 0, 0})}, kBegun + 3s).share);
  EXPECT_EQ(alone.of({run(Counts::kSeen, {"scanning", 710, 7000, 0, 0})}, kBegun + 4s).share, 0.6);

  ProgressSum several({Counts::kMoved, true, 20s}, kBegun);
  EXPECT_EQ(several.of({memory(6)}, kBegun + 19s).share, 0.95);
  const auto moving =
      several.of({memory(7, true), run(Counts::kMoved, {"moving", 10, 1000, 0, 0}, false, 19s)},
                 kBegun + 19500ms);
  EXPECT_GE(*moving.share, 0.95);
}

}  // namespace
}  // namespace lull::agent
