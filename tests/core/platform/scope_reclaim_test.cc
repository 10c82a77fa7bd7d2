// SPDX-License-Identifier: MIT
#include "core/platform/scope_reclaim.h"

#include <gtest/gtest.h>

namespace lull::platform {
namespace {

TEST(ReclaimOvershoots, OnKernelsBeforeTheRepair) {
  for (const char* release :
       {"6.1.0-50-cloud-amd64", "5.19.0", "6.8.12", "6.8", "4.19.0", "", "x", "6", "6.x", "-6.12"})
    EXPECT_TRUE(reclaim_overshoots(release)) << release;
  for (const char* release : {"6.9.0-rc1", "6.9", "6.12.117+deb13-cloud-amd64", "7.0.0", "10.1"})
    EXPECT_FALSE(reclaim_overshoots(release)) << release;
}

TEST(ReclaimText, IsWhatTheKernelReads) {
  EXPECT_EQ(reclaim_text({"a.scope", 1, 4096, {}}), "4096");
  EXPECT_EQ(reclaim_text({"a.scope", 1, 4096, 0u}), "4096 swappiness=0");
}

}  // namespace
}  // namespace lull::platform
