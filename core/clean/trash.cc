// SPDX-License-Identifier: MIT
#include "core/clean/trash.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/path_text.h"
#include "core/clean/rename.h"
#include "core/clean/trash_info_text.h"
#include "core/clean/trash_place.h"
#include "core/scan/peek.h"
#include "core/scan/trash_info.h"

namespace lull::clean {
namespace {

constexpr std::size_t kLargestInfo = 64 * 1024;

std::string info_of(const std::string& name) { return name + std::string(kInfoSuffix); }

bool exists(int directory, const std::string& name) {
  struct stat status {};
  return ::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

class OpenTrash final : public Trash {
 public:
  explicit OpenTrash(TrashPlace place) : place_(std::move(place)) {}

  const std::string& path() const override { return place_.path; }
  dev_t device() const override { return place_.device; }

  base::Result<std::string> reserve(std::string_view wanted, std::string_view token,
                                    const std::string& original, base::WallTime now) override {
    int failed = EEXIST;
    for (const std::string& name : {std::string(wanted), fallback_name(wanted, token)}) {
      // A file whose info was lost keeps its name.
      failed = exists(place_.files.get(), name) ? EEXIST : write_info(name, original, now);
      if (failed == 0) return name;
      if (failed != EEXIST && failed != ENAMETOOLONG) break;
    }
    return base::fail_errno(failed, place_.path, "writing the info of the trash");
  }

  base::Status take(int directory, const char* name, const std::string& reserved) override {
    const int failed =
        rename_without_replacing(directory, name, place_.files.get(), reserved.c_str());
    if (failed == EXDEV)
      return base::fail(base::ErrorCode::kUnavailable, "its volume has no trash", name);
    if (failed != 0) return base::fail_errno(failed, name, "moving to the trash");
    return {};
  }

  base::Status release(const std::string& reserved) override {
    if (exists(place_.files.get(), reserved)) return {};
    return remove_info(reserved);
  }

  bool has(const std::string& name, std::uint64_t device, std::uint64_t inode) override {
    struct stat status {};
    return ::fstatat(place_.files.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           status.st_dev == device && status.st_ino == inode;
  }

  base::Status repair_info(const std::string& name, const std::string& original,
                           base::WallTime when) override {
    const auto text = scan::peek_text(place_.info.get(), info_of(name).c_str(), kLargestInfo);
    if (text) {
      const auto info = scan::parse_trash_info(*text);
      if (info && info->path == shown(original)) return {};
    }
    LULL_TRY(remove_info(name));
    const int failed = write_info(name, original, when);
    return failed == 0 ? base::Status()
                       : base::fail_errno(failed, place_.path, "writing the info of the trash");
  }

  base::Status give_back(const TrashedItem& item, int directory, const char* name) override {
    if (!has(item.name, item.device, item.inode))
      return base::fail_errno(ENOENT, item.original, "giving back");
    const int failed =
        rename_without_replacing(place_.files.get(), item.name.c_str(), directory, name);
    if (failed != 0) return base::fail_errno(failed, item.original, "giving back");
    return remove_info(item.name);
  }

 private:
  // As the specification wants it: absolute in the home trash, else from the top of the volume.
  std::string shown(const std::string& original) const {
    if (place_.top.empty() || !base::is_below(original, place_.top)) return original;
    return original.substr(place_.top == "/" ? 1 : place_.top.size() + 1);
  }

  // The exclusive creation is what reserves the name.
  int write_info(const std::string& name, const std::string& original, base::WallTime when) {
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const std::string file = info_of(name);
    base::UniqueFd fd(::openat(place_.info.get(), file.c_str(), kFlags, 0600));
    if (!fd) return errno;
    const std::string text = trash_info_text(shown(original), when);
    const ssize_t written = ::write(fd.get(), text.data(), text.size());
    if (written == static_cast<ssize_t>(text.size())) return 0;
    const int failed = written < 0 ? errno : ENOSPC;
    ::unlinkat(place_.info.get(), file.c_str(), 0);  // half an info is none
    return failed;
  }

  base::Status remove_info(const std::string& name) {
    if (::unlinkat(place_.info.get(), info_of(name).c_str(), 0) != 0 && errno != ENOENT)
      return base::fail_errno(errno, place_.path, "removing an info of the trash");
    return {};
  }

  const TrashPlace place_;
};

base::Result<std::unique_ptr<Trash>> opened(base::Result<TrashPlace> place) {
  if (!place) return tl::unexpected(std::move(place).error());
  return std::make_unique<OpenTrash>(*std::move(place));
}

}  // namespace

base::Result<std::unique_ptr<Trash>> Trash::open_for(const TrashPlaces& places, dev_t device) {
  return opened(find_trash(places, device));
}

base::Result<std::unique_ptr<Trash>> Trash::open_again(const TrashPlaces& places,
                                                       const std::string& trash) {
  return opened(find_trash_again(places, trash));
}

}  // namespace lull::clean
