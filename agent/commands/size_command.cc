// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/item_errors.h"
#include "agent/commands/words.h"
#include "core/base/text.h"

namespace lull::commands {
namespace {

// One call carries so many paths and bytes; a message may have 1 MiB, and escaping doubles it.
constexpr std::size_t kPathsPerCall = 500;
constexpr std::size_t kBytesPerCall = 128 * 1024;

struct Asked {
  std::string typed;
  std::string absolute;
};

std::vector<Asked> asked_paths(const Arguments& arguments, const Context& context) {
  std::vector<Asked> asked;
  for (const std::string& typed : arguments.all("PATH"))
    asked.push_back({typed, context.absolute(typed)});
  return asked;
}

// The documents of several calls as one.
void append(Object& whole, const Object& part) {
  Array& paths = whole["paths"].as_array();
  for (const Value& path : items(part, "paths")) paths.push_back(path);
  const double before = number(whole, "elapsed_seconds").value_or(0);
  whole["elapsed_seconds"] = before + number(part, "elapsed_seconds").value_or(0);
}

base::Result<Object> measure(const std::vector<Asked>& asked, bool fresh, Context& context) {
  Object whole{{"paths", Array()}};
  // A path that is not UTF-8 cannot travel as JSON; this process takes it as it is.
  const bool all_text = std::all_of(asked.begin(), asked.end(), [](const Asked& path) {
    return base::is_valid_utf8(path.absolute);
  });
  for (std::size_t at = 0; at < asked.size() && !(at > 0 && context.cancelled());) {
    Array paths;
    for (std::size_t bytes = 0;
         at < asked.size() && paths.size() < kPathsPerCall && bytes < kBytesPerCall; ++at) {
      paths.emplace_back(asked[at].absolute);
      bytes += asked[at].absolute.size();
    }
    Object parameters{{"paths", std::move(paths)}, {"fresh", fresh}};
    const auto part = all_text ? context.call("Size", std::move(parameters))
                               : context.call_here("Size", std::move(parameters));
    if (!part) return part;
    append(whole, *part);
  }
  return whole;
}

std::string note_of(const Object& entry, const Context& context) {
  std::string note;
  if (flag(entry, "from_cache"))
    note = "cached, " + relative_or(entry, "as_of_at", context.now(), "some time ago");
  if (flag(entry, "partial")) note += std::string(note.empty() ? "" : "; ") + "stopped early";
  const auto errors = count(entry, "error_count").value_or(0);
  if (errors > 0) note += (note.empty() ? "" : "; ") + plural(errors, "error");
  return note;
}

TextTable size_table(const Array& entries, const std::vector<Asked>& asked,
                     const Context& context) {
  using Align = TextTable::Align;
  TextTable table({{"SIZE", Align::kRight},
                   {"FILES", Align::kRight},
                   {"PATH", Align::kLeft, true},
                   {"", Align::kLeft}});
  const std::string dash(context.style().dash());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Object* entry = entries[i].if_object();
    if (entry == nullptr) continue;
    if (!count(*entry, "allocated_bytes")) continue;  // its error is all there is to say
    const auto files = count(*entry, "files");
    const std::string path =
        i < asked.size() ? printable(asked[i].typed) : printable(text(*entry, "path"));
    table.add({{bytes_or(*entry, "allocated_bytes", dash), Tone::kStrong},
               {files ? grouped(*files) : dash},
               {path},
               {note_of(*entry, context), Tone::kDim}});
  }
  return table;
}

// Done, in part, or not at all; says each error.
int judge(const Array& entries, Context& context) {
  bool any_error = false;
  bool any_size = false;
  for (const Value& value : entries) {
    const Object* entry = value.if_object();
    if (entry == nullptr) continue;
    any_error = list_errors(*entry, context) || any_error;
    any_size = any_size || count(*entry, "allocated_bytes").has_value();
  }
  if (!any_error) return kDone;
  return any_size ? kPartly : kFailed;
}

}  // namespace

int run_size(const Arguments& arguments, Context& context) {
  const std::vector<Asked> asked = asked_paths(arguments, context);
  for (const Asked& path : asked)
    if (path.typed.empty())
      return context.fail({base::ErrorCode::kInvalidArgument, "a PATH is empty", {}, 0, {}});
  const auto reply = measure(asked, arguments.has("--fresh"), context);
  if (!reply) return context.fail(reply.error());
  const Array& entries = items(*reply, "paths");
  if (context.json())
    context.print_json(*reply);
  else if (const TextTable table = size_table(entries, asked, context); !table.empty())
    context.print(table.render(context.style()));
  return judge(entries, context);
}

}  // namespace lull::commands
