// SPDX-License-Identifier: MIT
#include "core/relief/largest_apps.h"

#include <gtest/gtest.h>

#include "core/base/bytes.h"

namespace lull::relief {
namespace {

using base::kGiB;
using base::kMiB;

ScopeUse app(const std::string& unit, std::uint64_t bytes) {
  ScopeUse use;
  use.reading.unit = unit;
  use.reading.state = model::ScopeState::kRead;
  use.reading.current_bytes = bytes;
  return use;
}

TEST(LargestApps, UnitsOfOneAppCountTogetherAndTheLargestComesFirst) {
  const auto apps =
      largest_apps({app("app-gnome-firefox-1.scope", kGiB), app("code.scope", 900 * kMiB),
                    app("app-gnome-firefox-2.scope", 512 * kMiB), app("small.service", kMiB - 1),
                    app("a.service", 2 * kMiB), app("b.service", 3 * kMiB)});
  ASSERT_EQ(apps.size(), kLargestApps);
  EXPECT_EQ(apps[0].name, "firefox");
  EXPECT_EQ(apps[0].memory_bytes, kGiB + 512 * kMiB);
  EXPECT_EQ(largest_apps_text(apps), "firefox 1.50 GiB, code 900 MiB, b 3.00 MiB");
}

TEST(LargestApps, WhatCouldNotBeReadIsNone) {
  ScopeUse gone = app("gone.scope", kGiB);
  gone.reading.state = model::ScopeState::kGone;
  EXPECT_TRUE(largest_apps({gone}).empty());
  EXPECT_EQ(largest_apps_text({}), "");
}

}  // namespace
}  // namespace lull::relief
