// SPDX-License-Identifier: MIT
#include "core/clean/trash/info_file.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/local_time.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/base/write_all.h"
#include "core/scan/peek.h"

namespace lull::clean {
namespace {

constexpr std::size_t kLargestInfo = 64 * 1024;

int close_checked(base::UniqueFd fd) { return ::close(fd.release()) == 0 ? 0 : errno; }

int write_new(int directory, const char* name, std::string_view text, Durable durable) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  base::UniqueFd fd(::openat(directory, name, kFlags, 0600));
  if (!fd) return errno;
  int failed = base::write_all(fd.get(), text);
  if (failed == 0 && durable == Durable::kYes && ::fsync(fd.get()) != 0) failed = errno;
  const int at_close = close_checked(std::move(fd));
  if (failed == 0) failed = at_close;
  if (failed != 0) ::unlinkat(directory, name, 0);
  return failed;
}

// Nobody else's: the process and a number of its own.
std::string passing_name() {
  static std::atomic<std::uint32_t> last{0};
  std::array<char, 64> name;
  std::snprintf(name.data(), name.size(), ".lull-%ld-%u", static_cast<long>(::getpid()), ++last);
  return name.data();
}

// A name may be left over from a process of the same number that was killed.
int write_passing(int directory, std::string& name, std::string_view text, Durable durable) {
  int failed = EEXIST;
  for (int tries = 0; failed == EEXIST && tries < 100; ++tries) {
    name = passing_name();
    failed = write_new(directory, name.c_str(), text, durable);
  }
  return failed;
}

}  // namespace

std::string trash_info_text(std::string_view path, base::WallTime deleted_at) {
  std::string text = "[Trash Info]\nPath=";
  text += base::percent_encoded(path);
  text += "\nDeletionDate=";
  text += base::local_time_text(deleted_at, "%Y-%m-%dT%H:%M:%S");
  text += '\n';
  return text;
}

int write_new_file(int directory, const char* name, std::string_view text) {
  return write_new(directory, name, text, Durable::kNo);
}

int replace_file(int directory, const char* name, std::string_view text, Durable durable) {
  std::string passing;
  if (const int failed = write_passing(directory, passing, text, durable)) return failed;
  if (::renameat(directory, passing.c_str(), directory, name) == 0) return 0;
  const int failed = errno;
  ::unlinkat(directory, passing.c_str(), 0);
  return failed;
}

base::Result<scan::TrashInfo> read_trash_info(int info_directory, const char* file) {
  struct stat status {};
  errno = 0;
  const base::UniqueFd fd = scan::open_to_peek(info_directory, file, status);
  // A link (ELOOP), a socket (ENXIO) or anything else that is no file is none that anybody wrote.
  if (!fd && errno != 0 && errno != ELOOP && errno != ENXIO)
    return base::fail_errno(errno, {}, "reading its .trashinfo");
  const auto text = fd ? scan::read_text(fd.get(), kLargestInfo) : std::nullopt;
  if (fd && !text && errno != 0) return base::fail_errno(errno, {}, "reading its .trashinfo");
  auto info = text ? scan::parse_trash_info(*text) : std::nullopt;
  if (!info) return base::fail(base::ErrorCode::kMalformed, kDamagedInfo);
  return *std::move(info);
}

}  // namespace lull::clean
