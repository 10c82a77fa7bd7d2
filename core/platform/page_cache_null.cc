// SPDX-License-Identifier: MIT
#include "core/platform/page_cache.h"

namespace lull::platform {
namespace {

tl::unexpected<base::Error> unavailable() {
  return base::fail(base::ErrorCode::kUnavailable, "this system does not tell what it caches");
}

}  // namespace

base::Result<FileCache> look_at_cache(int, std::uint64_t) { return unavailable(); }
base::Result<FileCache> look_at_cache_by_mincore(int, std::uint64_t) { return unavailable(); }
base::Status drop_cache(int, std::uint64_t, std::uint64_t) { return unavailable(); }
bool is_in_memory(const std::string&) { return false; }

}  // namespace lull::platform
