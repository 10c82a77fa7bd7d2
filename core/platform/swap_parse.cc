// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <limits>

#include "core/platform/swap_probe.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max() / 1024;

// Filename Type Size Used Priority; blanks in the name are \040.
std::optional<SwapArea> parse_area(std::string_view line) {
  std::array<std::string_view, 5> words;
  for (std::string_view& word : words) word = take_word(line);
  const auto size = to_number(words[2]);
  const auto used = to_number(words[3]);
  const auto priority = to_signed_number(words[4]);
  if (!size || !used || !priority || *size > kLargest || *used > *size) return std::nullopt;
  return SwapArea{unescape_octal(words[0]), words[1] == "file", *size * 1024, *used * 1024,
                  *priority};
}

}  // namespace

std::vector<SwapArea> parse_swaps(std::string_view text) {
  std::vector<SwapArea> areas;
  std::string_view line;
  while (take_line(text, line))
    if (auto area = parse_area(line)) areas.push_back(*std::move(area));
  return areas;
}

const SwapArea* next_swap(const std::vector<SwapArea>& areas) {
  const SwapArea* next = nullptr;
  for (const SwapArea& area : areas)
    if (area.used_bytes < area.total_bytes && (next == nullptr || area.priority > next->priority))
      next = &area;
  return next;
}

std::optional<std::uint64_t> parse_swapped_out(std::string_view vmstat) {
  std::string_view line;
  while (take_line(vmstat, line))
    if (take_word(line) == "pswpout") return to_number(take_word(line));
  return std::nullopt;
}

std::optional<std::uint64_t> parse_refaults(std::string_view vmstat) {
  std::optional<std::uint64_t> sum;
  std::string_view line;
  while (take_line(vmstat, line)) {
    const std::string_view name = take_word(line);
    if (name != "workingset_refault" && name != "workingset_refault_anon" &&
        name != "workingset_refault_file")
      continue;
    if (const auto pages = to_number(take_word(line))) sum = sum.value_or(0) + *pages;
  }
  return sum;
}

}  // namespace lull::platform
