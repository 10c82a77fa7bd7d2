// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>

#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "core/platform/kernel_file_linux.h"
#include "core/platform/mountinfo_parse.h"
#include "core/scan/places.h"

namespace lull::scan {
namespace {

constexpr std::size_t kMostBytes = std::size_t{8} << 20;

bool is_home_of(const std::string& home, uid_t owner) {
  std::array<char, 16384> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(owner, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return false;
  struct stat theirs {
  }, ours{};
  return ::stat(found->pw_dir, &theirs) == 0 && ::stat(home.c_str(), &ours) == 0 &&
         theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_writable(const std::string& mount) {
  struct statvfs status {};
  return ::statvfs(mount.c_str(), &status) == 0 && (status.f_flag & ST_RDONLY) == 0;
}

}  // namespace

ScanPlaces find_scan_places(const platform::SystemRoots& roots,
                            const base::UserDirectories& directories, uid_t owner) {
  ScanPlaces places;
  if (!is_home_of(directories.home, owner)) return places;
  places.var_temp = "/var/tmp";
  const auto mounts = platform::read_kernel_file(roots.proc + "/self/mountinfo", kMostBytes);
  if (!mounts) return places;
  for (const platform::Volume& volume : platform::select_volumes(*mounts, is_directory))
    if (volume.mount != "/" && volume.ask && is_writable(volume.mount))
      places.volumes.push_back(volume.mount);
  return places;
}

LetterCase letter_case_of_volumes() { return LetterCase::kCounts; }

}  // namespace lull::scan
