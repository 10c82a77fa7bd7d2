// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/clock.h"
#include "core/platform/page_cache.h"
#include "core/relief/operation.h"

// `temp-allocations`: files on tmpfs are memory (or swap) until they are removed. Stale ones of the
// user are found and named. They are not moved: to leave memory they would have to go to a disk,
// which is another file system, and what Lull moves it moves by one rename; a copy could be cut
// short, and would need memory while there is none.
namespace lull::relief {

inline constexpr auto kStaleAfter = std::chrono::hours(24 * 7);

struct StaleSearch {
  std::vector<std::string> roots;  // /tmp, /dev/shm, the runtime directory
  uid_t owner = 0;
  base::WallTime now{};
  std::size_t most_entries = 100'000;
  std::function<bool()> stop;
  // Who has it open or mapped; asked only if there is something to ask about. nullptr result:
  // nobody knows, and then nothing is stale.
  std::function<std::function<bool(dev_t, ino_t)>()> find_users;
  std::function<bool(const std::string&)> is_in_memory = platform::is_in_memory;
};

struct StaleFiles {
  std::vector<std::string> roots;  // of those that were named, the ones in memory
  std::uint64_t files = 0, bytes = 0;
  std::string largest;  // path
  std::uint64_t largest_bytes = 0;
  bool complete = true;
};

// Ordinary files of the owner with one name, not used (written, read, changed) for kStaleAfter and
// open or mapped nowhere. Sockets, queues and what is hidden are none. Blocks; changes nothing.
StaleFiles find_stale_files(const StaleSearch& search);

OperationVerdict temp_allocations_verdict(const StaleFiles& stale);

}  // namespace lull::relief
