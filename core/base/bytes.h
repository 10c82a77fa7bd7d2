// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lull::base {

inline constexpr std::uint64_t kKiB = 1024, kMiB = 1024 * kKiB, kGiB = 1024 * kMiB;

// For people: three significant digits in binary units: "0 B", "512 B", "1.46 KiB", "12.3 MiB".
std::string format_bytes(std::uint64_t bytes);
// "50 MiB", "50MiB", "64K" (binary), "1000 kB" (decimal), "123"; nullopt otherwise or on overflow.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

}  // namespace lull::base
