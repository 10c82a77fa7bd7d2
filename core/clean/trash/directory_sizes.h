// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/clean/trash/trash_directory.h"

// $trash/directorysizes, the cache from which file managers know how large trashed directories are.
namespace lull::clean {

struct DirectorySize {
  std::uint64_t bytes = 0;  // allocated, of everything in it
  std::int64_t mtime = 0;   // of its info, seconds since 1970: another one makes the entry void

  friend bool operator==(const DirectorySize&, const DirectorySize&) = default;
};
using DirectorySizes = std::map<std::string, DirectorySize>;  // by name in files/

// Lines that are not valid are passed over; of two for one name the later counts.
DirectorySizes parse_directory_sizes(std::string_view text);
std::string directory_sizes_text(const DirectorySizes& sizes);

// Writes the file anew: what it says of directories that are still there, and `more` (bytes by
// name). Writes nothing if that changes nothing.
base::Status update_directory_sizes(const TrashDirectory& trash,
                                    const std::map<std::string, std::uint64_t>& more);

}  // namespace lull::clean
