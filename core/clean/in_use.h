// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "core/base/clock.h"
#include "core/clean/plan.h"
#include "core/scan/held_locks.h"
#include "core/scan/open_files.h"

// Is a thing in use now? Three answers, of which "unknown" keeps. Any thread; blocks.
namespace lull::clean {

// Who uses what, taken once for a run. Nothing: it could not be told. What another user's process,
// or one of ours that hides itself (ssh-agent and the like: PR_SET_DUMPABLE), has open is not in it
// (core/scan/open_files.h): of such a process a lease tells, for a single file, and nothing does
// for what is in a directory.
struct UsePicture {
  std::optional<scan::OpenFiles> open_files;
  std::optional<scan::HeldLocks> locks;
};

// A picture that is taken again when somebody asks and the last is older than kFresh, for what no
// lease can be asked of. Any thread: whoever comes while one is taken waits for it, as long as that
// takes (about 2 µs for each open file of the machine). `look` takes one on its thread alone.
class FreshUse {
 public:
  static constexpr base::Duration kFresh = std::chrono::seconds(1);
  // `first` was begun not before `taken_at`. `clock` outlives the object.
  FreshUse(UsePicture first, base::SteadyTime taken_at, std::function<UsePicture()> look,
           const base::Clock& clock);
  std::shared_ptr<const UsePicture> now();

 private:
  const std::function<UsePicture()> look_;
  const base::Clock& clock_;
  std::mutex mutex_;
  base::SteadyTime taken_at_;
  std::shared_ptr<const UsePicture> last_;
};

enum class Use : std::uint8_t { kFree, kInUse, kUnknown };
struct UseAnswer {
  Use use = Use::kFree;
  const char* why = "";  // a literal, for people
};

// By the picture alone.
UseAnswer use_in_picture(const struct stat& status, const UsePicture& picture);

// The file, link or directory `name` in `parent`, whose status is `status`. What the picture does
// not show, a lease on a regular file tells of this very moment.
UseAnswer use_of(int parent, const char* name, const struct stat& status,
                 const UsePicture& picture);

// The name of the SQLite database that `name` belongs to, or would: without -wal, -shm, -journal,
// however often. Two names that look at each other have the same.
std::string_view database_of(std::string_view name);

// The other files of the SQLite database that `name` would be one of: x, x-wal, x-shm, x-journal.
std::vector<std::string> family_of(std::string_view name);

// All of them that exist: in use if one of them is, or if `goes_too` says that one stays, since a
// database that is torn apart cannot be given back whole.
UseAnswer use_of_family(int parent, std::string_view name, const UsePicture& picture,
                        const std::function<bool(const std::string& name)>& goes_too);

}  // namespace lull::clean
