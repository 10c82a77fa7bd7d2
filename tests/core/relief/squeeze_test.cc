// SPDX-License-Identifier: MIT
#include "core/relief/squeeze.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lull::relief {
namespace {

using base::kGiB;
using base::kMiB;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class Squeeze : public testing::Test {
 protected:
  Squeeze() {
    now_.memory.total_bytes = 8 * kGiB;
    now_.memory.available_bytes = kGiB;
    now_.memory.free_bytes = 100 * kMiB;
    now_.memory.swap_total_bytes = 4 * kGiB;
    now_.swap = model::SwapKind::kSolidState;
    now_.stalled_us = 500;
    now_.swapped_out_bytes = 7 * kMiB;
    now_.refaults = 9;
    before_ = now_;
    now_.taken_at += kSqueezeCalm;
    begun_ = now_;
  }
  std::uint64_t chunk() { return squeeze_chunk(before_, now_, kGiB).bytes; }
  std::string why_not() { return squeeze_chunk(before_, now_, kGiB).why_not; }

  SqueezeSample before_, now_, begun_;
};

TEST_F(Squeeze, IsSmallWhateverIsAllowed) {
  EXPECT_EQ(chunk(), kLargestSqueeze);
  EXPECT_EQ(squeeze_chunk(before_, now_, 20 * kMiB).bytes, 20 * kMiB);
  now_.memory.total_bytes = 400 * kMiB;
  EXPECT_EQ(chunk(), 20 * kMiB) << "a twentieth";
}

TEST_F(Squeeze, WithoutSwapToSpareItIsAQuarterOfWhatIsAvailable) {
  now_.memory.available_bytes = 100 * kMiB;
  now_.memory.swap_used_bytes = 2 * kGiB - 1;
  EXPECT_EQ(chunk(), kLargestSqueeze);
  now_.memory.swap_used_bytes = 2 * kGiB;
  EXPECT_EQ(chunk(), 25 * kMiB);
  now_.memory.swap_total_bytes = now_.memory.swap_used_bytes = 0;
  EXPECT_EQ(chunk(), 25 * kMiB);
  now_.memory.available_bytes = 4 * kMiB - 1;
  EXPECT_THAT(why_not(), HasSubstr("too little"));
}

TEST_F(Squeeze, IsNotDoneWhileAnybodyWaits) {
  now_.stalled_us = *before_.stalled_us + 1;
  EXPECT_THAT(why_not(), HasSubstr("waited"));
  now_.stalled_us = before_.stalled_us;
  now_.taken_at -= nanoseconds(1);
  EXPECT_THAT(why_not(), HasSubstr("waited")) << "nobody knows of all ten seconds";
}

TEST_F(Squeeze, IsNotDoneOnBatterySlowSwapOrUnwatched) {
  now_.on_mains = false;
  EXPECT_THAT(why_not(), HasSubstr("battery"));
  now_.on_mains = true;
  now_.swap = model::SwapKind::kRotational;
  EXPECT_THAT(why_not(), HasSubstr("slow disk"));
  now_.swap = model::SwapKind::kZram;
  for (auto* counter : {&now_.stalled_us, &now_.swapped_out_bytes, &now_.refaults}) {
    const auto value = std::exchange(*counter, std::nullopt);
    EXPECT_THAT(why_not(), HasSubstr("watched"));
    EXPECT_NE(squeeze_stop(begun_, now_, 0), nullptr);
    *counter = value;
  }
  EXPECT_EQ(why_not(), "");
}

TEST_F(Squeeze, EndsAtTheFirstSignOfHarm) {
  EXPECT_EQ(squeeze_stop(begun_, now_, 0), nullptr);
  now_.stalled_us = *begun_.stalled_us + kSqueezeStallUs - 1;
  EXPECT_EQ(squeeze_stop(begun_, now_, 0), nullptr);
  now_.stalled_us = *begun_.stalled_us + kSqueezeStallUs;
  EXPECT_STREQ(squeeze_stop(begun_, now_, 0), "somebody waited for memory");
  now_ = begun_;
  now_.refaults = *begun_.refaults + 1;
  EXPECT_STREQ(squeeze_stop(begun_, now_, 0), "something was wanted back");
  now_ = begun_;
  now_.swapped_out_bytes = *begun_.swapped_out_bytes + 4096;
  EXPECT_STREQ(squeeze_stop(begun_, now_, 0), "something was swapped out");
}

TEST_F(Squeeze, EndsAfterTenRoundsOrTwoSeconds) {
  EXPECT_EQ(squeeze_stop(begun_, now_, kMostSqueezes - 1), nullptr);
  EXPECT_NE(squeeze_stop(begun_, now_, kMostSqueezes), nullptr);
  now_.taken_at = begun_.taken_at + kSqueezeTime - nanoseconds(1);
  EXPECT_EQ(squeeze_stop(begun_, now_, 0), nullptr);
  now_.taken_at = begun_.taken_at + kSqueezeTime;
  EXPECT_NE(squeeze_stop(begun_, now_, 0), nullptr);
}

TEST_F(Squeeze, ClaimsWhatBecameFreeAndNeverWhatWasSwappedOut) {
  now_.memory.free_bytes += 50 * kMiB;
  const auto verdict = squeeze_verdict(begun_, now_, 3, "ten rounds were made");
  EXPECT_EQ(verdict.outcome, ReliefOutcome::kFreed);
  EXPECT_EQ(verdict.bytes, 50 * kMiB);
  EXPECT_THAT(verdict.reason, HasSubstr("counted as available before"));
  now_.swapped_out_bytes = *begun_.swapped_out_bytes + 4096;
  EXPECT_EQ(squeeze_verdict(begun_, now_, 3, "x").outcome, ReliefOutcome::kUnproven);
  EXPECT_EQ(squeeze_verdict(begun_, begun_, 3, "x").outcome, ReliefOutcome::kNoEffect);
}

}  // namespace
}  // namespace lull::relief
