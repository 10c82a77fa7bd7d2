// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <sys/stat.h>
#include <sys/types.h>

// A look through the ordinary files of one user below a few directories, for the operations that
// judge single files. Follows no link, enters no other file system and no directory of others,
// leaves out what is hidden (a name with a dot in front: caches and states that their programs
// keep). Serial; blocks; changes nothing, access times included.
namespace lull::relief {

struct OwnFilesOptions {
  uid_t owner = 0;
  std::size_t most_entries = 100'000;  // of every kind, then it ends
  std::function<bool()> stop;          // asked for every directory
};

struct OwnFile {
  int directory = -1;  // open while the visit lasts
  const char* name = nullptr;
  const struct ::stat& status;
  const std::string& directory_path;
};

struct OwnFilesEnd {
  std::uint64_t entries = 0;  // that were looked at
  bool complete = true;  // false: stopped, too many, too deep, or a directory could not be read
};

inline constexpr int kDeepestDirectory = 32;

// A root that is not there has nothing in it.
OwnFilesEnd visit_own_files(const std::string& root, const OwnFilesOptions& options,
                            const std::function<void(const OwnFile&)>& visit);

}  // namespace lull::relief
