// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "core/base/unique_fd.h"
#include "core/scan/error_list.h"
#include "core/scan/path_guard.h"
#include "core/scan/rules.h"
#include "core/scan/variables.h"

namespace lull::scan {

// A directory a rule may look into, opened without following a link below its variable.
struct RuleRoot {
  base::UniqueFd directory;
  std::string path;     // links in the variable's value resolved
  std::string spelled;  // as the environment and the rule say it
  dev_t device = 0;
  ino_t inode = 0;
  bool locked = false;  // a lock file of the rule exists
};

struct RefusedRoot {
  std::string path;
  std::string reason;  // "is a symbolic link", "not owned by you", …
};

struct RuleRoots {
  std::vector<RuleRoot> roots;  // sorted by path; no two are the same directory
  std::vector<RefusedRoot> refused;
};

// Finds the directories that `rule` names now. What does not exist is simply not there; what
// cannot be read joins `errors`. Blocks on the file system.
RuleRoots open_rule_roots(const Rule& rule, const Variables& variables, const PathGuard& never,
                          uid_t owner, ErrorList& errors);

// (device, inode) of each directory above `path`, from the top; what has vanished is left out.
std::vector<std::pair<dev_t, ino_t>> ancestors_of(const std::string& path);

}  // namespace lull::scan
