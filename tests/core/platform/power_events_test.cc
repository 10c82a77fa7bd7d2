// SPDX-License-Identifier: MIT
#include "core/platform/power_events.h"

#include <string_view>

#include <fcntl.h>
#include <gtest/gtest.h>

namespace lull::platform {
namespace {

using namespace std::string_view_literals;

TEST(PowerEvents, AreTheKernelsMessagesOfThatSubsystem) {
  EXPECT_TRUE(
      is_power_event("change@/devices/AC\0ACTION=change\0SUBSYSTEM=power_supply\0SEQNUM=1\0"sv));
  EXPECT_TRUE(is_power_event("SUBSYSTEM=power_supply"sv)) << "the last zero may be missing";
  for (const auto other :
       {""sv, "\0\0\0"sv, "change@/devices/power_supply\0SUBSYSTEM=usb\0"sv,
        "add@/x\0SUBSYSTEM=power_supply_x\0"sv, "add@/x\0MY_SUBSYSTEM=power_supply\0"sv})
    EXPECT_FALSE(is_power_event(other)) << other;
}

TEST(PowerEvents, OfThisMachineCanBeHeardWithoutWaiting) {
  const auto fd = open_power_events();
  if (!fd) GTEST_SKIP() << fd.error().to_string();
  EXPECT_NE(::fcntl(fd->get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_FALSE(read_power_events(fd->get())) << "and nobody pulls the plug just now";
}

}  // namespace
}  // namespace lull::platform
