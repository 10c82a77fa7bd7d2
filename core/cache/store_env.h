// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <lmdb.h>
#include <sys/types.h>

#include "core/base/result.h"

// LMDB, with owners for what it hands out. Only the store's bodies include this.
namespace lull::cache {

// An open database file with one table. Not two of the same file in one process (LMDB's locks are
// the process's).
class StoreEnv {
 public:
  // Makes the file if there is none. kMalformed: it is not sound and must go first; else the
  // system's reason.
  static base::Result<std::shared_ptr<StoreEnv>> open(const std::string& file,
                                                      std::size_t map_bytes);
  ~StoreEnv();
  StoreEnv(const StoreEnv&) = delete;
  StoreEnv& operator=(const StoreEnv&) = delete;

  // Is this still the file of that name, and its lock file too?
  bool is_in_place() const;
  MDB_env* get() const { return env_; }
  MDB_dbi table() const { return table_; }
  int descriptor() const;
  // What pages of the current state take.
  std::uint64_t bytes_in_use() const;

 private:
  struct FileId {
    dev_t device = 0;
    ino_t inode = 0;
    friend bool operator==(const FileId&, const FileId&) = default;
  };
  static std::optional<FileId> id_of(const std::string& file);
  explicit StoreEnv(std::string file) : file_(std::move(file)) {}
  base::Status start(std::size_t map_bytes);
  base::Status check();

  const std::string file_;
  MDB_env* env_ = nullptr;
  MDB_dbi table_ = 0;
  FileId data_id_, lock_id_;
};

// Ends by itself unless it was committed.
class StoreTransaction {
 public:
  enum class Kind { kRead, kWrite };
  StoreTransaction(const StoreEnv& env, Kind kind);
  ~StoreTransaction() { abort(); }
  StoreTransaction(const StoreTransaction&) = delete;
  StoreTransaction& operator=(const StoreTransaction&) = delete;

  int error() const { return error_; }  // of the beginning; 0: it runs
  MDB_txn* get() const { return txn_; }
  // An error of LMDB or errno, 0 if it is done.
  int commit();
  void abort();

  std::optional<std::span<const std::byte>> get(std::span<const std::byte> key) const;
  int put(std::span<const std::byte> key, std::span<const std::byte> value);
  int erase(std::span<const std::byte> key);
  int erase_all();
  // The first key at or after `key`.
  std::optional<std::span<const std::byte>> at_or_after(std::span<const std::byte> key) const;

 private:
  const StoreEnv& env_;
  MDB_txn* txn_ = nullptr;
  int error_ = 0;
};

}  // namespace lull::cache
