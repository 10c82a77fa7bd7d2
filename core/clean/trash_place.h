// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include <sys/types.h>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/clean/trash.h"

// Where the trash directory of a volume is, and whether it is safe to use.
namespace lull::clean {

// An open trash directory with its two parts.
struct TrashPlace {
  std::string path;  // ".../Trash"
  std::string top;   // of a volume's: its mount point, which paths in infos are relative to
  dev_t device = 0;
  base::UniqueFd files, info;
};

// As Trash::open_for() says.
base::Result<TrashPlace> find_trash(const TrashPlaces& places, dev_t device);
// As Trash::open_again() says.
base::Result<TrashPlace> find_trash_again(const TrashPlaces& places, const std::string& path);

}  // namespace lull::clean
