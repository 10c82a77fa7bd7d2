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

std::string rule_problem_line(const Object& problem) {
  return printable(text(problem, "path")) + ":" +
         std::to_string(count(problem, "line").value_or(1)) + ":" +
         std::to_string(count(problem, "column").value_or(1)) + ": " +
         printable(text(problem, "message"));
}

bool list_rule_problems(const Object& document, std::string_view key, Context& context) {
  const Array& problems = items(document, key);
  for (const Value& value : problems)
    if (const Object* problem = value.if_object()) context.complain(rule_problem_line(*problem));
  if (!problems.empty()) context.complain("a file of rules with errors gives no rules");
  return !problems.empty();
}

}  // namespace lull::commands
