// SPDX-License-Identifier: MIT
#include "agent/commands/clean_words.h"

#include <cstddef>

#include "agent/commands/words.h"

namespace lull::commands {
namespace {

constexpr std::size_t kMostRows = 20;

}  // namespace

std::string left_alone_rows(const Array& skipped, const Style& style) {
  TextTable table({{"", TextTable::Align::kLeft, true}, {"", TextTable::Align::kLeft, true}});
  std::size_t shown = 0;
  for (const Value& value : skipped) {
    const Object* item = value.if_object();
    if (item == nullptr) continue;
    if (++shown > kMostRows) break;
    table.add({{printable(text(*item, "path"))}, {printable(text(*item, "reason")), Tone::kDim}});
  }
  if (table.empty()) return "";
  std::string out = style.paint(Tone::kStrong, "Left alone") + "\n" + table.render(style, 2);
  if (skipped.size() > kMostRows)
    out += style.paint(Tone::kDim,
                       "  and " + grouped(skipped.size() - kMostRows) + " more; --json has all") +
           "\n";
  return out + "\n";
}

void list_failed(const Object& document, Context& context) {
  for (const Value& value : items(document, "failed"))
    if (const Object* item = value.if_object())
      context.complain(printable(text(*item, "path")) + ": " + printable(text(*item, "error")));
}

}  // namespace lull::commands
