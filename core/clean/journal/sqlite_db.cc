// SPDX-License-Identifier: MIT
#include "core/clean/journal/sqlite_db.h"

#include <cerrno>
#include <utility>

#include <sqlite3.h>

#include "core/base/text.h"

namespace lull::clean {
namespace {

// How long another process may hold the lock: `lull history` reads for milliseconds.
constexpr int kBusyMilliseconds = 2000;

// Per-connection settings, none of which touches the file. 64 KiB of pages instead of 2 MiB; no
// lookaside block (48 KiB): statements are few.
constexpr const char* kConnectionSettings =
    "PRAGMA cache_size = -64; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;";

constexpr int kEveryOpening =
    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;

int flags_of(SqliteDb::Opening opening) {
  switch (opening) {
    case SqliteDb::Opening::kCreate:
      return kEveryOpening | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case SqliteDb::Opening::kRead:
      return kEveryOpening | SQLITE_OPEN_READONLY;
    case SqliteDb::Opening::kReadAsUnchanging:
      return kEveryOpening | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  }
  return kEveryOpening;
}

std::string name_for(const std::string& path, SqliteDb::Opening opening) {
  if (path.empty()) return ":memory:";
  if (opening != SqliteDb::Opening::kReadAsUnchanging) return path;
  return "file:" + base::percent_encoded(path) + "?immutable=1";  // sqlite.org/uri.html
}

base::ErrorCode code_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return base::ErrorCode::kBusy;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return base::ErrorCode::kPermissionDenied;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return base::ErrorCode::kMalformed;
    case SQLITE_TOOBIG:
      return base::ErrorCode::kTooLarge;
    default:
      return base::ErrorCode::kIo;
  }
}

}  // namespace

void SqliteDb::Closer::operator()(sqlite3* db) const { sqlite3_close_v2(db); }
void SqliteStatement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

base::Result<SqliteDb> SqliteDb::open(const std::string& path, Opening opening) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(name_for(path, opening).c_str(), &handle, flags_of(opening), nullptr);
  if (handle == nullptr) return base::fail(base::ErrorCode::kIo, "out of memory", path);
  SqliteDb db(handle, path);
  if (code != SQLITE_OK) return db.failure(code);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 0, 0);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  LULL_TRY(db.execute(kConnectionSettings));
  return db;
}

tl::unexpected<base::Error> SqliteDb::failure(int code) const {
  int os_error = (code & 0xFF) == SQLITE_FULL ? ENOSPC : 0;
  const bool system_call = (code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_CANTOPEN;
  if (system_call) os_error = sqlite3_system_errno(db_.get());
  if (os_error != 0) return base::fail_errno(os_error, path_, "using the journal");
  const bool is_last = sqlite3_extended_errcode(db_.get()) == code;
  base::Error error{code_of(code),
                    is_last ? sqlite3_errmsg(db_.get()) : sqlite3_errstr(code),
                    path_,
                    0,
                    {"using the journal"}};
  return tl::unexpected(std::move(error));
}

base::Status SqliteDb::execute(const char* sql) {
  const int code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code);
  return {};
}

base::Result<SqliteStatement> SqliteDb::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(db_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return failure(code);
  return SqliteStatement(statement, *this);
}

base::Result<std::int64_t> SqliteDb::query_integer(const char* sql) {
  auto statement = prepare(sql);
  if (!statement) return tl::unexpected(std::move(statement).error());
  const auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  return *row ? statement->integer(0) : 0;
}

base::Result<std::string> SqliteDb::query_text(const char* sql) {
  auto statement = prepare(sql);
  if (!statement) return tl::unexpected(std::move(statement).error());
  const auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  return *row ? statement->bytes(0) : std::string();
}

std::int64_t SqliteDb::last_insert_id() const { return sqlite3_last_insert_rowid(db_.get()); }
bool SqliteDb::read_only() const { return sqlite3_db_readonly(db_.get(), "main") == 1; }
void SqliteDb::release_memory() { sqlite3_db_release_memory(db_.get()); }
void SqliteDb::checkpoint_on_close(bool wanted) {
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, wanted ? 0 : 1, nullptr);
}

void SqliteStatement::bound(int code) {
  ++next_parameter_;
  if (bind_error_ == SQLITE_OK) bind_error_ = code;
}

SqliteStatement& SqliteStatement::bind(std::int64_t value) {
  bound(sqlite3_bind_int64(statement_.get(), next_parameter_, value));
  return *this;
}

SqliteStatement& SqliteStatement::bind(std::optional<std::int64_t> value) {
  if (value) return bind(*value);
  bound(sqlite3_bind_null(statement_.get(), next_parameter_));
  return *this;
}

SqliteStatement& SqliteStatement::bind(std::string_view bytes) {
  // A null pointer would bind NULL.
  const char* data = bytes.empty() ? "" : bytes.data();
  bound(sqlite3_bind_text64(statement_.get(), next_parameter_, data, bytes.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
  return *this;
}

SqliteStatement& SqliteStatement::again() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  next_parameter_ = 1;
  bind_error_ = SQLITE_OK;
  return *this;
}

base::Result<bool> SqliteStatement::step() {
  if (bind_error_ != SQLITE_OK) return db_->failure(bind_error_);
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return db_->failure(code);
}

base::Status SqliteStatement::run() {
  while (true) {
    const auto row = step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
  }
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::int64_t> SqliteStatement::optional_integer(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}

std::string SqliteStatement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

}  // namespace lull::clean
