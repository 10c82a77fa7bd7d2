// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/commands/json_text.h"
#include "core/base/clock.h"

// Numbers and instants of documents in words for people.
namespace lull::commands {

std::string grouped(std::uint64_t number);                        // "12,345"
std::string plural(std::uint64_t number, std::string_view noun);  // "1 item", "2 items"
std::string percent(double value);                                // "0.4 %", "12 %"
std::string bytes_or(const Object& object, std::string_view key, std::string_view unknown);
base::Duration duration_of_seconds(double seconds);  // clamped to what fits

// "in 2 h", "2 min 5 s ago", "now".
std::string relative(base::WallTime time, base::WallTime now);
// The same of an instant in a document; `unknown` if it is null or no instant.
std::string relative_or(const Object& object, std::string_view key, base::WallTime now,
                        std::string_view unknown);
// "2026-11-24 05:03", in the local time zone.
std::string local_time(base::WallTime time);
// Codes of what holds a job of a document back: "cpu-busy, paused".
std::string blocked_by(const Object& job);
std::optional<base::WallTime> instant(const Object& object, std::string_view key);

}  // namespace lull::commands
