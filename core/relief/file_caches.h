// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/platform/page_cache.h"
#include "core/relief/operation.h"

// `file-caches`: large files of the user that were read once (a film, a disk image, a download) and
// that nobody has open any more give their page cache back. It costs nothing later unless they are
// read again, and it cut the stall of an application that arrived and fitted to nothing; the memory
// counted as available before, so it is no gain in that figure.
namespace lull::relief {

inline constexpr std::uint64_t kLeastStream = 8 * base::kMiB;  // in memory, of one file
inline constexpr auto kStreamQuiet = std::chrono::minutes(5);  // neither read nor written
inline constexpr std::size_t kMostStreams = 1000;
// Of one file at a time: the kernel took 86 ms for 160 MiB where it was measured, under emulation.
inline constexpr std::uint64_t kDropPiece = 256 * base::kMiB;

// The facility, replaced in tests.
struct PageCacheCalls {
  std::function<base::Result<platform::FileCache>(int fd, std::uint64_t size)> look =
      platform::look_at_cache;
  std::function<base::Status(int fd, std::uint64_t offset, std::uint64_t length)> drop =
      platform::drop_cache;
};

struct Stream {
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t cached_bytes = 0;
};

struct StreamSearch {
  std::vector<std::string> roots;  // usually the user's directories of documents
  uid_t owner = 0;
  base::WallTime now{};
  std::size_t most_entries = 100'000;
  std::function<bool()> stop;
};

struct Streams {
  std::vector<Stream> found;  // the largest in memory first, kMostStreams at most
  std::uint64_t bytes = 0;    // of those
  std::uint64_t entries = 0;  // that were looked at
  bool complete = true;
  std::string unavailable;  // why no file could be judged; empty if some could
};

// Files of the owner, quiet, clean, with kLeastStream in memory. Blocks; changes nothing.
Streams find_streams(const StreamSearch& search, const PageCacheCalls& calls = {});

struct DroppedStreams {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  // that were in memory before and are not after, looked at once more
  std::uint64_t in_use = 0;
  std::uint64_t kept =
      0;  // nothing of it went: mapped, or a file system that has it in memory only
  std::uint64_t left = 0;  // stopped before they were done with
};

struct DropLimits {
  std::function<bool(dev_t, ino_t)> is_in_use;  // true where it is not known
  std::function<bool()> stop = {};              // asked before each file and each kDropPiece
};

// The largest first; each is looked at again: only the very file that was found, unchanged and
// clean, that nobody uses. Blocks.
DroppedStreams drop_streams(const Streams& streams, const DropLimits& limits,
                            const PageCacheCalls& calls = {});

OperationVerdict file_caches_verdict(const Streams& streams, const DroppedStreams& dropped);
// Before anything is done, for a dry run.
OperationVerdict file_caches_outlook(const Streams& streams);

}  // namespace lull::relief
