// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/platform/page_cache.h"

namespace lull::platform {
namespace {

// include/uapi/linux/mman.h of 6.5; Debian 12's headers have neither.
#ifdef SYS_cachestat
constexpr long kCacheStat = SYS_cachestat;
#else
constexpr long kCacheStat = 451;  // the same on every architecture
#endif
struct Range {
  std::uint64_t offset, length;
};
struct Counts {
  std::uint64_t cached, dirty, writeback, evicted, recently_evicted;
};

std::uint64_t page() {
  static const auto size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

// At most this much is mapped at once.
constexpr std::uint64_t kWindow = std::uint64_t{1} << 30;

base::Result<std::uint64_t> resident_bytes(int fd, std::uint64_t offset, std::uint64_t length) {
  void* at = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(offset));
  if (at == MAP_FAILED) return base::fail_errno(errno, {}, "mapping a file");
  std::vector<unsigned char> pages((length + page() - 1) / page());
  const int failed = ::mincore(at, length, pages.data()) != 0 ? errno : 0;
  ::munmap(at, length);
  if (failed != 0) return base::fail_errno(failed, {}, "asking what is in memory");
  const auto there =
      std::count_if(pages.begin(), pages.end(), [](unsigned char bits) { return bits & 1; });
  return static_cast<std::uint64_t>(there) * page();
}

base::Status check_owner(int fd) {
  struct ::stat status {};
  if (::fstat(fd, &status) != 0) return base::fail_errno(errno);
  if (status.st_uid != ::geteuid()) return base::fail_errno(EACCES);
  return {};
}

}  // namespace

base::Result<FileCache> look_at_cache_by_mincore(int fd, std::uint64_t size) {
  LULL_TRY(check_owner(fd));
  FileCache cache;
  for (std::uint64_t offset = 0; offset < size; offset += kWindow) {
    const auto there = resident_bytes(fd, offset, std::min(kWindow, size - offset));
    if (!there) return tl::unexpected(there.error());
    cache.cached_bytes += *there;
  }
  return cache;
}

base::Result<FileCache> look_at_cache(int fd, std::uint64_t size) {
  LULL_TRY(check_owner(fd));
  Range all{0, 0};  // a length of 0: to the end
  Counts counts{};
  if (::syscall(kCacheStat, fd, &all, &counts, 0u) == 0)
    return FileCache{counts.cached * page(), (counts.dirty + counts.writeback) * page()};
  // ENOSYS: an old kernel. EPERM: a filter of system calls that is older than the call.
  if (errno != ENOSYS && errno != EPERM && errno != EOPNOTSUPP)
    return base::fail_errno(errno, {}, "asking what is in memory");
  return look_at_cache_by_mincore(fd, size);
}

base::Status drop_cache(int fd, std::uint64_t offset, std::uint64_t length) {
  const int failed = ::posix_fadvise(fd, static_cast<off_t>(offset), static_cast<off_t>(length),
                                     POSIX_FADV_DONTNEED);
  if (failed != 0) return base::fail_errno(failed, {}, "giving cache back");
  return {};
}

bool is_in_memory(const std::string& path) {
  struct ::statfs status {};
  if (::statfs(path.c_str(), &status) != 0) return false;
  const auto type = static_cast<unsigned long>(status.f_type);
  return type == TMPFS_MAGIC || type == RAMFS_MAGIC;
}

}  // namespace lull::platform
