// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lull::scan {

// Git's index (gitformat-index(5)), versions 2 to 4, as far as it says which paths are tracked.
// Strict: what is not understood is kUnknown, never "not tracked". A sparse index is understood
// (its directories count as everything below them), a split one is not: half of it is elsewhere.
enum class Tracking : std::uint8_t { kNot, kTracked, kUnknown };

// Is `path` (relative to the top of the work tree, no slash at either end), anything below it, or a
// sparse directory above it tracked? `hash_bytes`: 20 for SHA-1, 32 for SHA-256 repositories. Pure;
// safe on any bytes.
Tracking find_in_index(std::string_view index, std::string_view path, std::size_t hash_bytes = 20);

// Does any repository around the directory at `path` (absolute) track something in it? Looks at
// .git beside it and in every directory above, also through the .git files of work trees and
// submodules. Bounded: an index over 64 MiB is kUnknown. Runs no program.
Tracking find_tracking(const std::string& path);

}  // namespace lull::scan
