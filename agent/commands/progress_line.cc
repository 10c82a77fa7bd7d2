// SPDX-License-Identifier: MIT
#include "agent/commands/progress_line.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <ostream>

#include "agent/commands/words.h"
#include "core/base/bytes.h"
#include "core/base/text.h"

namespace lull::commands {
namespace {

// Bytes tell more about the rest of the way than items do, if their sum is known.
std::optional<double> share_done(const Object& progress) {
  for (const auto& [done, total] :
       {std::pair("done_bytes", "total_bytes"), std::pair("done_items", "total_items")}) {
    const double all = number(progress, total).value_or(0);
    const double so_far = number(progress, done).value_or(0);
    if (all > 0 && so_far <= all) return so_far / all;
  }
  return std::nullopt;
}

}  // namespace

std::string progress_text(const Object& progress) {
  const std::uint64_t items = count(progress, "done_items").value_or(0);
  // What the last run counted; once that is passed it tells nothing.
  const std::uint64_t expected = count(progress, "total_items").value_or(0);
  const std::uint64_t total = expected < items ? 0 : expected;
  const std::uint64_t bytes = count(progress, "done_bytes").value_or(0);
  const double seconds = number(progress, "elapsed_seconds").value_or(0);
  const std::optional<double> share = share_done(progress);
  std::string line = printable(text(progress, "stage")) + "  " + grouped(items);
  line += total > 0 ? " of " + grouped(total) : items == 1 ? " item" : " items";
  if (share) line += " (" + percent(*share * 100) + ")";
  if (bytes > 0) line += "  " + base::format_bytes(bytes);
  if (seconds > 0 && bytes > 0)
    line += " (" +
            base::format_bytes(static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds)) +
            "/s)";
  if (seconds > 0 && items > 0)
    line += "  " + grouped(static_cast<std::uint64_t>(static_cast<double>(items) / seconds)) + "/s";
  if (share && *share > 0.01 && *share < 1) {
    const double left = std::ceil(seconds * (1 - *share) / *share);
    line += "  " + base::format_duration(duration_of_seconds(left)) + " left";
  }
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
