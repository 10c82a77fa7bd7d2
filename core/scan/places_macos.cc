// SPDX-License-Identifier: MIT
#include <array>
#include <string_view>

#include <sys/mount.h>
#include <unistd.h>

#include "core/scan/places.h"

namespace lull::scan {
namespace {

std::string configured(int name) {
  std::array<char, 1024> value{};
  const std::size_t length = ::confstr(name, value.data(), value.size());
  return length == 0 || length > value.size() ? std::string() : std::string(value.data());
}

}  // namespace

ScanPlaces find_scan_places(const platform::SystemRoots&, const base::UserDirectories&, uid_t) {
  ScanPlaces places;
  places.darwin_temp = configured(_CS_DARWIN_USER_TEMP_DIR);
  places.darwin_cache = configured(_CS_DARWIN_USER_CACHE_DIR);
  struct statfs* mounts = nullptr;
  const int count = ::getmntinfo(&mounts, MNT_NOWAIT);
  for (int i = 0; i < count; ++i) {
    const bool fine = (mounts[i].f_flags & MNT_LOCAL) != 0 && (mounts[i].f_flags & MNT_RDONLY) == 0;
    const std::string_view where(mounts[i].f_mntonname);
    if (fine && where.starts_with("/Volumes/")) places.volumes.emplace_back(where);
  }
  return places;
}

LetterCase letter_case_of_volumes() { return LetterCase::kIgnored; }

}  // namespace lull::scan
