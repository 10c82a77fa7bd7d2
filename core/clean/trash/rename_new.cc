// SPDX-License-Identifier: MIT
#include "core/clean/trash/rename_new.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"

namespace lull::clean {
namespace {

bool lacks_the_flag(int os_error) { return os_error == EINVAL || os_error == ENOSYS; }

bool is_same(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// The system replaces a directory by a directory only while it is empty: whatever somebody puts
// into the placeholder stays.
int rename_directory(int from, const char* name, int to, const char* new_name) {
  if (::mkdirat(to, new_name, 0700) != 0) return errno;
  if (::renameat(from, name, to, new_name) == 0) return 0;
  const int failed = errno;
  ::unlinkat(to, new_name, AT_REMOVEDIR);
  return failed;
}

int rename_over_placeholder(int from, const char* name, int to, const char* new_name) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const base::UniqueFd placeholder(::openat(to, new_name, kFlags, 0600));
  if (!placeholder) return errno;
  struct stat ours {
  }, there{};
  if (::fstat(placeholder.get(), &ours) != 0) return errno;
  if (::fstatat(to, new_name, &there, AT_SYMLINK_NOFOLLOW) != 0) return errno;
  if (!is_same(ours, there)) return EEXIST;
  if (::renameat(from, name, to, new_name) == 0) return 0;
  const int failed = errno;
  ::unlinkat(to, new_name, 0);
  return failed;
}

int link_and_unlink(int from, const char* name, int to, const char* new_name,
                    const struct stat& before) {
  if (::linkat(from, name, to, new_name, 0) != 0)
    return errno == EPERM || errno == ENOSYS ? EOPNOTSUPP : errno;
  struct stat now {};
  if (::fstatat(from, name, &now, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT ? 0 : errno;
  if (!is_same(before, now)) return ESTALE;
  return ::unlinkat(from, name, 0) == 0 ? 0 : errno;
}

}  // namespace

int rename_into_own(int from, const char* name, int to, const char* new_name) {
  const int plain = rename_new(from, name, to, new_name);
  if (!lacks_the_flag(plain)) return plain;
  struct stat status {};
  if (::fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return errno;
  return S_ISDIR(status.st_mode) ? rename_directory(from, name, to, new_name)
                                 : rename_over_placeholder(from, name, to, new_name);
}

int rename_out_of_own(int from, const char* name, int to, const char* new_name) {
  const int plain = rename_new(from, name, to, new_name);
  if (!lacks_the_flag(plain)) return plain;
  struct stat status {};
  if (::fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return errno;
  return S_ISDIR(status.st_mode) ? rename_directory(from, name, to, new_name)
                                 : link_and_unlink(from, name, to, new_name, status);
}

}  // namespace lull::clean
