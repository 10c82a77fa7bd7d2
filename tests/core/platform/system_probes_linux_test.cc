// SPDX-License-Identifier: MIT
// The small probes, on recorded and made-up trees.
#include <filesystem>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/platform/cpu_probe.h"
#include "core/platform/disk_probe.h"
#include "core/platform/power_probe.h"
#include "core/platform/pressure_probe.h"
#include "tests/core/platform/fixture.h"
#include "tests/support/temp_dir.h"

namespace lull::platform {
namespace {

using base::ErrorCode;
using support::TempDir;
using testing::HasSubstr;

SystemRoots roots_of(const TempDir& root) { return {root / "proc", root / "sys"}; }

TEST(CpuProbe, ReadsTimesCoresAndLoad) {
  const auto reading = make_cpu_probe(golden_roots("desktop"))->read();
  ASSERT_TRUE(reading) << reading.error().to_string();
  EXPECT_EQ(reading->times.busy_ticks, 812345u + 1234 + 301234 + 7890 + 120);
  EXPECT_EQ(reading->times.total_ticks, reading->times.busy_ticks + 45678901 + 23456);
  EXPECT_EQ(reading->cores, 4u);
  EXPECT_DOUBLE_EQ(reading->load_1m, 0.52);
}

TEST(CpuProbe, CountsCoresOfALargeMachineWithManyInterrupts) {
  const TempDir root;
  std::string stat = "cpu 1 2 3 4 5 6 7 8 9 10\n";
  for (int i = 0; i < 500; ++i)
    stat += "cpu" + std::to_string(i) + " 123456 123456 123456 123456789 1234 0 1234 0 0 0\n";
  stat += "intr 1" + std::string(60'000, '0') + "\nbtime 1\n";
  root.write("proc/stat", stat);
  root.write("proc/loadavg", "3.25 1 1\n");
  const auto reading = make_cpu_probe(roots_of(root))->read();
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->cores, 500u);
}

TEST(CpuProbe, NamesTheFileThatFails) {
  const TempDir root;
  EXPECT_THAT(make_cpu_probe(roots_of(root))->read().error().to_string(), HasSubstr("proc/stat"));
  root.write("proc/stat", "cpu 1 2 3 4\n");
  EXPECT_THAT(make_cpu_probe(roots_of(root))->read().error().to_string(), HasSubstr("loadavg"));
  root.write("proc/loadavg", "high\n");
  const auto reading = make_cpu_probe(roots_of(root))->read();
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(reading.error().path, HasSubstr("loadavg"));
}

TEST(DiskProbe, AsksRealVolumesListsServersAndLeavesOutWhatIsGone) {
  const TempDir root;
  std::filesystem::create_directories(root / "disk");
  root.write("file", "");
  root.write("proc/self/mountinfo", "1 0 8:1 / " + (root / "disk") + " rw - ext4 /dev/a rw\n" +
                                        "2 0 0:9 / /mnt/server rw - nfs4 s:/e rw\n" + "3 0 8:2 / " +
                                        (root / "gone") + " rw - ext4 /dev/b rw\n" +
                                        "4 0 8:3 /part " + (root / "file") +
                                        " rw - ext4 /dev/c rw\n");
  const auto disks = make_disk_probe(roots_of(root))->list();
  ASSERT_TRUE(disks) << disks.error().to_string();
  ASSERT_EQ(disks->size(), 2u);
  struct ::statvfs space {};
  ASSERT_EQ(::statvfs((root / "disk").c_str(), &space), 0);
  EXPECT_EQ((*disks)[0].mount, root / "disk");
  EXPECT_EQ((*disks)[0].device, "/dev/a");
  EXPECT_EQ((*disks)[0].type, "ext4");
  EXPECT_EQ((*disks)[0].total_bytes, std::uint64_t{space.f_blocks} * space.f_frsize);
  EXPECT_LE((*disks)[0].available_bytes, (*disks)[0].total_bytes);
  EXPECT_LE((*disks)[0].available_bytes + (*disks)[0].used_bytes, (*disks)[0].total_bytes);
  EXPECT_GT((*disks)[0].used_bytes, 0u);
  EXPECT_EQ((*disks)[1].mount, "/mnt/server");
  EXPECT_EQ((*disks)[1].total_bytes, 0u);
}

TEST(DiskProbe, WithoutAMountTableNamesTheFile) {
  const TempDir root;
  EXPECT_THAT(make_disk_probe(roots_of(root))->list().error().to_string(),
              HasSubstr("self/mountinfo"));
  root.write("proc/self/mountinfo", "nothing of the kind\n\n");
  const auto disks = make_disk_probe(roots_of(root))->list();
  ASSERT_FALSE(disks);
  EXPECT_EQ(disks.error().code, ErrorCode::kMalformed);
}

TEST(PressureProbe, ReadsTheFileOfTheKernel) {
  const auto reading = make_pressure_probe(golden_roots("zram"))->read();
  ASSERT_TRUE(reading);
  EXPECT_DOUBLE_EQ(reading->some_avg10, 12.34);
}

TEST(PressureProbe, WithoutPsiIsUnavailable) {
  const auto probe = make_pressure_probe(golden_roots("no-swap"));
  EXPECT_EQ(probe->read().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(probe->open_trigger({}).error().code, ErrorCode::kUnavailable);
}

TEST(PressureProbe, AMalformedFileNamesItself) {
  const TempDir root;
  root.write("proc/pressure/memory", "some\n");
  const auto reading = make_pressure_probe(roots_of(root))->read();
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(reading.error().path, HasSubstr("pressure/memory"));
}

TEST(PressureProbe, NeverWritesIntoAFileThatIsNotTheKernels) {
  const TempDir root;
  const std::string text = golden_text("zram/proc/pressure/memory");
  root.write("proc/pressure/memory", text);
  EXPECT_EQ(make_pressure_probe(roots_of(root))->open_trigger({}).error().code,
            ErrorCode::kUnavailable);
  EXPECT_EQ(root.read("proc/pressure/memory"), text);
}

TEST(PowerProbe, ReadsSuppliesAsTheKernelShowsThem) {
  const TempDir root;
  const std::string base = "sys/class/power_supply/";
  root.write(base + "AC/type", "Mains\n");
  root.write(base + "AC/online", "0\n");
  root.write(base + "BAT0/type", "Battery\n");
  root.write(base + "BAT0/status", "Discharging\n");
  root.write(base + "BAT0/present", "1\n");
  root.write(base + "BAT0/energy_now", "30000000\n");
  root.write(base + "BAT0/energy_full", "60000000\n");
  root.write(base + "BAT1/type", "Battery\n");
  root.write(base + "BAT1/status", "Full\n");
  root.write(base + "BAT1/energy_now", "20000000\n");
  root.write(base + "BAT1/energy_full", "20000000\n");
  root.write(base + "hidpp_battery_0/type", "Battery\n");
  root.write(base + "hidpp_battery_0/scope", "Device\n");
  root.write(base + "hidpp_battery_0/status", "Discharging\n");
  root.write(base + "hidpp_battery_0/capacity", "5\n");
  const auto probe = make_power_probe(roots_of(root));
  EXPECT_EQ(probe->read().source, model::PowerSource::kBattery);
  EXPECT_DOUBLE_EQ(probe->read().battery_percent.value_or(-1), 62.5);
  root.write(base + "AC/online", "1\n");
  EXPECT_EQ(probe->read().source, model::PowerSource::kMains);
}

TEST(PowerProbe, WithoutTheClassIsADesktop) {
  const TempDir root;
  EXPECT_EQ(make_power_probe(roots_of(root))->read().source, model::PowerSource::kMains);
}

TEST(PowerProbe, FilesThatCannotBeUnderstoodAreAsIfTheyWereNotThere) {
  const TempDir root;
  const std::string base = "sys/class/power_supply/BAT0/";
  root.write(base + "type", "Battery\n");
  root.write(base + "capacity", "about half\n");
  std::filesystem::create_directories(root / (base + "status"));
  const auto state = make_power_probe(roots_of(root))->read();
  EXPECT_EQ(state.source, model::PowerSource::kUnknown);
  EXPECT_EQ(state.battery_percent, std::nullopt);
}

TEST(ThermalProbe, ReadsZonesAndTheirTripPoints) {
  const TempDir root;
  const std::string zone = "sys/class/thermal/thermal_zone0/";
  root.write(zone + "temp", "71500\n");
  root.write(zone + "trip_point_0_type", "passive\n");
  root.write(zone + "trip_point_0_temp", "70000\n");
  root.write(zone + "trip_point_1_type", "hot\n");
  root.write(zone + "trip_point_1_temp", "90000\n");
  root.write(zone + "trip_point_2_type", "critical\n");
  root.write(zone + "trip_point_2_temp", "105000\n");
  root.write("sys/class/thermal/thermal_zone1/temp", "-12000\n");
  std::filesystem::create_directories(root / "sys/class/thermal/thermal_zone2/temp");
  root.write("sys/class/thermal/cooling_device0/temp", "120000\n");
  const auto probe = make_thermal_probe(roots_of(root));
  EXPECT_EQ(probe->read().level, model::ThermalLevel::kNominal);
  EXPECT_DOUBLE_EQ(probe->read().hottest_celsius.value_or(0), 71.5);
  root.write(zone + "temp", "90000\n");
  EXPECT_EQ(probe->read().level, model::ThermalLevel::kHot);
  root.write(zone + "temp", "105000\n");
  EXPECT_EQ(probe->read().level, model::ThermalLevel::kCritical);
}

TEST(ThermalProbe, WithoutAZoneIsUnknown) {
  const TempDir root;
  EXPECT_EQ(make_thermal_probe(roots_of(root))->read().level, model::ThermalLevel::kUnknown);
}

}  // namespace
}  // namespace lull::platform
