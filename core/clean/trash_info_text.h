// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

#include "core/base/clock.h"

namespace lull::clean {

inline constexpr std::string_view kInfoSuffix = ".trashinfo";

// The text of an info file (freedesktop.org Trash specification 1.0): `path` percent-encoded byte
// by byte as a URL has it, the date in local time without a zone. scan::parse_trash_info() reads
// it.
std::string trash_info_text(std::string_view path, base::WallTime deleted_at);

}  // namespace lull::clean
