// SPDX-License-Identifier: MIT
// What a call asks for: an object of any shape, read by every kind of parameter there is.
#include "agent/methods/parameters.h"

#include <cmath>
#include <string>

#include "agent/control/protocol.h"
#include "tests/fuzz/fuzz.h"

namespace {

using lull::agent::Parameters;
using lull::fuzz::must;

// What is taken is within what was said to be; of what is not, something is said.
void read(const lull::control::Object& object) {
  Parameters parameters(object);
  (void)parameters.flag("dry_run");
  if (const auto number = parameters.number("interval_seconds", 0.5, 3600))
    must(std::isfinite(*number) && *number >= 0.5 && *number <= 3600);
  if (const auto count = parameters.integer("count", 0, 10'000))
    must(*count >= 0 && *count <= 10'000);
  (void)parameters.text("path");
  const std::string job = parameters.required_text("job");
  (void)parameters.texts("categories");
  const auto paths = parameters.paths("paths", 3);
  const auto finished = parameters.finish();
  must(!finished || !job.empty());
  if (!finished) {
    must(!finished.error().message.empty());
    return;
  }
  must(paths.size() <= 3);
  for (const std::string& path : paths)
    must(path.front() == '/' && path.find('\0') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto object = lull::control::parse_message(lull::fuzz::text_of(data, size));
  if (!object) return 0;
  read(*object);
  const auto* dry_run = object->if_contains("dry_run");
  must(lull::agent::is_no_dry_run(*object) ||
       (dry_run != nullptr && dry_run->is_bool() && dry_run->get_bool()));
  return 0;
}
