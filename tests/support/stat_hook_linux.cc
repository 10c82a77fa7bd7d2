// SPDX-License-Identifier: MIT
#include <atomic>
#include <utility>

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/support/stat_hook.h"

namespace lull::support {
namespace {

std::atomic<const std::function<void(const char*)>*> current{nullptr};

}  // namespace

StatHook::StatHook(std::function<void(const char*)> hook) : hook_(std::move(hook)) {
  current = &hook_;
}
StatHook::~StatHook() { current = nullptr; }

}  // namespace lull::support

// Of this program before the C library's, whose names of parameters are reserved ones.
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
extern "C" int fstatat(int directory, const char* __restrict name, struct stat* __restrict status,
                       int flags) noexcept {
  if (const auto* hook = lull::support::current.load()) (*hook)(name);
  return static_cast<int>(::syscall(SYS_newfstatat, directory, name, status, flags));
}
