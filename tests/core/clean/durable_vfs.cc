// SPDX-License-Identifier: MIT
#include "tests/core/clean/durable_vfs.h"

#include <utility>

#include <sqlite3.h>

namespace lull::clean {
namespace {

DurableVfs* g_owner = nullptr;
sqlite3_vfs* g_real = nullptr;

// Ours, and behind it the real one's, which is larger than it says.
struct File {
  sqlite3_file base;
  std::string* path;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

template <class Member, class... Arguments>
int pass_on(sqlite3_file* file, Member member, Arguments... arguments) {
  sqlite3_file* real = reinterpret_cast<File*>(file)->real();
  return (real->pMethods->*member)(real, arguments...);
}

// As it is now, unflushed writes of ours included: the flush that follows makes it last.
std::string content_of(sqlite3_file* file) {
  sqlite3_int64 size = 0;
  if (pass_on(file, &sqlite3_io_methods::xFileSize, &size) != SQLITE_OK) return {};
  std::string content(static_cast<std::size_t>(size), '\0');
  (void)pass_on(file, &sqlite3_io_methods::xRead, static_cast<void*>(content.data()),
                static_cast<int>(size), sqlite3_int64{0});
  return content;
}

int flush(sqlite3_file* file, int flags) {
  const int code = pass_on(file, &sqlite3_io_methods::xSync, flags);
  const std::string* path = reinterpret_cast<File*>(file)->path;
  if (code == SQLITE_OK && path != nullptr) g_owner->note_flush(*path, content_of(file));
  return code;
}

int close(sqlite3_file* file) {
  auto* ours = reinterpret_cast<File*>(file);
  const int code = pass_on(file, &sqlite3_io_methods::xClose);
  delete ours->path;
  return code;
}

const sqlite3_io_methods kMethods = {
    2,
    close,
    [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
      return pass_on(f, &sqlite3_io_methods::xRead, to, n, at);
    },
    [](sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
      return pass_on(f, &sqlite3_io_methods::xWrite, from, n, at);
    },
    [](sqlite3_file* f, sqlite3_int64 n) { return pass_on(f, &sqlite3_io_methods::xTruncate, n); },
    flush,
    [](sqlite3_file* f, sqlite3_int64* n) { return pass_on(f, &sqlite3_io_methods::xFileSize, n); },
    [](sqlite3_file* f, int lock) { return pass_on(f, &sqlite3_io_methods::xLock, lock); },
    [](sqlite3_file* f, int lock) { return pass_on(f, &sqlite3_io_methods::xUnlock, lock); },
    [](sqlite3_file* f, int* is) {
      return pass_on(f, &sqlite3_io_methods::xCheckReservedLock, is);
    },
    [](sqlite3_file* f, int what, void* argument) {
      return pass_on(f, &sqlite3_io_methods::xFileControl, what, argument);
    },
    [](sqlite3_file* f) { return pass_on(f, &sqlite3_io_methods::xSectorSize); },
    [](sqlite3_file* f) { return pass_on(f, &sqlite3_io_methods::xDeviceCharacteristics); },
    [](sqlite3_file* f, int page, int size, int extend, void volatile** at) {
      return pass_on(f, &sqlite3_io_methods::xShmMap, page, size, extend, at);
    },
    [](sqlite3_file* f, int offset, int n, int flags) {
      return pass_on(f, &sqlite3_io_methods::xShmLock, offset, n, flags);
    },
    [](sqlite3_file* f) {
      sqlite3_file* real = reinterpret_cast<File*>(f)->real();
      real->pMethods->xShmBarrier(real);
    },
    [](sqlite3_file* f, int remove) { return pass_on(f, &sqlite3_io_methods::xShmUnmap, remove); },
    nullptr,
    nullptr,
};

int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* ours = reinterpret_cast<File*>(file);
  ours->base.pMethods = nullptr;
  ours->path = nullptr;
  const int code = g_real->xOpen(g_real, path, ours->real(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  if (path != nullptr) ours->path = new std::string(path);
  ours->base.pMethods = &kMethods;
  return code;
}

int remove(sqlite3_vfs*, const char* path, int flush_directory) {
  const int code = g_real->xDelete(g_real, path, flush_directory);
  if (code == SQLITE_OK) g_owner->note_removal(path);
  return code;
}

sqlite3_vfs* shim_of(const sqlite3_vfs& real) {
  static sqlite3_vfs shim;
  shim = real;  // what is not replaced takes the pointer to a VFS only for its data
  shim.zName = "durable";
  shim.pNext = nullptr;
  shim.szOsFile = static_cast<int>(sizeof(File)) + real.szOsFile;
  shim.xOpen = open;
  shim.xDelete = remove;
  return &shim;
}

}  // namespace

DurableVfs::DurableVfs() : real_(sqlite3_vfs_find(nullptr)) {
  g_owner = this;
  g_real = real_;
  sqlite3_vfs_register(shim_of(*real_), 1);
}

DurableVfs::~DurableVfs() {
  sqlite3_vfs_unregister(sqlite3_vfs_find("durable"));
  sqlite3_vfs_register(real_, 1);
}

std::map<std::string, std::string> DurableVfs::flushed() const {
  const std::lock_guard lock(mutex_);
  return flushed_;
}
void DurableVfs::note_flush(const std::string& path, std::string content) {
  const std::lock_guard lock(mutex_);
  flushed_.insert_or_assign(path, std::move(content));
}
void DurableVfs::note_removal(const std::string& path) {
  const std::lock_guard lock(mutex_);
  flushed_.erase(path);
}

}  // namespace lull::clean
