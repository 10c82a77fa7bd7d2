// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <thread>

#include "tests/support/sandbox.h"

namespace lull::integration {

// A rule of the user's own about files of any age in ~/.cache/mine; "keep" stays.
inline void write_own_rule(const support::Sandbox& user) {
  user.write(".config/lull/rules.d/mine.toml", R"([[rule]]
id = "mine"
title = "files of this test"
tier = "safe"
cost = "nothing"
source = "this test"
roots = ["$CACHE/mine"]
keep = ["keep"]
)");
  user.write(".cache/mine/keep", "k");
}

// What was written in this tick of the kernel's clock counts as changed since a scan that begins in
// it.
inline void wait_for_the_next_tick() {
  const auto written = std::chrono::system_clock::now();
  while (std::chrono::system_clock::now() - written < std::chrono::milliseconds(50))
    std::this_thread::yield();
}

}  // namespace lull::integration
