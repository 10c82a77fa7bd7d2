// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "core/clean/plan.h"
#include "core/scan/held_locks.h"
#include "core/scan/open_files.h"

// Is a thing in use now? Three answers, of which "unknown" keeps. Any thread; blocks.
namespace lull::clean {

// Who uses what, taken once for a run. Nothing: it could not be told.
struct UsePicture {
  std::optional<scan::OpenFiles> open_files;
  std::optional<scan::HeldLocks> locks;
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
