// SPDX-License-Identifier: MIT
#pragma once
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/core/clean/refusing_trash.h"

namespace lull::clean {

// What a test of whole runs stands on: the tests' own trash, or the product's.
enum class WhichTrash : std::uint8_t { kFolder, kReal };

// A home trash at `path`, which ends with "/Trash"; made if `make`.
inline base::Result<std::unique_ptr<Trash>> open_home_trash(WhichTrash which,
                                                            const std::string& path,
                                                            FolderTrash::Refuse refuse, bool make) {
  if (which == WhichTrash::kFolder)
    return make ? FolderTrash::open(path, std::move(refuse))
                : FolderTrash::open_existing(path, std::move(refuse));
  if (const int os_error = refuse ? refuse("open") : 0; os_error != 0)
    return base::fail_errno(os_error, path, "opening the trash");
  const std::string data_home = path.substr(0, path.rfind('/'));
  const TrashPlaces places{.data_home = data_home, .volumes = {}, .owner = ::geteuid()};
  struct stat status {};
  if (::stat(data_home.c_str(), &status) != 0) return base::fail_errno(errno, data_home);
  auto trash = make ? Trash::open_for(places, status.st_dev, data_home + "/anything")
                    : Trash::open(places, path);
  if (!trash || !refuse) return trash;
  return std::make_unique<RefusingTrash>(*std::move(trash), std::move(refuse));
}

// For the names of parametrized tests.
inline std::string name_of_trash(WhichTrash which) {
  return which == WhichTrash::kFolder ? "folder_trash" : "real_trash";
}
inline std::string name_of_param(const testing::TestParamInfo<WhichTrash>& info) {
  return name_of_trash(info.param);
}
inline const auto kBothTrashes = testing::Values(WhichTrash::kFolder, WhichTrash::kReal);

}  // namespace lull::clean
