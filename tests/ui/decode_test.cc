// SPDX-License-Identifier: MIT
#include "ui/client/decode.h"

#include <gtest/gtest.h>

#include "agent/control/json_codec.h"

namespace lull::ui {
namespace {

TEST(Decode, ReadsWhatTheAgentWrites) {
  model::Snapshot sent;
  sent.version = "1.2.3";
  sent.taken_at = base::WallTime{std::chrono::hours(500'000)};
  sent.memory.emplace();
  sent.memory->total_bytes = 100;
  sent.memory->available_bytes = 40;
  sent.pressure.emplace();
  sent.pressure->level = model::PressureLevel::kCritical;
  sent.pressure->reading.some_avg10 = 12.5;
  sent.disks.push_back({"/", "", "", 10, 4, 5});
  sent.paused_until = base::WallTime::max();
  const model::Snapshot got = decode_snapshot(control::encode(sent));
  EXPECT_EQ(got.version, "1.2.3");
  EXPECT_EQ(got.taken_at, sent.taken_at);
  ASSERT_TRUE(got.memory && got.pressure);
  EXPECT_EQ(got.memory->used_bytes(), 60U);
  EXPECT_EQ(got.pressure->level, model::PressureLevel::kCritical);
  EXPECT_EQ(got.pressure->reading.some_avg10, 12.5);
  ASSERT_EQ(got.disks.size(), 1U);
  EXPECT_EQ(got.disks[0].available_bytes, 4U);
  EXPECT_EQ(got.disks[0].used_bytes, 5U);
  EXPECT_EQ(got.paused_until, base::WallTime::max()) << "paused without an end";
}

TEST(Decode, UnknownStaysUnknown) {
  const model::Snapshot got = decode_snapshot(control::encode(model::Snapshot{}));
  EXPECT_FALSE(got.memory || got.pressure || got.cpu || got.agent || got.reclaimable);
  EXPECT_FALSE(got.paused_until);
}

TEST(Decode, NonsenseIsUnknownToo) {
  const Object odd{{"memory", "much"},    {"cpu", {1, 2}},
                   {"disks", Object{}},   {"top", {nullptr, 3, Object{{"name", 7}}}},
                   {"paused", "perhaps"}, {"taken_at", "yesterday"}};
  const model::Snapshot got = decode_snapshot(odd);
  EXPECT_FALSE(got.memory || got.cpu || got.paused_until);
  ASSERT_EQ(got.top.size(), 1U);
  EXPECT_EQ(got.top[0].name, "");
  EXPECT_EQ(got.taken_at, base::WallTime{});
  EXPECT_FALSE(decode_progress(odd));
}

TEST(Decode, AMissingSceneSaysWhichFile) {
  const auto scene = read_scene("/nonexistent/scene.json");
  ASSERT_FALSE(scene.has_value());
  EXPECT_EQ(scene.error().path, "/nonexistent/scene.json");
}

}  // namespace
}  // namespace lull::ui
