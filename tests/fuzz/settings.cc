// SPDX-License-Identifier: MIT
#include "agent/settings.h"

#include <string>

#include "agent/settings_edit.h"
#include "tests/fuzz/fuzz.h"

namespace {

// A change of one key keeps the text good and has exactly that effect.
void change_one_key(const std::string& text, const lull::agent::Settings& before) {
  const auto row = lull::agent::find_dotted_setting("relief.target_available_percent");
  lull::fuzz::must(row.has_value());
  const auto changed = lull::agent::edit_settings(text, "fuzz.toml", **row, "17");
  if (!changed) return;  // not every spelling can be edited in place
  const auto after = lull::agent::parse_settings(*changed, "fuzz.toml");
  lull::fuzz::must(after.has_value());
  auto expected = lull::agent::show_settings(before);
  for (auto& [key, value] : expected)
    if (key == "relief.target_available_percent") value = "17";
  lull::fuzz::must(lull::agent::show_settings(*after) == expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(lull::fuzz::text_of(data, size));
  const auto settings = lull::agent::parse_settings(text, "fuzz.toml");
  const auto errors = lull::agent::find_settings_errors(text, "fuzz.toml");
  lull::fuzz::must(settings.has_value() == errors.empty());
  if (settings) change_one_key(text, *settings);
  return 0;
}
