// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <string>

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/clean/careful_copy.h"
#include "core/scan/status_values.h"

namespace lull::clean {
namespace {

using Attributes = std::map<std::string, std::string>;

base::Error failed(const char* doing, int os_error = errno) {
  return base::fail_errno(os_error, "", doing).value();
}
tl::unexpected<base::Error> not_kept(std::string what) {
  return base::fail(base::ErrorCode::kUnavailable, std::move(what));
}

// Calls `visit(offset, length)` for the parts of a file that are no holes, in pieces.
template <class Visit>
base::Status for_each_piece(int fd, off_t size, const GoOn& go_on, const Visit& visit) {
  for (off_t at = 0; at < size;) {
    off_t data = ::lseek(fd, at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;  // a hole until the end
    if (data < 0) data = at;
    off_t end = ::lseek(fd, data, SEEK_HOLE);
    if (end <= data) end = size;
    for (; data < end; data += static_cast<off_t>(kCopyPiece)) {
      LULL_TRY(go_on());
      const auto length = std::min<std::size_t>(kCopyPiece, static_cast<std::size_t>(end - data));
      LULL_TRY(visit(data, length));
    }
    at = end;
  }
  return {};
}

// All of it: a file that has become shorter is no file to copy.
base::Status read_whole(int fd, off_t at, std::byte* to, std::size_t length) {
  while (length > 0) {
    const ssize_t got = ::pread(fd, to, length, at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(failed("reading it"));
    if (got == 0) return base::fail(base::ErrorCode::kBusy, "it has become shorter meanwhile");
    to += got, at += got, length -= static_cast<std::size_t>(got);
  }
  return {};
}
base::Status write_whole(int fd, off_t at, const std::byte* from, std::size_t length) {
  while (length > 0) {
    const ssize_t put = ::pwrite(fd, from, length, at);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return tl::unexpected(failed("writing its copy"));
    from += put, at += put, length -= static_cast<std::size_t>(put);
  }
  return {};
}

base::Status copy_bytes(int source, int copy, off_t size, const GoOn& go_on,
                        base::BufferPool& buffers) {
  if (::ftruncate(copy, size) != 0) return tl::unexpected(failed("writing its copy"));
  const auto piece = buffers.take();
  return for_each_piece(source, size, go_on, [&](off_t at, std::size_t length) -> base::Status {
    LULL_TRY(read_whole(source, at, piece.data(), length));
    return write_whole(copy, at, piece.data(), length);
  });
}

base::Result<std::string> attribute_of(int fd, const std::string& name) {
  std::string value(1024, '\0');
  for (;;) {
    const ssize_t length = ::fgetxattr(fd, name.c_str(), value.data(), value.size());
    if (length >= 0) {
      value.resize(static_cast<std::size_t>(length));
      return value;
    }
    if (errno != ERANGE) return tl::unexpected(failed("reading its attributes"));
    value.resize(value.size() * 4);
  }
}

base::Result<Attributes> attributes_of(int fd) {
  std::string names(4096, '\0');
  ssize_t length = ::flistxattr(fd, names.data(), names.size());
  while (length < 0 && errno == ERANGE) {
    names.resize(names.size() * 4);
    length = ::flistxattr(fd, names.data(), names.size());
  }
  if (length < 0 && errno == ENOTSUP) return Attributes{};
  if (length < 0) return tl::unexpected(failed("reading its attributes"));
  Attributes attributes;
  for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
    const std::string name = names.c_str() + at;
    at += name.size() + 1;
    auto value = attribute_of(fd, name);
    if (!value) return tl::unexpected(std::move(value).error());
    attributes.emplace(name, *std::move(value));
  }
  return attributes;
}

// Asked for only where it differs: a sandbox may refuse the call whatever it asks for, as that of
// lull.service does.
bool give_owner(int copy, const struct stat& wanted) {
  struct stat made {};
  if (::fstat(copy, &made) != 0) return false;
  return (made.st_uid == wanted.st_uid && made.st_gid == wanted.st_gid) ||
         ::fchown(copy, wanted.st_uid, wanted.st_gid) == 0;
}

// The group before the mode, since a new group takes set-user-id away; attributes before it, too,
// since what may not be written gets none.
base::Status give_all_that_belongs_to_it(int copy, const struct stat& status,
                                         const Attributes& attributes) {
  if (!give_owner(copy, status)) return not_kept("its owner or group cannot be kept there");
  for (const auto& [name, value] : attributes)
    if (::fsetxattr(copy, name.c_str(), value.data(), value.size(), 0) != 0)
      return not_kept("its attribute " + name + " cannot be kept there");
  if (::fchmod(copy, status.st_mode & 07777) != 0) return not_kept("its mode cannot be kept there");
  const timespec times[] = {status.st_atim, status.st_mtim};
  if (::futimens(copy, times) != 0) return not_kept("its times cannot be kept there");
  return {};
}

// Read back from the disk, not from what was just written to memory.
base::Status check(int source, int copy, const struct stat& status, const Attributes& attributes,
                   const GoOn& go_on, base::BufferPool& buffers) {
  ::posix_fadvise(copy, 0, 0, POSIX_FADV_DONTNEED);
  const auto same = has_same_bytes(source, copy, go_on, buffers);
  if (!same) return tl::unexpected(same.error());
  if (!*same) return base::fail(base::ErrorCode::kIo, "its copy does not read back as it was");
  struct stat made {};
  if (::fstat(copy, &made) != 0) return tl::unexpected(failed("looking at its copy"));
  const bool is_same = made.st_mode == status.st_mode && made.st_uid == status.st_uid &&
                       made.st_gid == status.st_gid &&
                       scan::times_of(made).mtime_ns == scan::times_of(status).mtime_ns;
  if (!is_same) return not_kept("its mode, owner or times cannot be kept there");
  const auto kept = attributes_of(copy);
  if (!kept) return tl::unexpected(kept.error());
  for (const auto& [name, value] : attributes)
    if (const auto found = kept->find(name); found == kept->end() || found->second != value)
      return not_kept("its attribute " + name + " cannot be kept there");
  ::posix_fadvise(copy, 0, 0, POSIX_FADV_DONTNEED);
  return {};
}

// Without privileges a file without a name gets one by the link that is its descriptor.
base::Status give_name(int copy, int directory, const char* name) {
  const std::string itself = "/proc/self/fd/" + std::to_string(copy);
  if (::linkat(AT_FDCWD, itself.c_str(), directory, name, AT_SYMLINK_FOLLOW) != 0)
    return tl::unexpected(failed("giving its copy a name"));
  const base::UniqueFd flushed(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!flushed || ::fsync(flushed.get()) != 0) {
    const int os_error = errno;
    ::unlinkat(directory, name, 0);
    return tl::unexpected(failed("flushing the directory of its copy", os_error));
  }
  return {};
}

}  // namespace

base::Result<struct stat> copy_new(int source, int directory, const char* name, const GoOn& go_on,
                                   base::BufferPool& buffers) {
  struct stat status {
  }, taken{};
  if (::fstat(source, &status) != 0) return tl::unexpected(failed("looking at it"));
  if (::faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    return tl::unexpected(failed("giving its copy a name", EEXIST));
  const auto attributes = attributes_of(source);
  if (!attributes) return tl::unexpected(attributes.error());
  const base::UniqueFd copy(::openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!copy && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
    return not_kept("the file system of its new place has no files without a name");
  if (!copy) return tl::unexpected(failed("making its copy"));
  LULL_TRY(copy_bytes(source, copy.get(), status.st_size, go_on, buffers));
  LULL_TRY(give_all_that_belongs_to_it(copy.get(), status, *attributes));
  if (::fsync(copy.get()) != 0) return tl::unexpected(failed("flushing its copy"));
  LULL_TRY(check(source, copy.get(), status, *attributes, go_on, buffers));
  if (::fstat(copy.get(), &taken) != 0) return tl::unexpected(failed("looking at its copy"));
  LULL_TRY(give_name(copy.get(), directory, name));
  return taken;
}

base::Result<bool> has_same_bytes(int one, int other, const GoOn& go_on,
                                  base::BufferPool& buffers) {
  struct stat first {
  }, second{};
  if (::fstat(one, &first) != 0 || ::fstat(other, &second) != 0)
    return tl::unexpected(failed("looking at it"));
  if (!S_ISREG(first.st_mode) || !S_ISREG(second.st_mode) || first.st_size != second.st_size)
    return false;
  const auto left = buffers.take(), right = buffers.take();
  bool same = true;
  const auto compare = [&](off_t at, std::size_t length) -> base::Status {
    LULL_TRY(read_whole(one, at, left.data(), length));
    LULL_TRY(read_whole(other, at, right.data(), length));
    same = same && std::memcmp(left.data(), right.data(), length) == 0;
    return {};
  };
  // What is a hole in one must be none, or zeros, in the other: so by the parts of both.
  LULL_TRY(for_each_piece(one, first.st_size, go_on, compare));
  LULL_TRY(for_each_piece(other, first.st_size, go_on, compare));
  return same;
}

bool is_still_sole_reader(int fd) { return ::fcntl(fd, F_GETLEASE) == F_WRLCK; }

}  // namespace lull::clean
