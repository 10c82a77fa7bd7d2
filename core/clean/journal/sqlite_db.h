// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

// SQLite with results for return codes and values that own themselves; nothing here knows what is
// stored. One thread at a time.
namespace lull::clean {

class SqliteStatement;

class SqliteDb {
 public:
  enum class Opening {
    kCreate,  // to be written, made if it is missing
    kRead,    // still follows what others write; may need room for an index beside the file
    kReadAsUnchanging  // reads the file alone, past any log and lock: for disks nobody can write to
  };
  // Opens or creates; `path` empty: in memory. Asks for as little memory as is reasonable. Does not
  // read the file yet: what is in it shows with the first statement.
  static base::Result<SqliteDb> open(const std::string& path, Opening opening = Opening::kCreate);

  // Runs SQL that returns nothing of interest.
  base::Status execute(const char* sql);
  base::Result<SqliteStatement> prepare(std::string_view sql);
  // The first column of the first row.
  base::Result<std::int64_t> query_integer(const char* sql);
  base::Result<std::string> query_text(const char* sql);

  std::int64_t last_insert_id() const;
  bool read_only() const;
  void release_memory();
  // Whether the last connection may fold the write-ahead log into the file when it closes.
  void checkpoint_on_close(bool wanted);
  // What SQLite says about its last failure, as our error: a full disk is kIo with ENOSPC, a
  // damaged file kMalformed, a lock that does not come free kBusy.
  tl::unexpected<base::Error> failure(int code) const;

 private:
  struct Closer {
    void operator()(sqlite3* db) const;
  };
  SqliteDb(sqlite3* db, std::string path) : db_(db), path_(std::move(path)) {}
  std::unique_ptr<sqlite3, Closer> db_;
  std::string path_;
};

// Parameters and columns count from 0. Outlived by its database.
class SqliteStatement {
 public:
  SqliteStatement(sqlite3_stmt* statement, const SqliteDb& db) : statement_(statement), db_(&db) {}

  SqliteStatement& bind(std::int64_t value);
  SqliteStatement& bind(std::optional<std::int64_t> value);
  SqliteStatement& bind(std::string_view bytes);  // copied; any bytes

  // Ready to be bound and run once more, with nothing bound.
  SqliteStatement& again();

  // True: there is a row. False: there are no more.
  base::Result<bool> step();
  base::Status run();  // steps to the end

  std::int64_t integer(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;
  std::string bytes(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  void bound(int code);
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  const SqliteDb* db_;
  int next_parameter_ = 1;
  int bind_error_ = 0;
};

}  // namespace lull::clean
