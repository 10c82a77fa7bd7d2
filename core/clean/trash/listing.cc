// SPDX-License-Identifier: MIT
#include "core/clean/trash/listing.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/clean/trash.h"
#include "core/clean/trash/info_file.h"
#include "core/clean/trash/names.h"
#include "core/clean/trash/trash_directory.h"
#include "core/scan/dir_reader.h"
#include "core/scan/status_values.h"

namespace lull::clean {
namespace {

using Problems = std::function<void(std::string path, std::string why)>;

// One trash directory.
class Listing {
 public:
  Listing(const TrashDirectory& trash, const Problems& problems, std::vector<TrashedItem>& items)
      : trash_(trash), problems_(problems), items_(items) {}

  void run() {
    auto infos = names_in(trash_.info.get());
    auto files = names_in(trash_.files.get());
    if (!infos || !files)
      return problems_(trash_.place.path, (infos ? files : infos).error().to_string());
    for (const std::string& info : *infos) {
      if (!info.ends_with(kInfoSuffix) || info.size() == kInfoSuffix.size()) continue;
      const std::string name = info.substr(0, info.size() - kInfoSuffix.size());
      if (files->erase(name) == 0)
        problems_(path_of("info", info), "in the trash without its file");
      else
        add(info, name);
    }
    for (const std::string& name : *files)
      problems_(path_of("files", name), "in the trash without its .trashinfo");
  }

 private:
  std::string path_of(const char* directory, const std::string& name) const {
    return joined(joined(trash_.place.path, directory), name);
  }

  void add(const std::string& info, const std::string& name) {
    struct stat status {};
    const int os_error = scan::stat_at(trash_.files.get(), name.c_str(), status);
    if (os_error == ENOENT) return;  // just given back
    if (os_error != 0)
      return problems_(path_of("files", name), std::generic_category().message(os_error));
    const auto said = read_trash_info(trash_.info.get(), info.c_str());
    if (!said) return problems_(path_of("info", info), said.error().to_string());
    std::string original = original_of(trash_.place, said->path);
    if (original.empty()) return problems_(path_of("info", info), kDamagedInfo);
    items_.push_back({.trash = trash_.place.path,
                      .name = name,
                      .original = std::move(original),
                      .deleted_at = said->deleted_at,
                      .device = scan::device_number(status.st_dev),
                      .inode = status.st_ino,
                      .directory = S_ISDIR(status.st_mode)});
  }

  const TrashDirectory& trash_;
  const Problems& problems_;
  std::vector<TrashedItem>& items_;
};

// A volume may be mounted twice, or be given twice.
using Seen = std::set<std::pair<dev_t, ino_t>>;
bool is_new(const TrashDirectory& trash, Seen& seen) {
  struct stat status {};
  return ::fstat(trash.root.get(), &status) == 0 &&
         seen.emplace(status.st_dev, status.st_ino).second;
}

}  // namespace

base::Result<std::set<std::string>> names_in(int directory) {
  std::set<std::string> names;
  alignas(std::uint64_t) std::array<std::byte, 32768> buffer;
  // Opened anew: a listing moves the offset of the descriptor.
  scan::OpenManner manner{.keep_atime = false, .refuse_mounts = false};
  const base::UniqueFd fd(scan::open_directory_at(directory, ".", manner));
  if (!fd) return base::fail_errno(-fd.get());
  scan::DirReader reader(fd.get(), {});
  ssize_t got = reader.fill(buffer);
  for (; got > 0; got = reader.fill(buffer)) {
    std::span<const std::byte> filled(buffer.data(), static_cast<std::size_t>(got));
    for (scan::DirEntry entry; scan::next_entry(filled, entry);) {
      const std::string_view name = entry.name;
      if (name != "." && name != "..") names.emplace(name);
    }
  }
  if (got < 0) return base::fail_errno(static_cast<int>(-got));
  return names;
}

std::vector<TrashedItem> list_trash(const TrashPlaces& places, const Problems& problems) {
  std::vector<TrashedItem> items;
  Seen seen;
  for (const TrashPlace& place : possible_trashes(places)) {
    const auto trash = open_trash(place, places.owner, IfMissing::kFail);
    if (trash && is_new(*trash, seen)) Listing(*trash, problems, items).run();
    if (!trash && trash.error().code != base::ErrorCode::kNotFound)
      problems(trash.error().path, trash.error().message);
  }
  std::sort(items.begin(), items.end(), [](const TrashedItem& one, const TrashedItem& other) {
    return std::tie(one.trash, one.name) < std::tie(other.trash, other.name);
  });
  return items;
}

}  // namespace lull::clean
