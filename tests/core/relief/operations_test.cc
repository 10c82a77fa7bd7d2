// SPDX-License-Identifier: MIT
// The operations that are a judgement alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "core/relief/memory_compression.h"
#include "core/relief/network_caches.h"

namespace lull::relief {
namespace {

using base::kMiB;
using model::SwapKind;
using testing::HasSubstr;

model::MemorySample with_swap(std::uint64_t total, std::uint64_t used) {
  model::MemorySample memory;
  memory.swap_total_bytes = total;
  memory.swap_used_bytes = used;
  return memory;
}

TEST(MemoryCompression, SaysWhatZramDoes) {
  auto memory = with_swap(1000 * kMiB, 300 * kMiB);
  memory.zram = model::ZramState{300 * kMiB, 100 * kMiB};
  auto verdict = memory_compression_verdict(memory, {SwapKind::kZram, 0, false});
  EXPECT_EQ(verdict.outcome, ReliefOutcome::kNoEffect);
  EXPECT_THAT(verdict.reason, HasSubstr("300 MiB in 100 MiB (3.0 : 1)"));
  memory.zram = model::ZramState{150 * kMiB, 100 * kMiB};
  EXPECT_EQ(memory_compression_verdict(memory, {}).outcome, ReliefOutcome::kNoEffect);
  memory.zram = model::ZramState{149 * kMiB, 100 * kMiB};
  verdict = memory_compression_verdict(memory, {});
  EXPECT_EQ(verdict.outcome, ReliefOutcome::kUnavailable);
  EXPECT_THAT(verdict.reason, HasSubstr("root"));
  memory.zram = model::ZramState{};
  EXPECT_THAT(memory_compression_verdict(memory, {}).reason, HasSubstr("nothing is in it"));
}

TEST(MemoryCompression, AdvisesWhereThereIsNone) {
  EXPECT_THAT(memory_compression_verdict(with_swap(0, 0), {}).reason, HasSubstr("no swap"));
  const auto slow = memory_compression_verdict(with_swap(1000 * kMiB, 10 * kMiB),
                                               {SwapKind::kRotational, 0, false});
  EXPECT_EQ(slow.outcome, ReliefOutcome::kUnavailable);
  EXPECT_THAT(slow.reason, HasSubstr("a slow disk (10.0 MiB of 1000 MiB used)"));
  EXPECT_EQ(
      memory_compression_verdict(with_swap(kMiB, 0), {SwapKind::kSolidState, 0, true}).outcome,
      ReliefOutcome::kNoEffect);
}

TEST(NetworkCaches, NeverClaimBytes) {
  const auto outcome = [](base::ErrorCode code) {
    const auto verdict = network_caches_verdict(base::fail(code, "x"));
    EXPECT_EQ(verdict.bytes, 0u);
    return verdict.outcome;
  };
  EXPECT_EQ(network_caches_verdict({}).outcome, ReliefOutcome::kUnproven);
  EXPECT_EQ(network_caches_verdict({}).bytes, 0u);
  EXPECT_EQ(outcome(base::ErrorCode::kUnavailable), ReliefOutcome::kUnavailable);
  EXPECT_EQ(outcome(base::ErrorCode::kNotFound), ReliefOutcome::kUnavailable);
  EXPECT_EQ(outcome(base::ErrorCode::kCancelled), ReliefOutcome::kSkipped);
  EXPECT_EQ(outcome(base::ErrorCode::kTimeout), ReliefOutcome::kFailed);
  EXPECT_EQ(outcome(base::ErrorCode::kPermissionDenied), ReliefOutcome::kFailed);
}

TEST(AppCaches, AreWhatSheddingGave) {
  EXPECT_EQ(verdict_of({Outcome::kFreed, 7, 0, "x"}).bytes, 7u);
  EXPECT_EQ(verdict_of({Outcome::kFreed, 7, 0, "x"}).outcome, ReliefOutcome::kFreed);
  EXPECT_EQ(verdict_of({Outcome::kNoEffect, 0, 0, "x"}).outcome, ReliefOutcome::kNoEffect);
  EXPECT_EQ(verdict_of({Outcome::kUnproven, 0, 0, "x"}).outcome, ReliefOutcome::kUnproven);
}

}  // namespace
}  // namespace lull::relief
