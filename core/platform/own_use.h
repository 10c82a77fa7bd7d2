// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>

#include "core/base/clock.h"

namespace lull::platform {

// What our own process has used since it began, all threads together. The difference of two
// readings is what happened between them, whoever of us did it.
struct OwnUse {
  std::optional<base::Duration> cpu;  // user + system (getrusage)
  // What storage delivered and was given for us; not what the page cache answered. Linux:
  // read_bytes and write_bytes of /proc/self/io (Documentation/filesystems/proc.rst), where what
  // was overwritten in the cache before it was written out counts too.
  std::optional<std::uint64_t> read_bytes, written_bytes;
};

// Any thread; reads one small file of the kernel. What is not known here is nullopt.
OwnUse own_use();

}  // namespace lull::platform
