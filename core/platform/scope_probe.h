// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <sys/types.h>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/app_scope.h"
#include "core/platform/roots.h"
#include "core/platform/scope_parse.h"

namespace lull::platform {

// More apps than anybody runs; what is beyond is counted, not read.
inline constexpr std::size_t kMostScopes = 1024;

// The apps of one user: every scope and service below the app slice, slices within included. What a
// unit has below itself is part of its figures (the kernel adds it up) and no entry.
// Six small files are opened for each app. The kernel brings its counters up to date for that: some
// ten microseconds for each app, so ask when there is something to decide, not to pass the time.
// One owner, one thread at a time; may block as long as a mount may, so not on the engine thread.
class ScopeProbe {
 public:
  virtual ~ScopeProbe() = default;
  // Fills `tree`, whose memory is used again. A unit that goes away or cannot be read is an entry
  // that says so. Fails only if the slice itself cannot be opened or listed: kNotFound (no user
  // manager), kPermissionDenied; kUnavailable on other systems.
  virtual base::Status read(model::ScopeTree& tree) = 0;
};

// `app_slice` is the directory: find_app_slice(), or a tree made for a test.
std::unique_ptr<ScopeProbe> make_scope_probe(const std::string& app_slice,
                                             const base::Clock& clock = base::system_clock());

// Where this process's user has their apps. kUnavailable with the reason in words: no unified
// cgroups, a container's namespace, not below a login of that user.
base::Result<AppSlice> own_app_slice(const SystemRoots& roots, unsigned user_id);

// The way of a process's control group below that slice, as in ScopeReading::unit or deeper;
// nullopt: it has ended, or is elsewhere. May block.
std::optional<std::string> app_way_of(const SystemRoots& roots, pid_t process,
                                      const std::string& app_slice);

// Whether a process of this unit (ScopeReading::unit), or of what is below it, has a controlling
// terminal: something may be typed there, or waited for. True as well if it has more than
// kMostScopeProcesses processes or cannot be listed; what ends meanwhile has none. A small file is
// opened for each process: some ten microseconds. May block.
inline constexpr std::size_t kMostScopeProcesses = 1024;
bool scope_has_terminal(const SystemRoots& roots, const std::string& app_slice,
                        const std::string& unit);

}  // namespace lull::platform
