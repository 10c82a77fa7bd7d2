// SPDX-License-Identifier: MIT
#include "agent/control/protocol.h"

#include <string>
#include <utility>

#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto message = lull::control::parse_message(lull::fuzz::text_of(data, size));
  if (!message) return 0;
  // What was understood is said in a way that is understood the same, and holds no NUL.
  const std::string text = lull::control::to_text(*message);
  lull::fuzz::must(text.find('\0') == std::string::npos);
  const auto again = lull::control::parse_message(text);
  lull::fuzz::must(again.has_value() && lull::control::to_text(*again) == text);
  const auto request = lull::control::read_request(*std::move(message));
  if (!request) lull::fuzz::must(request.error().contains("error"));
  return 0;
}
