// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/result.h"
#include "core/relief/operation.h"

namespace lull::relief {

// `network-caches`: systemd-resolved forgets the names it knows (FlushCaches of
// org.freedesktop.resolve1.Manager, which every user may call). That repairs names that went stale;
// it holds a few thousand records at most, so no bytes are ever claimed. Pure.
OperationVerdict network_caches_verdict(const base::Status& flushed);

}  // namespace lull::relief
