// SPDX-License-Identifier: MIT
#include "core/clean/old_place.h"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/clean/copying_trash.h"
#include "core/scan/dir_reader.h"
#include "core/scan/status_values.h"

namespace lull::clean {
namespace {

Presence of_error(int os_error) {
  const bool is_sure = os_error == ENOENT || os_error == ENOTDIR || os_error == ELOOP;
  return is_sure ? Presence::kNotThere : Presence::kUnknown;
}

}  // namespace

std::uint64_t device_now(const CleanItem& item, const Trash& trash) {
  if (item.state == ItemState::kOpen && is_moved_by_copy(item)) return item.device;
  return scan::device_number(trash.device());
}

Presence at_old_place(const CleanItem& item, Descent descent) {
  const auto parent = open_parent(item.root, item.path, descent);
  if (!parent) return of_error(parent.error().os_error);
  struct stat status {};
  if (const int os_error = scan::stat_at(parent->get(), name_in(item.path), status); os_error != 0)
    return of_error(os_error);
  return scan::device_number(status.st_dev) == item.device && status.st_ino == item.inode
             ? Presence::kThere
             : Presence::kNotThere;
}

bool has_its_time(const CleanItem& item) {
  struct stat status {};
  const std::string place = item.trash + "/files/" + item.name;
  return scan::stat_at(AT_FDCWD, place.c_str(), status) == 0 &&
         scan::times_of(status).mtime_ns == item.mtime_ns;
}

}  // namespace lull::clean
