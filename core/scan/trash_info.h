// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"

namespace lull::scan {

// What an info file of the trash says (freedesktop.org Trash specification 1.0).
struct TrashInfo {
  std::string path;             // where it was, percent-decoded raw bytes; absolute or relative
  base::WallTime deleted_at{};  // the file has local time without a zone: read in today's zone
};

// What "%XX" stands for; nullopt for nothing at all, a NUL, or a '%' without two digits.
std::optional<std::string> percent_decoded(std::string_view text);

// nullopt unless it begins with [Trash Info] and has exactly one valid Path and DeletionDate.
std::optional<TrashInfo> parse_trash_info(std::string_view text);

}  // namespace lull::scan
