// SPDX-License-Identifier: MIT
#include "agent/commands/item_errors.h"

#include "agent/commands/words.h"

namespace lull::commands {

bool list_errors(const Object& document, Context& context) {
  std::uint64_t listed = 0;
  for (const Value& value : items(document, "errors")) {
    const Object* error = value.if_object();
    if (error == nullptr) continue;
    context.complain(printable(text(*error, "path")) + ": " + printable(text(*error, "error")));
    ++listed;
  }
  const std::uint64_t all = count(document, "error_count").value_or(listed);
  if (all > listed) {
    const std::string more = listed > 0 ? " more" : "";
    context.complain(grouped(all - listed) + more + (all - listed == 1 ? " place" : " places") +
                     " could not be read");
  }
  return all > 0;
}

}  // namespace lull::commands
