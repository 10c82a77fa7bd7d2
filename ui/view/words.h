// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"

// How the popover says things. Unknown is "—", never 0. Pure; any thread.
namespace lull::ui {

inline constexpr const char* kUnknown = "—";

std::string bytes_text(std::optional<std::uint64_t> bytes);
// "62 %"; one decimal under 10.
std::string percent_text(std::optional<double> percent);
// How long it is from one to the other: "40 s", "4 min", "3 h", "5 d". Of any two instants.
std::string span_text(base::WallTime from, base::WallTime to);
// "just now", "4 min ago", "3 h ago", "5 d ago".
std::string ago_text(base::WallTime then, base::WallTime now);
// "now", "in 4 min", "in 3 h".
std::string until_text(base::WallTime then, base::WallTime now);
// One unit only: "40 s", "12 min", "3 h", "5 d".
std::string short_duration(base::Duration duration);
// "1,204".
std::string number_text(std::uint64_t count);
// "1 file", "1,204 files".
std::string count_text(std::uint64_t count, std::string_view one, std::string_view many);
// Bytes that are not UTF-8 escaped, control characters gone: fit for one line of a window.
std::string one_line(std::string_view raw);
// As a sentence begins; of Latin letters without accents.
std::string with_capital(std::string text);

// The name of a job for people: "Scan for what can be cleaned"; unknown names as they are.
std::string job_title(std::string_view name);
// Why a condition holds a job back: "you are at the machine"; unknown codes as they are.
std::string condition_text(std::string_view code);
// "Walking", "Moving", …: a stage as a person reads it.
std::string stage_text(std::string_view stage);
// One of the seven memory operations.
std::string memory_step_title(std::string_view id);

}  // namespace lull::ui
