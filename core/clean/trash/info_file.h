// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/scan/trash_info.h"

// Files of a trash's info/, written and read through its open directory.
namespace lull::clean {

// What an info says. `path` is absolute, or relative to the directory a volume's trash is in; the
// date is in today's local time and without its fraction, as the specification wants it.
std::string trash_info_text(std::string_view path, base::WallTime deleted_at);

// A new file with these bytes (0600), or nothing at all: 0 or an errno, EEXIST if the name is
// taken.
int write_new_file(int directory, const char* name, std::string_view text);
// The same for a name that may be taken, by a link too (which is replaced, not followed): either
// old or new at any moment.
enum class Durable : bool { kNo, kYes };
int replace_file(int directory, const char* name, std::string_view text, Durable durable);

inline constexpr const char* kDamagedInfo = "damaged .trashinfo";
// kMalformed, saying that, for what is not a regular file, too large or not valid; another error if
// it could not be read, which says nothing about what is in it.
base::Result<scan::TrashInfo> read_trash_info(int info_directory, const char* file);

}  // namespace lull::clean
