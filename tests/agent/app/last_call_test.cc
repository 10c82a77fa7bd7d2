// SPDX-License-Identifier: MIT
#include "agent/last_call.h"

#include <future>

#include <gtest/gtest.h>

namespace lull::agent {
namespace {

using Said = LastCall::Said;

constexpr base::Duration kNow{};
constexpr base::Duration kNever = std::chrono::hours(1000);

class LastCallTest : public ::testing::Test {
 protected:
  LastCall& call(LastCall::Limits limits) {
    return call_.emplace(limits, [this](Said said) { left_.set_value(said); });
  }
  std::promise<Said> left_;  // a second time throws
  std::optional<LastCall> call_;
};

TEST_F(LastCallTest, LeavesWhenTheTimeIsOverAndNothingIsLost) {
  LastCall& call = this->call({kNow, kNever});
  call.begin();
  call.durable();
  EXPECT_EQ(left_.get_future().get(), Said::kNothingLost);
}

TEST_F(LastCallTest, LeavesInTheEndThoughTheDiskDoesNotAnswer) {
  call({kNow, kNow}).begin();
  EXPECT_EQ(left_.get_future().get(), Said::kNotSaved);
}

TEST_F(LastCallTest, WhoEndsInTimeIsLeftAlone) {
  LastCall& call = this->call({kNever, kNever});
  call.begin();
  call.durable();
  call_.reset();
  left_.set_value(Said::kNothingLost);  // nobody has
}

TEST_F(LastCallTest, WhoIsStillSavingIsLeftAlone) {
  call({kNow, kNever}).begin();
  call_.reset();
  left_.set_value(Said::kNothingLost);
}

TEST_F(LastCallTest, NothingBeginsByItself) {
  call({kNow, kNow}).durable();
  call_.reset();
  left_.set_value(Said::kNothingLost);
}

}  // namespace
}  // namespace lull::agent
