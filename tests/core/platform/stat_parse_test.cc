// SPDX-License-Identifier: MIT
#include "core/platform/stat_parse.h"

#include <gtest/gtest.h>

#include "tests/core/platform/fixture.h"

namespace lull::platform {
namespace {

constexpr StatUnits kUnits{10'000'000, 4096};

TEST(CpuTimes, IdleAndWaitingForDisksAreNotBusyAndGuestsCountOnce) {
  const auto times = parse_cpu_times("cpu  100 20 30 400 50 6 7 8 90 10\ncpu0 1\n", "stat");
  ASSERT_TRUE(times);
  EXPECT_EQ(times->busy_ticks, 100u + 20 + 30 + 6 + 7 + 8);
  EXPECT_EQ(times->total_ticks, times->busy_ticks + 400 + 50);
}

TEST(CpuTimes, OfOldKernelsHaveFewerColumns) {
  const auto times = parse_cpu_times("cpu 1 2 3 4\n", "stat");
  ASSERT_TRUE(times);
  EXPECT_EQ(times->busy_ticks, 6u);
  EXPECT_EQ(times->total_ticks, 10u);
}

TEST(CpuTimes, AnythingElseIsMalformedAndNamesItsFile) {
  for (const char* text : {"", "cpu", "cpu 1 2 3", "cpu0 1 2 3 4\n", "intr 1 2 3 4 5\n",
                           "cpu 1 x 3 4\n", "cpu -1 2 3 4\n"}) {
    const auto times = parse_cpu_times(text, "/p/stat");
    ASSERT_FALSE(times) << text;
    EXPECT_EQ(times.error().code, base::ErrorCode::kMalformed);
    EXPECT_EQ(times.error().path, "/p/stat");
  }
}

TEST(Cores, AreTheNumberedLines) {
  EXPECT_EQ(count_cores(golden_text("desktop/proc/stat")), 4u);
  EXPECT_EQ(count_cores("cpu 1 2 3 4\ncpu0 1\ncpu3 1\nintr 5\ncpu9 1\n"), 2u);
  EXPECT_EQ(count_cores(""), 0u);
}

TEST(BootTime, IsFoundAmongTheCounters) {
  EXPECT_EQ(parse_boot_time(golden_text("desktop/proc/stat")), 1767600000u);
  EXPECT_EQ(parse_boot_time("btime \n"), std::nullopt);
  EXPECT_EQ(parse_boot_time("btime 12x\n"), std::nullopt);
  EXPECT_EQ(parse_boot_time("cpu 1\n"), std::nullopt);
}

TEST(Load, IsTheFirstNumber) {
  EXPECT_DOUBLE_EQ(parse_load("0.52 0.58 0.59 2/1043 88123\n", "loadavg").value_or(-1), 0.52);
  EXPECT_DOUBLE_EQ(parse_load("128.00", "loadavg").value_or(-1), 128);
  EXPECT_FALSE(parse_load("", "loadavg"));
  EXPECT_FALSE(parse_load("nan 0 0", "loadavg"));
  EXPECT_FALSE(parse_load("-1.0", "loadavg"));
}

model::RawProcess parsed(const std::string& text) {
  model::RawProcess process;
  EXPECT_TRUE(parse_process_stat(text, kUnits, process)) << text;
  return process;
}

TEST(ProcessStat, NamesMayHoldBlanksAndBrackets) {
  const auto browser = parsed(golden_text("processes/proc/412/stat"));
  EXPECT_EQ(browser.name, "Web Content) S 1 (x");
  EXPECT_EQ(browser.id, (model::ProcessId{412, 90000}));
  EXPECT_EQ(browser.cpu_time_ns, (12000u + 3456u) * 10'000'000ull);
  EXPECT_EQ(browser.threads, 27u);
  EXPECT_EQ(browser.resident_bytes, 81920u * 4096);
  EXPECT_EQ(parsed(golden_text("processes/proc/1000/stat")).name, ":-) ) )");
  EXPECT_EQ(parsed(golden_text("processes/proc/1001/stat")).name, "");
  EXPECT_EQ(parsed(golden_text("processes/proc/33/stat")).name, "kworker/u16:3-events_unbound");
}

TEST(ProcessStat, NamesMayHoldLineEndsAndBytesThatAreNoText) {
  std::string text = golden_text("processes/proc/412/stat");
  using namespace std::string_literals;
  const std::string name = "\n) 1 1\xff\0(\n"s;
  text.replace(text.find("Web Content) S 1 (x"), 19, name);
  EXPECT_EQ(parsed(text).name, name);
}

TEST(ProcessStat, AResidentSetBelowZeroIsNothing) {
  EXPECT_EQ(parsed(golden_text("processes/proc/1003/stat")).resident_bytes, 0u);
}

TEST(ProcessStat, ReusesTheRowItIsGiven) {
  model::RawProcess process;
  process.name = "a name that is too long for the small buffer of a string";
  const std::size_t capacity = process.name.capacity();
  process.uid = 42;
  ASSERT_TRUE(parse_process_stat(golden_text("processes/proc/1/stat"), kUnits, process));
  EXPECT_EQ(process.name, "systemd");
  EXPECT_EQ(process.name.capacity(), capacity);
  EXPECT_EQ(process.uid, 42u);
}

TEST(ProcessStat, AControllingTerminalIsTold) {
  EXPECT_FALSE(has_controlling_terminal(golden_text("processes/proc/412/stat")));
  EXPECT_TRUE(has_controlling_terminal("12 (bash) S 1 12 12 34816 13 4194304 1"));
  EXPECT_TRUE(has_controlling_terminal("12 (a) 1 0 (b) S 1 12 12 -2147 13 4194304 1"));
  EXPECT_FALSE(has_controlling_terminal("12 (S 1 2 3 4) S 1 12 12 0 -1 4194304 1"));
  for (const char* text :
       {"", "12", "12 (bash)", "12 (bash) S 1 12 12", "12 (bash) S 1 12 12 34816"})
    EXPECT_FALSE(has_controlling_terminal(text)) << text;
}

TEST(ProcessStat, AnythingElseIsRefused) {
  model::RawProcess process;
  const std::string good = golden_text("processes/proc/1/stat");
  for (const std::string& text :
       {std::string(), std::string("1"), std::string("1 (x)"), std::string("1 )x( S"),
        std::string("(x) S 1"), std::string("1 (x) S 1 2 3"), std::string("x") + good,
        "99999999999 " + good.substr(good.find('(')), good.substr(0, good.find(") ") + 1)})
    EXPECT_FALSE(parse_process_stat(text, kUnits, process)) << text;
}

TEST(ProcessStat, NeedsNothingBehindTheResidentSet) {
  const std::string good = golden_text("processes/proc/412/stat");
  const std::string resident = " 81920 ";
  EXPECT_EQ(parsed(good.substr(0, good.find(resident) + 6)).resident_bytes, 81920u * 4096);
}

}  // namespace
}  // namespace lull::platform
