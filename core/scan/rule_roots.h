// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "core/base/unique_fd.h"
#include "core/scan/error_list.h"
#include "core/scan/fate.h"
#include "core/scan/file_key.h"
#include "core/scan/held_locks.h"
#include "core/scan/locked_names.h"
#include "core/scan/path_guard.h"
#include "core/scan/rules.h"
#include "core/scan/scanner.h"
#include "core/scan/variables.h"

namespace lull::scan {

// A directory a rule may look into, opened without following a link below its variable.
struct RuleRoot {
  base::UniqueFd directory;
  std::string path;     // links in the variable's value resolved
  std::string spelled;  // as the environment and the rule say it
  dev_t device = 0;
  ino_t inode = 0;
  Fate stays = Fate::kGoes;  // why everything in it stays
  bool files_only = false;   // only files directly in it are meant
  bool tagged = false;       // its CACHEDIR.TAG stays, for the rest of its life as a cache
  LockedNames locked = {};   // of $TEMP and $VAR_TEMP: what in it is in use as a whole
};

struct RefusedRoot {
  std::string path;
  std::string reason;  // "is a symbolic link", "not owned by you", …
};

struct RuleRoots {
  std::vector<RuleRoot> roots;  // sorted by path; no two are the same directory
  std::vector<RefusedRoot> refused;
};

// What the guards of a rule ask about the whole system. Called on the scan's own thread.
struct RootProbes {
  std::function<Running(const std::string& id)> flatpak_running;  // null: unknown
  std::function<const std::optional<HeldLocks>&()> held_locks;
  // How temporary directories are searched for locks; null: as any walk.
  const WalkOptions* walk = nullptr;
  // What was found in those already searched for these locks, so that several rules of one scan
  // search each once; null: it is not kept.
  std::map<FileKey, std::optional<LockedNames>>* searched = nullptr;
};

// Finds the directories that `rule` names now, each with what its guards say of it as a whole. What
// does not exist is simply not there; what cannot be read joins `errors`. Without probes: only
// where they are. Blocks on the file system.
RuleRoots open_rule_roots(const Rule& rule, const Variables& variables, const PathGuard& never,
                          uid_t owner, const RootProbes* probes, ErrorList& errors);

// (device, inode) of each directory above `path`, from the top; what has vanished is left out.
std::vector<std::pair<dev_t, ino_t>> ancestors_of(const std::string& path);

}  // namespace lull::scan
