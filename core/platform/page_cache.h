// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.h"

namespace lull::platform {

// How much of one file is in memory. Bytes, whole pages.
struct FileCache {
  std::uint64_t cached_bytes = 0;
  // Changed, or on its way to the disk; nullopt: the kernel does not say (before 6.5).
  std::optional<std::uint64_t> dirty_bytes;
};

// Of an open file of `size` bytes that this user owns. Linux: cachestat(2), from kernel 6.5;
// before, mincore(2) on a mapping, a megabyte of memory for each 4 GiB; that one says of files
// which one may not write that all of them is in memory (kernel commit 134fca9063ad), hence "owns",
// which is checked: kPermissionDenied. kUnavailable on other systems.
base::Result<FileCache> look_at_cache(int fd, std::uint64_t size);
// The same without cachestat, as old kernels have it; for its test.
base::Result<FileCache> look_at_cache_by_mincore(int fd, std::uint64_t size);

// The kernel gives the file's clean pages back that nobody has mapped (posix_fadvise,
// POSIX_FADV_DONTNEED). Dirty pages are written out first, and waited for: look before. Data is
// never lost; what is read again comes from the disk. Bytes of the file, `length` 0: to its end;
// of a page that is only partly among them the kernel may keep all.
base::Status drop_cache(int fd, std::uint64_t offset = 0, std::uint64_t length = 0);

// Whether what lies there is memory, or swap (tmpfs, ramfs). False where that cannot be told.
bool is_in_memory(const std::string& path);

}  // namespace lull::platform
