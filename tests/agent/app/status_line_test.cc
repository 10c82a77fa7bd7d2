// SPDX-License-Identifier: MIT
#include "agent/status_line.h"

#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "core/base/text.h"

namespace lull::agent {
namespace {

model::Snapshot full() {
  model::Snapshot snapshot;
  snapshot.memory.emplace();
  snapshot.memory->total_bytes = 16 * base::kGiB;
  snapshot.memory->available_bytes = 4 * base::kGiB;
  snapshot.pressure.emplace();
  snapshot.cpu = model::CpuSample{12.4, 4, 0.5};
  snapshot.reclaimable = model::Reclaimable{3 * base::kMiB, {}};
  model::JobStatus job;
  job.name = "scan";
  job.state = "running";
  snapshot.jobs = {job};
  return snapshot;
}

TEST(StatusLine, SaysWhatIsKnown) {
  EXPECT_EQ(status_line(full(), 200),
            "memory 4.00 GiB available of 16.0 GiB · pressure normal · cpu 12 % · 3.00 MiB "
            "reclaimable · running scan");
}

TEST(StatusLine, SaysNothingOfWhatIsNot) {
  EXPECT_EQ(status_line({}, 80), "");
  model::Snapshot snapshot = full();
  snapshot.pressure.reset();
  snapshot.cpu->percent.reset();
  EXPECT_EQ(status_line(snapshot, 200).find("pressure"), std::string::npos);
  EXPECT_EQ(status_line(snapshot, 200).find("cpu"), std::string::npos);
}

TEST(StatusLine, IsCutBetweenCharacters) {
  for (unsigned width = 0; width < 90; ++width)
    EXPECT_TRUE(base::is_valid_utf8(status_line(full(), width))) << width;
  EXPECT_EQ(status_line(full(), 6), "memory");
}

}  // namespace
}  // namespace lull::agent
