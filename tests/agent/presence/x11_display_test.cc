// SPDX-License-Identifier: MIT
#include "agent/presence/x11_display.h"

#include <gtest/gtest.h>

namespace lull::agent::presence {
namespace {

TEST(LocalDisplay, IsSaidAsAProtocolWithoutAHost) {
  EXPECT_EQ(local_display(":0"), "unix/:0");
  EXPECT_EQ(local_display(":10.1"), "unix/:10.1");
  EXPECT_EQ(local_display("unix:0"), "unix/:0");
  EXPECT_EQ(local_display("unix/:0.0"), "unix/:0.0");
}

TEST(LocalDisplay, IsNoneThatIsReachedByNetworkOrIsNoName) {
  for (const char* display : {"", "unix", "unix/", "localhost:10.0", "192.0.2.1:0", "tcp/host:0",
                              "inet6/[::1]:0", "unix/unix/:0", "unix/host:0", "unixes:0", "/tmp/x"})
    EXPECT_EQ(local_display(display), std::nullopt) << display;
}

}  // namespace
}  // namespace lull::agent::presence
