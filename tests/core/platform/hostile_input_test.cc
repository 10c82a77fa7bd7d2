// SPDX-License-Identifier: MIT
// Every reader of kernel text, on everything that is recorded: cut at each byte, with bytes
// changed, and on noise. What comes out is a value within its bounds or an error that names the
// file; under the sanitizers, nothing is read out of bounds.
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/platform/cgroup_parse.h"
#include "core/platform/memory_parse.h"
#include "core/platform/mountinfo_parse.h"
#include "core/platform/psi_parse.h"
#include "core/platform/stat_parse.h"
#include "core/platform/text_scan.h"
#include "tests/core/platform/fixture.h"

namespace lull::platform {
namespace {

constexpr std::string_view kFile = "/the/file";

template <class Value, class Check>
void expect_sane(const base::Result<Value>& result, Check check) {
  if (result) {
    check(*result);
    return;
  }
  EXPECT_EQ(result.error().code, base::ErrorCode::kMalformed);
  EXPECT_EQ(result.error().path, kFile);
}

void read_memory(std::string_view text) {
  expect_sane(parse_meminfo(text, kFile), [](const MemInfo& info) {
    const auto sample = sample_of(info);
    EXPECT_LE(sample.available_bytes, sample.total_bytes);
    EXPECT_LE(sample.swap_used_bytes, sample.swap_total_bytes);
    EXPECT_LE(estimate_available(info), info.total);
  });
  expect_sane(parse_arcstats(text, kFile), [](const ArcStats& arc) {
    model::MemorySample sample;
    sample.total_bytes = 1000;
    add_arc(sample, arc);
    EXPECT_LE(sample.available_bytes, sample.total_bytes);
  });
  expect_sane(parse_zram_mm_stat(text, kFile), [](const model::ZramState&) {});
  expect_sane(parse_smaps_rollup(text, kFile), [](const SmapsRollup&) {});
  for (const std::string& name : parse_zram_swaps(text)) EXPECT_TRUE(name.starts_with("zram"));
}

void read_stat(std::string_view text) {
  expect_sane(parse_cpu_times(text, kFile), [](const model::CpuTimes&) {});
  expect_sane(parse_load(text, kFile), [](double load) { EXPECT_GE(load, 0); });
  EXPECT_LE(count_cores(text), text.size() / 4 + 1);
  parse_boot_time(text);
  model::RawProcess process;
  if (parse_process_stat(text, {10'000'000, 4096}, process)) {
    EXPECT_LT(process.name.size(), text.size());
  }
}

void read_pressure(std::string_view text) {
  expect_sane(parse_psi(text, kFile), [](const model::PressureReading& reading) {
    EXPECT_LE(reading.some_avg10, 100);
    EXPECT_LE(reading.full_avg300, 100);
  });
}

void read_cgroups_and_mounts(std::string_view text) {
  expect_sane(parse_cgroup_limit(text, kFile), [](const auto&) {});
  parse_cgroup_memory_stat(text, CgroupVersion::kV1);
  parse_cgroup_memory_stat(text, CgroupVersion::kV2);
  for (const Volume& volume : select_volumes(text, [](const std::string&) { return true; }))
    EXPECT_TRUE(volume.mount.starts_with('/'));
  static const std::string mounts = golden_text("slice-v2/proc/self/mountinfo");
  static const std::string cgroup = golden_text("slice-v2/proc/self/cgroup");
  for (const auto& place : {find_memory_cgroup(cgroup, text), find_memory_cgroup(text, mounts),
                            find_memory_cgroup(text, text)})
    EXPECT_FALSE(place && place->directories.empty());
}

void read_all(std::string_view text) {
  read_memory(text);
  read_stat(text);
  read_pressure(text);
  read_cgroups_and_mounts(text);
}

TEST(HostileInput, TheRecordingsAreThere) { EXPECT_GT(golden_files("").size(), 50u); }

TEST(HostileInput, EveryRecordingMayBeCutAnywhere) {
  for (const std::string& file : golden_files("")) {
    const std::string text = golden_text(file);
    for (std::size_t size = 0; size <= text.size(); size += 1 + size / 300) {
      // A heap block of the exact size, so that the sanitizer sees a byte too far.
      const auto block = std::make_unique<char[]>(size);
      text.copy(block.get(), size);
      read_all({block.get(), size});
    }
  }
}

TEST(HostileInput, BytesOfEveryRecordingMayBeAnything) {
  std::mt19937 random(20260105);
  for (const std::string& file : golden_files("")) {
    std::string text = golden_text(file);
    if (text.empty()) continue;
    for (int round = 0; round < 60; ++round) {
      std::string damaged = text;
      for (unsigned hits = 1 + random() % 8; hits > 0; --hits)
        damaged[random() % damaged.size()] = static_cast<char>(random());
      if (round % 4 == 0) damaged.insert(random() % damaged.size(), 1 + random() % 40, '9');
      if (round % 5 == 0) damaged.erase(random() % damaged.size(), random() % 30);
      read_all(damaged);
    }
  }
}

TEST(HostileInput, NoiseIsReadToItsEnd) {
  std::mt19937 random(4711);
  const std::string_view alphabet = "0123456789 :()-./\n\tkBcpuMemTotalFsomefull=\\avg\0\xff";
  for (int round = 0; round < 2000; ++round) {
    std::string noise(random() % 400, '\0');
    for (char& byte : noise) byte = alphabet[random() % alphabet.size()];
    read_all(noise);
  }
}

}  // namespace
}  // namespace lull::platform
