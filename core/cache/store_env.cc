// SPDX-License-Identifier: MIT
#include "core/cache/store_env.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/cache/store_check.h"

namespace lull::cache {
namespace {

// What is lost can be measured again, so no commit waits for the disk; what a crash leaves half
// written is found by check().
constexpr unsigned kFlags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NOSYNC | MDB_NOMETASYNC;
constexpr unsigned kReaders = 64;
constexpr int kTries = 8;

ReadAt reader_of(int fd) {
  return [fd](std::uint64_t offset, std::span<std::byte> into) {
    return ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset)) ==
           static_cast<ssize_t>(into.size());
  };
}

std::uint64_t size_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// LMDB's own errors are negative.
tl::unexpected<base::Error> fail_with(int error, const std::string& file) {
  if (error > 0) return base::fail_errno(error, file);
  const bool is_damage = error == MDB_INVALID || error == MDB_VERSION_MISMATCH ||
                         error == MDB_CORRUPTED || error == MDB_PAGE_NOTFOUND ||
                         error == MDB_INCOMPATIBLE;
  return base::fail(is_damage ? base::ErrorCode::kMalformed : base::ErrorCode::kIo,
                    ::mdb_strerror(error), file);
}

// Before LMDB sees it: a file, if anything, and one of LMDB's.
base::Status check_start(const std::string& file) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0)
    return errno == ENOENT ? base::Status() : base::fail_errno(errno, file);
  const auto damaged = base::fail(base::ErrorCode::kMalformed, "not a size cache", file);
  if (!S_ISREG(status.st_mode)) return damaged;
  if (status.st_size == 0) return {};
  const base::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return base::fail_errno(errno, file);
  if (!has_sound_metas(reader_of(fd.get()), size_of(fd.get()))) return damaged;
  return {};
}

MDB_val value_of(std::span<const std::byte> bytes) {
  // LMDB's parameters are not const, what it does with them is.
  return {bytes.size(), const_cast<std::byte*>(bytes.data())};
}
std::span<const std::byte> bytes_of(const MDB_val& value) {
  return {static_cast<const std::byte*>(value.mv_data), value.mv_size};
}

}  // namespace

base::Result<std::shared_ptr<StoreEnv>> StoreEnv::open(const std::string& file,
                                                       std::size_t map_bytes) {
  LULL_TRY(check_start(file));
  std::shared_ptr<StoreEnv> env(new StoreEnv(file));
  LULL_TRY(env->start(map_bytes));
  return env;
}

base::Status StoreEnv::start(std::size_t map_bytes) {
  if (const int error = ::mdb_env_create(&env_); error != 0) return fail_with(error, file_);
  ::mdb_env_set_mapsize(env_, map_bytes);
  ::mdb_env_set_maxreaders(env_, kReaders);
  if (const int error = ::mdb_env_open(env_, file_.c_str(), kFlags, 0600); error != 0)
    return fail_with(error, file_);
  int dead = 0;
  ::mdb_reader_check(env_, &dead);  // of processes that were killed
  const auto data_id = id_of(file_), lock_id = id_of(file_ + "-lock");
  if (!data_id || !lock_id) return base::fail_errno(ENOENT, file_);
  data_id_ = *data_id;
  lock_id_ = *lock_id;
  return check();
}

base::Status StoreEnv::check() {
  for (int i = 0; i < kTries; ++i) {
    const StoreTransaction transaction(*this, StoreTransaction::Kind::kRead);
    if (transaction.error() != 0) return fail_with(transaction.error(), file_);
    const int fd = descriptor();
    const auto state = check_pages(reader_of(fd), size_of(fd), ::mdb_txn_id(transaction.get()));
    if (state == Soundness::kNotThere) continue;
    if (state == Soundness::kDamaged)
      return base::fail(base::ErrorCode::kMalformed, "the size cache is damaged", file_);
    const int error = ::mdb_dbi_open(transaction.get(), nullptr, 0, &table_);
    return error == 0 ? base::Status() : fail_with(error, file_);
  }
  return base::fail(base::ErrorCode::kBusy, "others keep writing to the size cache", file_);
}

StoreEnv::~StoreEnv() {
  if (env_ != nullptr) ::mdb_env_close(env_);
}

std::optional<StoreEnv::FileId> StoreEnv::id_of(const std::string& file) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) return std::nullopt;
  return FileId{status.st_dev, status.st_ino};
}

bool StoreEnv::is_in_place() const {
  return id_of(file_) == data_id_ && id_of(file_ + "-lock") == lock_id_;
}

int StoreEnv::descriptor() const {
  int fd = -1;
  ::mdb_env_get_fd(env_, &fd);
  return fd;
}

std::uint64_t StoreEnv::bytes_in_use() const {
  MDB_stat stat{};
  if (::mdb_env_stat(env_, &stat) != 0) return 0;
  return (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) *
         std::uint64_t{stat.ms_psize};
}

StoreTransaction::StoreTransaction(const StoreEnv& env, Kind kind) : env_(env) {
  error_ = ::mdb_txn_begin(env.get(), nullptr, kind == Kind::kRead ? MDB_RDONLY : 0, &txn_);
  if (error_ != 0) txn_ = nullptr;
}

int StoreTransaction::commit() { return ::mdb_txn_commit(std::exchange(txn_, nullptr)); }

void StoreTransaction::abort() {
  if (txn_ != nullptr) ::mdb_txn_abort(std::exchange(txn_, nullptr));
}

std::optional<std::span<const std::byte>> StoreTransaction::get(
    std::span<const std::byte> key) const {
  MDB_val name = value_of(key), value{};
  if (::mdb_get(txn_, env_.table(), &name, &value) != 0) return std::nullopt;
  return bytes_of(value);
}

int StoreTransaction::put(std::span<const std::byte> key, std::span<const std::byte> value) {
  MDB_val name = value_of(key), data = value_of(value);
  return ::mdb_put(txn_, env_.table(), &name, &data, 0);
}

int StoreTransaction::erase(std::span<const std::byte> key) {
  MDB_val name = value_of(key);
  const int error = ::mdb_del(txn_, env_.table(), &name, nullptr);
  return error == MDB_NOTFOUND ? 0 : error;
}

int StoreTransaction::erase_all() { return ::mdb_drop(txn_, env_.table(), 0); }

std::optional<std::span<const std::byte>> StoreTransaction::at_or_after(
    std::span<const std::byte> key) const {
  MDB_cursor* cursor = nullptr;
  if (::mdb_cursor_open(txn_, env_.table(), &cursor) != 0) return std::nullopt;
  MDB_val name = value_of(key), value{};
  const int error = ::mdb_cursor_get(cursor, &name, &value, MDB_SET_RANGE);
  ::mdb_cursor_close(cursor);
  if (error != 0) return std::nullopt;
  return bytes_of(name);
}

}  // namespace lull::cache
