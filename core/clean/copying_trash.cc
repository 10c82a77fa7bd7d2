// SPDX-License-Identifier: MIT
#include "core/clean/copying_trash.h"

#include <cerrno>
#include <map>
#include <mutex>
#include <utility>

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/clean/system_calls.h"
#include "core/clean/trash/rename_new.h"
#include "core/scan/peek.h"
#include "core/scan/status_values.h"

namespace lull::clean {
namespace {

using base::ErrorCode;

base::UniqueFd open_files(const Trash& trash) {
  const std::string path = trash.path() + "/files";
  return base::UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool is_same(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}
bool is_unchanged(const struct stat& before, const struct stat& now) {
  const scan::StatusTimes then = scan::times_of(before), times = scan::times_of(now);
  return before.st_size == now.st_size && before.st_nlink == now.st_nlink &&
         then.mtime_ns == times.mtime_ns && then.ctime_ns == times.ctime_ns;
}

// Removes `name` if that is the very file.
base::Status remove_if(int directory, const char* name, const struct stat& expected) {
  struct stat there {};
  if (::fstatat(directory, name, &there, AT_SYMLINK_NOFOLLOW) != 0 || !is_same(there, expected))
    return base::fail(ErrorCode::kNotFound, "something else has its name now", name);
  if (::unlinkat(directory, name, 0) != 0) return base::fail_errno(errno, name, "removing it");
  return {};
}

// The token in the name of the trash makes it one of its own here, too.
std::string name_aside(std::string_view name_in_trash) { return "." + std::string(name_in_trash); }

class CopyingTrash final : public Trash {
 public:
  CopyingTrash(std::unique_ptr<Trash> disk, CopyingOptions options)
      : disk_(std::move(disk)), options_(std::move(options)), files_(open_files(*disk_)) {}

  const std::string& path() const override { return disk_->path(); }
  dev_t device() const override { return disk_->device(); }
  base::Result<std::string> reserve(std::string_view wanted, std::string_view token,
                                    const std::string& original, base::WallTime now) override {
    return disk_->reserve(fallback_name(wanted, token), token, original, now);
  }
  base::Status release(const std::string& reserved) override { return disk_->release(reserved); }
  Presence look_for(const std::string& name, std::uint64_t device, std::uint64_t inode) override {
    return disk_->look_for(name, device, inode);
  }
  base::Status repair_info(const std::string& name, const std::string& original,
                           base::WallTime when) override {
    return disk_->repair_info(name, original, when);
  }
  base::Status give_back(const TrashedItem& item, int directory, const char* name) override {
    return give_back_by_copy(*disk_, item, directory, name);
  }
  base::Status flush() override { return disk_->flush(); }
  void note_size(const std::string& reserved, std::uint64_t bytes) override {
    disk_->note_size(reserved, bytes);
  }
  base::Status save_sizes() override { return disk_->save_sizes(); }

  std::optional<MadeCopy> made_copy(const std::string& reserved) override {
    const std::lock_guard lock(mutex_);
    const auto found = made_.find(reserved);
    return found == made_.end() ? std::nullopt : std::optional(found->second);
  }

  base::Status take(int directory, const char* name, const std::string& reserved) override {
    struct stat status {};
    const base::UniqueFd source = scan::open_to_peek(directory, name, status);
    if (!source) return base::fail(ErrorCode::kIo, "it cannot be opened for reading");
    LULL_TRY(check(source.get(), status));
    const auto copy = copy_new(
        source.get(), files_.get(), reserved.c_str(), [&] { return go_on(source.get()); },
        options_.buffers != nullptr ? *options_.buffers : buffers_);
    if (!copy) return tl::unexpected(copy.error());
    pass(CopyStep::kCopied);
    if (auto gone = remove_original(source.get(), status, directory, name, reserved); !gone) {
      (void)remove_if(files_.get(), reserved.c_str(), *copy);
      return gone;
    }
    pass(CopyStep::kRemoved);
    const std::lock_guard lock(mutex_);
    made_[reserved] = {scan::device_number(status.st_dev), status.st_ino,
                       scan::device_number(copy->st_dev), copy->st_ino};
    return {};
  }

 private:
  base::Status check(int source, const struct stat& status) const {
    if (!files_) return base::fail(ErrorCode::kUnavailable, "its trash cannot be opened");
    if (status.st_nlink != 1) return base::fail(ErrorCode::kBusy, "it has another name");
    const auto alone = has_sole_reader(source);
    if (!alone) return base::fail(ErrorCode::kUnavailable, "whether it is in use is not known");
    if (!*alone) return base::fail(ErrorCode::kBusy, "a program has it open");
    struct ::statvfs room {};
    if (::fstatvfs(files_.get(), &room) != 0) return base::fail_errno(errno, path());
    if (static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize < 2 * scan::blocks_of(status))
      return base::fail_errno(ENOSPC, path(), "making a copy with room to spare");
    return {};
  }

  base::Status go_on(int source) const {
    if (options_.stop && options_.stop())
      return base::fail(ErrorCode::kCancelled, "it was stopped");
    if (!is_still_sole_reader(source))
      return base::fail(ErrorCode::kBusy, "a program has just opened it");
    return {};
  }

  // Under a name of its own first, so that what is removed is what was copied, whatever is put
  // under the old name meanwhile.
  base::Status remove_original(int source, const struct stat& copied, int directory,
                               const char* name, const std::string& reserved) const {
    struct stat now {};
    if (::fstat(source, &now) != 0 || !is_unchanged(copied, now))
      return base::fail(ErrorCode::kBusy, "it has changed meanwhile");
    LULL_TRY(go_on(source));
    const std::string aside = name_aside(reserved);
    if (const int os_error = rename_new(directory, name, directory, aside.c_str()); os_error != 0)
      return base::fail_errno(os_error, name, "setting it aside");
    pass(CopyStep::kSetAside);
    base::Status removed = go_on(source);
    if (removed) removed = remove_if(directory, aside.c_str(), copied);
    if (removed) return {};
    if (rename_new(directory, aside.c_str(), directory, name) != 0)
      removed.error().message += "; it is there as " + aside;
    return removed;
  }

  void pass(CopyStep step) const {
    if (options_.on_step) options_.on_step(step);
  }

  const std::unique_ptr<Trash> disk_;
  const CopyingOptions options_;
  const base::UniqueFd files_;
  base::BufferPool buffers_{kCopyPiece, 2};
  std::mutex mutex_;
  std::map<std::string, MadeCopy> made_;
};

// What a call that was killed has given back already.
bool is_given_back(int source, const struct stat& status, int directory, const char* name,
                   base::BufferPool& buffers) {
  struct stat there {};
  const base::UniqueFd found = scan::open_to_peek(directory, name, there);
  if (!found || there.st_uid != status.st_uid ||
      scan::times_of(there).mtime_ns != scan::times_of(status).mtime_ns)
    return false;
  const auto same = has_same_bytes(
      source, found.get(), [] { return base::Status(); }, buffers);
  return same && *same;
}

}  // namespace

std::unique_ptr<Trash> make_copying_trash(std::unique_ptr<Trash> disk, CopyingOptions options) {
  return std::make_unique<CopyingTrash>(std::move(disk), std::move(options));
}

base::Status give_back_by_copy(Trash& trash, const TrashedItem& item, int directory,
                               const char* name) {
  const base::UniqueFd files = open_files(trash);
  struct stat status {};
  const base::UniqueFd source = scan::open_to_peek(files.get(), item.name.c_str(), status);
  if (!source || scan::device_number(status.st_dev) != item.device || status.st_ino != item.inode)
    return base::fail(ErrorCode::kNotFound, "is no longer in the trash", item.name);
  base::BufferPool buffers(kCopyPiece, 2);
  const auto made = copy_new(
      source.get(), directory, name, [] { return base::Status(); }, buffers);
  if (!made && (made.error().os_error != EEXIST ||
                !is_given_back(source.get(), status, directory, name, buffers)))
    return tl::unexpected(made.error());
  // It is back, whatever becomes of what is in the trash.
  if (remove_if(files.get(), item.name.c_str(), status)) (void)trash.release(item.name);
  return {};
}

bool is_back_by_copy(const CleanItem& item, Descent descent) {
  struct stat status {};
  const auto parent = open_parent(item.root, item.path, descent);
  return parent &&
         ::fstatat(parent->get(), name_in(item.path), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISREG(status.st_mode) && scan::times_of(status).mtime_ns == item.mtime_ns;
}

// ---- after a kill -------------------------------------------------------------------------------

std::optional<CopyFound> find_copy(const Trash& trash, const CleanItem& item) {
  const base::UniqueFd files = open_files(trash);
  std::string name = fallback_name(item.wanted, item.token);
  struct stat status {};
  if (!files || ::fstatat(files.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISREG(status.st_mode) || scan::times_of(status).mtime_ns != item.mtime_ns)
    return std::nullopt;
  return CopyFound{std::move(name), scan::device_number(status.st_dev), status.st_ino};
}

void drop_copy(Trash& trash, const CleanItem& item, int parent) {
  const auto copy = find_copy(trash, item);
  if (!copy) return;
  struct stat original {
  }, made{};
  const base::UniqueFd one = scan::open_to_peek(parent, name_in(item.path), original);
  const base::UniqueFd files = open_files(trash);
  const base::UniqueFd other = scan::open_to_peek(files.get(), copy->name.c_str(), made);
  if (!one || !other || original.st_ino != item.inode) return;
  base::BufferPool buffers(kCopyPiece, 2);
  const auto same = has_same_bytes(
      one.get(), other.get(), [] { return base::Status(); }, buffers);
  if (same && *same) (void)remove_if(files.get(), copy->name.c_str(), made);
}

bool settle_set_aside(const CleanItem& item, int parent, bool has_copy) {
  const std::string aside = name_aside(fallback_name(item.wanted, item.token));
  struct stat status {};
  if (::fstatat(parent, aside.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
      scan::device_number(status.st_dev) != item.device || status.st_ino != item.inode)
    return false;
  if (has_copy) {
    (void)remove_if(parent, aside.c_str(), status);
    return false;
  }
  return rename_new(parent, aside.c_str(), parent, name_in(item.path)) == 0;
}

}  // namespace lull::clean
