// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstdint>

#include <sys/attr.h>
#include <unistd.h>

#include "core/clean/system_calls.h"
#include "core/scan/dir_reader.h"

namespace lull::clean {

// There is O_NOFOLLOW_ANY, but nothing that stays below a directory and on its volume: the caller
// goes name by name.
int open_way_beneath(int, const char*, bool) { return -ENOSYS; }

// ATTR_DIR_MOUNTSTATUS (getattrlist(2)): of directories alone; nothing else is mounted on.
std::optional<bool> is_mount_point(int parent, const char* name) {
  struct [[gnu::packed]] {
    std::uint32_t length;
    attribute_set_t returned;
    std::uint32_t mount_status;
  } answer{};
  attrlist list{};
  list.bitmapcount = ATTR_BIT_MAP_COUNT;
  list.commonattr = ATTR_CMN_RETURNED_ATTRS;
  list.dirattr = ATTR_DIR_MOUNTSTATUS;
  const char* const what = *name == '\0' ? "." : name;
  if (::getattrlistat(parent, what, &list, &answer, sizeof answer, FSOPT_NOFOLLOW) != 0)
    return std::nullopt;
  if ((answer.returned.dirattr & ATTR_DIR_MOUNTSTATUS) == 0) return false;
  return (answer.mount_status & DIR_MNTSTATUS_MNTPOINT) != 0;
}

int look_at(int parent, const char* name, struct stat& status, std::optional<bool>& mounted) {
  mounted.reset();
  const int failed = scan::stat_at(parent, name, status);
  if (failed == 0) mounted = S_ISDIR(status.st_mode) ? is_mount_point(parent, name) : false;
  return failed;
}

// No leases here.
std::optional<bool> has_sole_reader(int) { return std::nullopt; }

}  // namespace lull::clean
