// SPDX-License-Identifier: MIT
#include "core/scan/real_path.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include <unistd.h>

#include "core/scan/glob.h"

namespace lull::scan {
namespace {

constexpr int kMostLinks = 40;  // the kernel's MAXSYMLINKS

base::Result<std::string> asked(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (!real) return base::fail_errno(errno, path);
  return std::string(real.get());
}

void push_names(std::string_view path, std::vector<std::string>& left) {
  const auto names = split_path(path);
  for (auto name = names.rbegin(); name != names.rend(); ++name) left.emplace_back(*name);
}

}  // namespace

base::Result<std::string> real_path(std::string_view path, const MountsThatMayHang& mounts,
                                    std::string_view home) {
  if (mounts.empty()) return asked(std::string(path));
  std::string done;
  std::vector<std::string> left;  // the next one last
  push_names(path, left);
  for (int links = 0; !left.empty();) {
    const std::string name = std::exchange(left.back(), {});
    left.pop_back();
    if (name == ".") continue;
    if (name == "..") {
      done.resize(done.empty() ? 0 : done.rfind('/'));
      continue;
    }
    const std::string next = done + "/" + name;
    if (mounts.is_on_another(next, home))
      return base::fail(base::ErrorCode::kUnavailable, "is on a file system that may not answer",
                        next);
    char target[PATH_MAX];
    const ssize_t length = ::readlink(next.c_str(), target, sizeof target);
    if (length < 0 && errno != EINVAL) return base::fail_errno(errno, next);
    if (length < 0) {  // no link
      done = next;
      continue;
    }
    if (++links > kMostLinks) return base::fail_errno(ELOOP, std::string(path));
    const std::string_view text(target, static_cast<std::size_t>(length));
    if (text.starts_with('/')) done.clear();
    push_names(text, left);
  }
  return done.empty() ? "/" : done;
}

}  // namespace lull::scan
