// SPDX-License-Identifier: MIT
#include "core/platform/own_pressure.h"

#include <map>

#include <gtest/gtest.h>

#include "core/base/text.h"

namespace lull::platform {
namespace {

using namespace std::string_literals;

std::optional<OwnPressure> found(std::map<std::string, std::string> variables) {
  return find_own_pressure([&](std::string_view name) -> std::optional<std::string> {
    const auto at = variables.find(std::string(name));
    return at == variables.end() ? std::nullopt : std::optional(at->second);
  });
}

std::optional<OwnPressure> told(const std::string& trigger) {
  return found({{"MEMORY_PRESSURE_WATCH", "/sys/fs/cgroup/x/memory.pressure"},
                {"MEMORY_PRESSURE_WRITE", base::base64_encode(trigger)}});
}

TEST(OwnPressure, is_what_systemd_tells) {
  // As systemd 257 sets it for a service of a user.
  const auto own =
      found({{"MEMORY_PRESSURE_WATCH",
              "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/lull.service/"
              "memory.pressure"},
             {"MEMORY_PRESSURE_WRITE", "c29tZSAyMDAwMDAgMjAwMDAwMAA="}});
  ASSERT_TRUE(own);
  EXPECT_EQ(own->cgroup,
            "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/lull.service");
  EXPECT_EQ(own->trigger.kind, PressureTrigger::Kind::kSome);
  EXPECT_EQ(own->trigger.stall_us, 200'000u);
  EXPECT_EQ(own->trigger.window_us, 2'000'000u);
}

TEST(OwnPressure, may_be_of_full_stalls_and_needs_no_text) {
  const auto full = told("full 150000 4000000\n");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->trigger.kind, PressureTrigger::Kind::kFull);
  EXPECT_EQ(full->trigger.window_us, 4'000'000u);
  const auto plain = found({{"MEMORY_PRESSURE_WATCH", "/cg/memory.pressure"}});
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->trigger.stall_us, 200'000u);
}

TEST(OwnPressure, is_none_where_nobody_tells_or_it_is_switched_off) {
  EXPECT_FALSE(found({}));
  for (const char* file : {"", "/dev/null", "/run/fifo", "memory.pressure", "/memory.pressure",
                           "relative/memory.pressure"})
    EXPECT_FALSE(found({{"MEMORY_PRESSURE_WATCH", file}})) << file;
}

TEST(OwnPressure, refuses_what_is_no_trigger) {
  for (const std::string& text :
       {""s, "some"s, "some "s, "some 1"s, "some 0 2000000"s, "some 3000000 2000000"s,
        "some 1 2 3"s, "none 1 2"s, "some -1 2"s, "some 99999999999 2000000"s, "\0"s})
    EXPECT_FALSE(told(text)) << text;
  for (const std::string& encoded : {"!!!!"s, std::string(1000, 'A')})
    EXPECT_FALSE(found(
        {{"MEMORY_PRESSURE_WATCH", "/cg/memory.pressure"}, {"MEMORY_PRESSURE_WRITE", encoded}}));
}

}  // namespace
}  // namespace lull::platform
