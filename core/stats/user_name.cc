// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <vector>

#include <pwd.h>
#include <unistd.h>

#include "core/stats/system_monitor.h"

namespace lull::stats {

std::optional<std::string> user_name(uid_t uid) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  const long hint = ::sysconf(_SC_GETPW_R_SIZE_MAX);
  // On the heap: callers may be on a fiber's small stack.
  std::vector<char> buffer(hint > 0 ? std::min(static_cast<std::size_t>(hint), kMost) : 1024);
  for (;;) {
    ::passwd entry{};
    ::passwd* found = nullptr;
    const int error = ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
    if (error == EINTR) continue;
    if (error == ERANGE && buffer.size() < kMost) {
      buffer.resize(buffer.size() * 2);
      continue;
    }
    if (error != 0 || found == nullptr) return std::nullopt;
    return std::string(found->pw_name);
  }
}

}  // namespace lull::stats
