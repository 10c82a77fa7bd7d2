// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/clock.h"
#include "core/platform/page_cache.h"
#include "core/relief/operation.h"

// `temp-allocations`: files on tmpfs are memory (or swap) until they are removed. Stale ones of the
// user are found and named; with the user's consent (relief.move_stale_files) they are moved to the
// trash on the disk, which is the one move of Lull that has to be a copy
// (core/clean/copying_trash.h), and can be undone as every other.
namespace lull::relief {

inline constexpr std::size_t kMostStale = 1000;
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

struct StaleFile {
  std::string root, path;
  struct ::stat status {};
  std::uint64_t bytes = 0;  // what it takes of memory
};

struct StaleFiles {
  std::vector<StaleFile> found;    // the largest first, kMostStale at most
  std::vector<std::string> roots;  // of those that were named, the ones in memory
  std::uint64_t files = 0, bytes = 0;
  std::string largest;  // path
  std::uint64_t largest_bytes = 0;
  bool complete = true;
};

// Ordinary files of the owner with one name, not used (written, read, changed) for kStaleAfter and
// open or mapped nowhere. Sockets, queues, locks and what is hidden are none. Blocks; changes
// nothing.
StaleFiles find_stale_files(const StaleSearch& search);

// Whether it was last used that long ago, and has one name.
bool is_stale(const struct ::stat& status, base::WallTime now);

// What became of them.
struct MovedStale {
  std::int64_t run = 0;                // in the history; 0: none was begun
  std::uint64_t files = 0, bytes = 0;  // that are in the trash, and no more in memory
  std::uint64_t left = 0;
  std::string why_left;  // of the first, or why nothing was tried
  // What the file systems in memory hold less than before, whoever wrote there meanwhile; nullopt:
  // they do not say.
  std::optional<std::uint64_t> fallen_bytes = std::nullopt;
};

// What the file systems hold that `roots` are on, each counted once (statvfs). nullopt if one does
// not say: a tmpfs without a limit (size=0) counts nothing. Blocks.
std::optional<std::uint64_t> held_bytes(const std::vector<std::string>& roots);

// Without anything tried: what could be, and what that needs.
OperationVerdict temp_allocations_verdict(const StaleFiles& stale);
// Claims what went, but no more than the file systems hold less; unproven if they hold no less.
OperationVerdict temp_allocations_verdict(const StaleFiles& stale, const MovedStale& moved);

}  // namespace lull::relief
