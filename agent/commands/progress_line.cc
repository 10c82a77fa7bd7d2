// SPDX-License-Identifier: MIT
#include "agent/commands/progress_line.h"

#include <cmath>
#include <ostream>

#include "agent/commands/words.h"
#include "core/base/bytes.h"
#include "core/base/text.h"

namespace lull::commands {
namespace {

// So few per second tell nothing.
constexpr std::uint64_t kFew = 10;

std::string rate(std::uint64_t done, double seconds) {
  return grouped(static_cast<std::uint64_t>(static_cast<double>(done) / seconds)) + "/s";
}

std::string bytes_rate(std::uint64_t done, double seconds) {
  return base::format_bytes(static_cast<std::uint64_t>(static_cast<double>(done) / seconds)) + "/s";
}

}  // namespace

std::string progress_text(const Object& progress) {
  const std::uint64_t items = count(progress, "done_items").value_or(0);
  const std::uint64_t total = count(progress, "total_items").value_or(0);
  const std::uint64_t bytes = count(progress, "done_bytes").value_or(0);
  const double seconds = number(progress, "elapsed_seconds").value_or(0);
  std::string line = printable(text(progress, "stage")) + "  " + grouped(items);
  line += total > 0 ? " of " + grouped(total) : items == 1 ? " item" : " items";
  if (const auto share = number(progress, "percent")) line += " (" + percent(*share) + ")";
  if (bytes > 0) line += "  " + base::format_bytes(bytes);
  if (seconds > 0 && bytes > 0) line += " (" + bytes_rate(bytes, seconds) + ")";
  if (seconds > 0 && items >= kFew) line += "  " + rate(items, seconds);
  if (const auto left = number(progress, "left_seconds"); left && *left > 0)
    line += "  " + base::format_duration(duration_of_seconds(std::ceil(*left))) + " left";
  return line;
}

void ProgressLine::update(const Object& reply) {
  const Object* progress = child(reply, "progress");
  if (progress == nullptr || clock_.now() - started_ < kPatience) return;
  const std::size_t width = style_.width() > 1 ? style_.width() - 1 : 79;
  err_ << "\r\x1b[K" << style_.cut(progress_text(*progress), width) << std::flush;
  shown_ = true;
}

void ProgressLine::clear() {
  if (shown_) err_ << "\r\x1b[K" << std::flush;
  shown_ = false;
}

}  // namespace lull::commands
