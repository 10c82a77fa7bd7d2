// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include <sys/stat.h>

// What Linux has more than POSIX, for core/clean. NAME_linux.cc and NAME_null.cc.
namespace lull::clean {

// Opens the directory at the end of the relative `way` as a mere parent: stays below `parent`,
// follows no link, crosses no mount unless it may. A descriptor or -errno; -ENOSYS if the system
// has no such call, or forbids it.
int open_way_beneath(int parent, const char* way, bool may_cross_mounts);

// Is something mounted at `name` in `parent` (for an empty name: at `parent` itself)? Nothing if
// the system cannot tell. Follows no link, mounts nothing.
std::optional<bool> is_mount_point(int parent, const char* name);

// The status of `name` in `parent`, as lstat(2) has it, and whether something is mounted there, in
// one call. 0 or an errno.
int look_at(int parent, const char* name, struct stat& status, std::optional<bool>& mounted);

// Has nobody else the file open, for reading or writing? Asked by a lease, which ends with the
// descriptor: close it at once. Nothing if that cannot be told: not our file, or a file system
// without leases.
std::optional<bool> has_sole_reader(int fd);

}  // namespace lull::clean
