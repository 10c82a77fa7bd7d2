// SPDX-License-Identifier: MIT
#include "agent/tray/tray_view.h"

#include <chrono>

#include <gtest/gtest.h>

namespace lull::agent::tray {
namespace {

using model::PressureLevel;
using namespace std::chrono_literals;

TrayReading with_memory(double used) {
  TrayReading reading;
  model::MemorySample memory;
  memory.total_bytes = 8ULL << 30;
  memory.available_bytes =
      static_cast<std::uint64_t>((1 - used) * static_cast<double>(memory.total_bytes));
  reading.memory = memory;
  reading.level = PressureLevel::kNormal;
  reading.cpu_percent = 10;
  return reading;
}

TEST(TrayView, RoundsNumbersToSteps) {
  const TrayView view = view_of(with_memory(0.61), {}, std::nullopt);
  EXPECT_EQ(view.look.memory_step, 12);
  EXPECT_EQ(view.look.cpu_step, 2);
  EXPECT_EQ(view.title, "Lull: memory pressure is normal");
  EXPECT_EQ(view.text,
            "Memory: about 60 % of 8.0 GiB in use\nMemory pressure: normal\n"
            "Processor: about 10 %\nNothing is due");
}

TEST(TrayView, ANumberBetweenTwoStepsDoesNotFlicker) {
  TrayView shown = view_of(with_memory(0.60), {}, std::nullopt);
  for (const double used : {0.62, 0.635, 0.57, 0.63, 0.565}) {
    const TrayView next = view_of(with_memory(used), {}, shown);
    EXPECT_EQ(next, shown) << used;
  }
  EXPECT_EQ(view_of(with_memory(0.645), {}, shown).look.memory_step, 13);
  EXPECT_EQ(view_of(with_memory(0.555), {}, shown).look.memory_step, 11);
}

TEST(TrayView, WhatIsNotKnownIsNotZero) {
  const TrayView view = view_of({}, {IconShape::kGauge, TrayLabel::kMemory}, std::nullopt);
  EXPECT_EQ(view.label, "");
  EXPECT_EQ(view.text,
            "Memory: unknown\nMemory pressure: unknown\nProcessor: unknown\nNothing is due");
}

TEST(TrayView, TheLabelIsWhatWasChosen) {
  const auto label = [](TrayLabel choice) {
    return view_of(with_memory(0.4), {IconShape::kGauge, choice}, std::nullopt).label;
  };
  EXPECT_EQ(label(TrayLabel::kNone), "");
  EXPECT_EQ(label(TrayLabel::kMemory), "40 %");
  EXPECT_EQ(label(TrayLabel::kCpu), "10 %");
}

TEST(TrayView, ItsNameSaysAllIfWordsWereAskedFor) {
  TrayChoice choice;
  const TrayView before = view_of(with_memory(0.61), choice, std::nullopt);
  EXPECT_EQ(before.name, "Lull");
  choice.in_words = true;
  const TrayView view = view_of(with_memory(0.61), choice, before);
  EXPECT_EQ(view.name,
            "Lull: memory pressure is normal. Memory: about 60 % of 8.0 GiB in use. "
            "Memory pressure: normal. Processor: about 10 %. Nothing is due");
  EXPECT_TRUE(changes_between(before, view).name);
  EXPECT_FALSE(changes_between(before, view).icon);
}

TEST(TrayView, CriticalAsksForAttention) {
  TrayReading reading = with_memory(0.97);
  EXPECT_FALSE(view_of(reading, {}, std::nullopt).needs_attention);
  reading.level = PressureLevel::kWarning;
  EXPECT_FALSE(view_of(reading, {}, std::nullopt).needs_attention);
  reading.level = PressureLevel::kCritical;
  EXPECT_TRUE(view_of(reading, {}, std::nullopt).needs_attention);
}

TEST(TrayView, SaysWhatRunsWhatComesAndUntilWhenItIsPaused) {
  const auto last_line = [](const TrayReading& reading) {
    const std::string text = view_of(reading, {}, std::nullopt).text;
    return text.substr(text.rfind('\n') + 1);
  };
  TrayReading reading;
  reading.next_job = "scan";
  EXPECT_EQ(last_line(reading), "Next: scan");
  reading.next_job_at = base::WallTime(0ms);
  EXPECT_EQ(last_line(reading).substr(0, 14), "Next: scan at ");
  reading.running_job = "refresh-cache";
  EXPECT_EQ(last_line(reading), "Running: refresh-cache");
  reading.paused = true;
  EXPECT_EQ(last_line(reading), "Paused");
  reading.paused_until = base::WallTime(0ms);
  EXPECT_EQ(last_line(reading).substr(0, 13), "Paused until ");
  EXPECT_EQ(view_of(reading, {}, std::nullopt).title, "Lull is paused");
}

TEST(TrayView, NonsenseIsDrawnWithinRange) {
  TrayReading reading = with_memory(0.5);
  reading.memory->available_bytes = reading.memory->total_bytes * 4;
  reading.cpu_percent = 12000;
  const TrayView view = view_of(reading, {}, std::nullopt);
  EXPECT_EQ(view.look.memory_step, 0);
  EXPECT_EQ(view.look.cpu_step, kIconSteps);
  reading.memory->total_bytes = 0;
  EXPECT_EQ(view_of(reading, {}, std::nullopt).text.substr(0, 15), "Memory: unknown");
}

TEST(TrayChanges, OnlyWhatCanBeSeenIsAChange) {
  TrayView before = view_of(with_memory(0.6), {}, std::nullopt), after = before;
  EXPECT_FALSE(changes_between(before, after).any());
  after.look.cpu_step += 3;
  EXPECT_FALSE(changes_between(before, after).icon) << "a gauge does not draw the processor";
  before.look.shape = after.look.shape = IconShape::kBars;
  EXPECT_TRUE(changes_between(before, after).icon);
  before.look.shape = after.look.shape = IconShape::kPlain;
  after.look.memory_step += 3;
  EXPECT_FALSE(changes_between(before, after).icon);
  after.look.paused = true;
  EXPECT_TRUE(changes_between(before, after).icon);
  after = before;
  after.needs_attention = true;
  EXPECT_TRUE(changes_between(before, after).status);
  EXPECT_FALSE(changes_between(before, after).tooltip);
}

TEST(TrayPace, NobodyLooksAtWhatNobodySees) {
  EXPECT_FALSE(look_every({false, false, false}));
  EXPECT_FALSE(look_every({true, true, false}));
  const auto mains = look_every({true, false, false}), battery = look_every({true, false, true});
  ASSERT_TRUE(mains && battery);
  EXPECT_LT(*mains, *battery);
  EXPECT_GE(change_pause({true, false, false}), 2s);
  EXPECT_GT(change_pause({true, false, true}), 2s);
}

TEST(TrayShapes, TheWheelGoesRoundBothWays) {
  for (const IconShape shape : {IconShape::kGauge, IconShape::kBars, IconShape::kPlain}) {
    EXPECT_EQ(next_shape(next_shape(shape, true), false), shape);
    EXPECT_EQ(next_shape(next_shape(next_shape(shape, true), true), true), shape);
    EXPECT_NE(next_shape(shape, true), shape);
  }
}

}  // namespace
}  // namespace lull::agent::tray
