// SPDX-License-Identifier: MIT
#pragma once
#include <gtest/gtest.h>

#include "core/platform/user_idle_probe.h"

// What every UserIdleProbe promises. "Unknown" is a proper answer.
namespace lull::contract {

// `elapsed` says what a clock that every probe is told by has come to.
template <class Elapsed>
void expect_user_idle_contract(platform::UserIdleProbe& probe, const Elapsed& elapsed) {
  const base::Duration began = elapsed();
  const model::UserIdle first = probe.read();
  const model::UserIdle second = probe.read();
  const base::Duration took = elapsed() - began;
  for (const model::UserIdle& idle : {first, second}) {
    if (idle.idle_for) {
      EXPECT_GE(*idle.idle_for, base::Duration::zero());
      EXPECT_FALSE(idle.asking) << "what is known is not asked for";
    }
  }
  // Between two looks nobody can have been away for longer than that.
  if (first.idle_for && second.idle_for) {
    EXPECT_LE(*second.idle_for - *first.idle_for, took);
  }
}

}  // namespace lull::contract
