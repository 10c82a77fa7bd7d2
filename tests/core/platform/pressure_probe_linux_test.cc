// SPDX-License-Identifier: MIT
// Pressure of what is not the machine's memory.
#include <gtest/gtest.h>

#include "core/platform/pressure_probe.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace lull::platform {
namespace {

constexpr const char* kText =
    "some avg10=1.50 avg60=0.25 avg300=0.00 total=77\n"
    "full avg10=0.00 avg60=0.00 avg300=0.00 total=5\n";

TEST(PressureProbe, ReadsDisksAndCgroupsToo) {
  const support::TempDir root;
  root.write("proc/pressure/io", kText);
  root.write("app.slice/memory.pressure", kText);
  const auto io = make_io_pressure_probe({root / "proc", root / "sys"});
  const auto slice = make_scope_pressure_probe(root / "app.slice");
  for (PressureProbe* probe : {io.get(), slice.get()}) {
    const auto reading = probe->read();
    ASSERT_TRUE(reading) << reading.error().to_string();
    EXPECT_EQ(reading->some_avg10, 1.5);
    EXPECT_EQ(reading->some_total_us, 77u);
    EXPECT_EQ(probe->open_trigger({}).error().code, base::ErrorCode::kUnavailable)
        << "never writes to what is not the kernel's";
  }
  EXPECT_EQ(root.read("app.slice/memory.pressure"), kText);
}

TEST(PressureProbe, ACgroupThatIsGoneIsAnError) {
  const support::TempDir root;
  const auto probe = make_scope_pressure_probe(root / "gone.slice");
  EXPECT_EQ(probe->read().error().code, base::ErrorCode::kUnavailable);
  EXPECT_FALSE(probe->open_trigger({}));
}

}  // namespace
}  // namespace lull::platform
