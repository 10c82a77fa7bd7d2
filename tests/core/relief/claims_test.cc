// SPDX-License-Identifier: MIT
// What operations that ran beside each other may claim together.
#include "core/relief/claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "core/relief/operation.h"

namespace lull::relief {
namespace {

using base::kMiB;
using testing::HasSubstr;

class Claims : public testing::Test {
 protected:
  Claims() {
    report_.before.emplace().available_bytes = 1000 * kMiB;
    report_.before->free_bytes = 100 * kMiB;
    report_.after = report_.before;
    for (const std::string_view id : kOperations) {
      report_.operations.emplace_back().id = id;
      report_.operations.back().outcome = ReliefOutcome::kNoEffect;
    }
  }
  void freed(std::string_view id, std::uint64_t bytes) {
    of(id).outcome = ReliefOutcome::kFreed;
    of(id).bytes = bytes;
  }
  model::OperationReport& of(std::string_view id) {
    return *std::find_if(report_.operations.begin(), report_.operations.end(),
                         [&](const auto& operation) { return operation.id == id; });
  }
  std::uint64_t sum() const {
    std::uint64_t bytes = 0;
    for (const auto& operation : report_.operations) bytes += operation.bytes;
    return bytes;
  }
  model::OptimizeReport report_;
};

TEST_F(Claims, StandWhereTheMachineHasAsMuchMore) {
  freed(kInactiveMemory, 16 * kMiB), freed(kFileCaches, 400 * kMiB);
  report_.after->free_bytes += 416 * kMiB;
  settle_claims(report_);
  EXPECT_EQ(of(kInactiveMemory).bytes, 16 * kMiB);
  EXPECT_EQ(of(kInactiveMemory).reason, "");
  EXPECT_EQ(sum(), 416 * kMiB);
}

TEST_F(Claims, WhatOthersMeasuredIsNotTheAppsToo) {
  freed(kInactiveMemory, 416 * kMiB), freed(kFileCaches, 400 * kMiB);
  report_.after->free_bytes += 416 * kMiB;
  settle_claims(report_);
  EXPECT_EQ(of(kInactiveMemory).bytes, 16 * kMiB);
  EXPECT_EQ(of(kInactiveMemory).outcome, ReliefOutcome::kFreed);
  EXPECT_THAT(of(kInactiveMemory).reason, HasSubstr("the machine has 16.0 MiB more"));
  EXPECT_EQ(of(kFileCaches).bytes, 400 * kMiB) << "looked at, page by page";
}

TEST_F(Claims, WithNothingLeftTheAppsAreUnproven) {
  freed(kInactiveMemory, 100 * kMiB), freed(kFileCaches, 400 * kMiB);
  report_.after->free_bytes += 400 * kMiB;  // what went to swap there is memory as well
  settle_claims(report_);
  EXPECT_EQ(of(kInactiveMemory).bytes, 0u);
  EXPECT_EQ(of(kInactiveMemory).outcome, ReliefOutcome::kUnproven);
  EXPECT_EQ(sum(), 400 * kMiB);
}

TEST_F(Claims, TheFigureThatRoseMoreCounts) {
  freed(kInactiveMemory, 100 * kMiB), freed(kAppCaches, 10 * kMiB);
  report_.after->available_bytes += 110 * kMiB;
  report_.after->free_bytes -= 50 * kMiB;  // somebody read files meanwhile
  settle_claims(report_);
  EXPECT_EQ(sum(), 110 * kMiB);
}

TEST_F(Claims, WithoutFiguresOfTheMachineTheAppsAreUnproven) {
  freed(kInactiveMemory, 100 * kMiB);
  report_.after.reset();
  settle_claims(report_);
  EXPECT_EQ(of(kInactiveMemory).outcome, ReliefOutcome::kUnproven);
}

TEST_F(Claims, WhatClaimedNothingIsLeftAsItIs) {
  freed(kFileCaches, 400 * kMiB);
  settle_claims(report_);
  EXPECT_EQ(of(kInactiveMemory).outcome, ReliefOutcome::kNoEffect);
  EXPECT_EQ(of(kInactiveMemory).reason, "");
}

}  // namespace
}  // namespace lull::relief
