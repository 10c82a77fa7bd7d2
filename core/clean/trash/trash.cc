// SPDX-License-Identifier: MIT
#include "core/clean/trash.h"

#include <cerrno>
#include <map>
#include <mutex>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clean/trash/directory_sizes.h"
#include "core/clean/trash/info_file.h"
#include "core/clean/trash/names.h"
#include "core/clean/trash/rename_new.h"
#include "core/clean/trash/trash_directory.h"
#include "core/clean/trash/volume.h"
#include "core/scan/status_values.h"

namespace lull::clean {
namespace {

using base::ErrorCode;

class TrashOnDisk final : public Trash {
 public:
  explicit TrashOnDisk(TrashDirectory directory) : directory_(std::move(directory)) {}

  const std::string& path() const override { return directory_.place.path; }
  dev_t device() const override { return directory_.volume.device; }

  base::Result<std::string> reserve(std::string_view wanted, std::string_view token,
                                    const std::string& original, base::WallTime now) override {
    if (!is_plain_path(original))
      return base::fail(ErrorCode::kInvalidArgument, "not the path of something", original);
    const std::string text = trash_info_text(path_in_info(directory_.place, original), now);
    std::string name(wanted);
    int failed = is_trash_name(name) ? claim(name, text) : EEXIST;
    if (failed == EEXIST) {
      name = fallback_name(wanted, token);
      failed = is_trash_name(name) ? claim(name, text) : EINVAL;
    }
    if (failed == 0) return name;
    return base::fail_errno(failed, path(), "writing the .trashinfo");
  }

  base::Status take(int directory, const char* name, const std::string& reserved) override {
    if (!is_trash_name(reserved)) return no_name(reserved);
    return done(rename_into_own(directory, name, files(), reserved.c_str()), name, "to the trash");
  }

  base::Status release(const std::string& reserved) override {
    if (!is_trash_name(reserved)) return no_name(reserved);
    if (holds(reserved)) return base::fail_errno(EEXIST, file_path(reserved));
    const bool gone = ::unlinkat(info(), info_name(reserved).c_str(), 0) == 0 || errno == ENOENT;
    return done(gone ? 0 : errno, info_name(reserved), "removing a reservation");
  }

  Presence look_for(const std::string& name, std::uint64_t device, std::uint64_t inode) override {
    if (!is_trash_name(name)) return Presence::kNotThere;
    struct stat status {};
    if (::fstatat(files(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      return errno == ENOENT ? Presence::kNotThere : Presence::kUnknown;
    return scan::device_number(status.st_dev) == device && status.st_ino == inode
               ? Presence::kThere
               : Presence::kNotThere;
  }

  base::Status repair_info(const std::string& name, const std::string& original,
                           base::WallTime when) override {
    if (!is_trash_name(name)) return no_name(name);
    if (!is_plain_path(original))
      return base::fail(ErrorCode::kInvalidArgument, "not the path of something", original);
    const std::string file = info_name(name);
    if (read_trash_info(info(), file.c_str())) return {};
    const std::string text = trash_info_text(path_in_info(directory_.place, original), when);
    return done(replace_file(info(), file.c_str(), text, Durable::kYes), file, "writing it anew");
  }

  base::Status give_back(const TrashedItem& item, int directory, const char* name) override {
    const Presence presence = look_for(item.name, item.device, item.inode);
    if (presence == Presence::kUnknown)
      return base::fail(ErrorCode::kIo, "cannot be looked at", file_path(item.name));
    if (presence == Presence::kNotThere)
      return base::fail(ErrorCode::kNotFound, "is no longer in the trash", file_path(item.name));
    LULL_TRY(done(rename_out_of_own(files(), item.name.c_str(), directory, name), item.original,
                  "giving back"));
    // It is back, whatever becomes of its info: one that stays is listed as a problem.
    ::unlinkat(info(), info_name(item.name).c_str(), 0);
    return {};
  }

  base::Status flush() override {
    return done(flush_volume(files()), path(), "flushing its volume");
  }

  void note_size(const std::string& reserved, std::uint64_t bytes) override {
    const std::lock_guard lock(mutex_);
    sizes_.insert_or_assign(reserved, bytes);
  }

  base::Status save_sizes() override {
    const std::lock_guard lock(mutex_);
    LULL_TRY(update_directory_sizes(directory_, sizes_));
    sizes_.clear();
    return {};
  }

 private:
  int files() const { return directory_.files.get(); }
  int info() const { return directory_.info.get(); }
  std::string file_path(const std::string& name) const {
    return joined(joined(path(), "files"), name);
  }
  bool holds(const std::string& name) const {
    struct stat status {};
    return ::fstatat(files(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
  }

  // O_EXCL decides who has the name; what lies in files/ without an info keeps its name too.
  int claim(const std::string& name, const std::string& text) {
    if (holds(name)) return EEXIST;
    return write_new_file(info(), info_name(name).c_str(), text);
  }

  static base::Status no_name(const std::string& name) {
    return base::fail(ErrorCode::kInvalidArgument, "not the name of something in a trash", name);
  }
  static base::Status done(int os_error, const std::string& what, const char* doing) {
    if (os_error == 0) return {};
    return base::fail_errno(os_error, what, doing);
  }

  const TrashDirectory directory_;
  std::mutex mutex_;
  std::map<std::string, std::uint64_t> sizes_;  // noted, not yet saved
};

base::Result<std::unique_ptr<Trash>> made_of(base::Result<TrashDirectory> directory) {
  if (!directory) return tl::unexpected(std::move(directory.error()));
  return std::make_unique<TrashOnDisk>(*std::move(directory));
}

}  // namespace

base::Result<std::unique_ptr<Trash>> Trash::open_for(const TrashPlaces& places, dev_t device,
                                                     const std::string& path) {
  return made_of(find_trash(places, device, path));
}

base::Result<std::unique_ptr<Trash>> Trash::open(const TrashPlaces& places,
                                                 const std::string& trash) {
  for (const TrashPlace& place : possible_trashes(places))
    if (place.path == trash) return made_of(open_trash(place, places.owner, IfMissing::kFail));
  return base::fail(ErrorCode::kInvalidArgument, "is not a trash of yours", trash);
}

}  // namespace lull::clean
