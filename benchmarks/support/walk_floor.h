// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

namespace lull::benchmarks {

struct FloorSum {
  std::uint64_t bytes = 0, files = 0, directories = 0;
};

// The bare system calls of a disk usage and nothing else: openat, fstat and getdents64 for each
// directory, fstatat for everything else, a set for files with several names. `threads` threads
// share a stack of directories. No errors, no cancelling, no limit of descriptors.
FloorSum walk_floor(const std::string& path, unsigned threads);

}  // namespace lull::benchmarks
