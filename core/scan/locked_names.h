// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/scan/fate.h"
#include "core/scan/held_locks.h"
#include "core/scan/walk_options.h"

namespace lull::scan {

// Names directly in a directory, and what locks say of each.
using LockedNames = std::map<std::string, Fate, std::less<>>;

// What lies directly in a temporary directory is one thing: if a process holds a lock on it or on
// anything in it (as systemd-tmpfiles asks of a directory, BSD locks in tmpfiles.d(5)), all of it
// is in use. kLocked where that is so, kLockUnknown where not everything could be seen. nullopt:
// the walk came to no end. Reads the tree below the open `directory`; crosses no mount.
std::optional<LockedNames> find_locked_names(int directory, const std::string& path,
                                             const HeldLocks& locks, const WalkOptions& options);

}  // namespace lull::scan
