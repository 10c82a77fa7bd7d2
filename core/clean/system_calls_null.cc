// SPDX-License-Identifier: MIT
#include <cerrno>

#include "core/clean/system_calls.h"
#include "core/scan/dir_reader.h"

namespace lull::clean {

int open_way_beneath(int, const char*, bool) { return -ENOSYS; }
std::optional<bool> is_mount_point(int, const char*) { return std::nullopt; }
int look_at(int parent, const char* name, struct stat& status, std::optional<bool>& mounted) {
  mounted.reset();
  return scan::stat_at(parent, name, status);
}

std::optional<bool> has_sole_reader(int) { return std::nullopt; }

}  // namespace lull::clean
