// SPDX-License-Identifier: MIT
#include "agent/presence/resolver_flush.h"

namespace lull::agent::presence {

// mDNSResponder forgets names when root sends it SIGHUP or runs dscacheutil -flushcache.
base::Status flush_resolver(scheduler::Engine&, scheduler::Executor&, const base::CancelToken&) {
  return base::fail(base::ErrorCode::kUnavailable,
                    "on macOS only root can empty the cache of names");
}

}  // namespace lull::agent::presence
