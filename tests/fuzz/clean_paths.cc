// SPDX-License-Identifier: MIT
// Plans and their paths, which have lain on a disk between the scan and the clean.
#include <string>

#include "core/clean/path_check.h"
#include "core/clean/plan_codec.h"
#include "tests/fuzz/fuzz.h"

namespace {

using lull::fuzz::must;

lull::clean::ProtectedPlaces household() {
  lull::clean::ProtectedPlaces places;
  places.whole = {"/home/u", "/home/u/.config", "/home/u/.cache"};
  places.own = {"/home/u/.config/lull", "/home/u/.local/share/Trash"};
  return places;
}

// What passes is a plain way down from the root, and no way to anything that is protected.
void check(std::string_view path, std::string_view root) {
  static const lull::clean::ProtectedPlaces places = household();
  if (lull::clean::path_refusal(path, root, places) != nullptr) return;
  must(path.size() > 1 && path.front() == '/' && path.back() != '/');
  must(path.find("//") == path.npos);
  const std::string closed = std::string(path) + "/";
  must(closed.find("/./") == closed.npos && closed.find("/../") == closed.npos);
  must(path.find('\0') == path.npos && path.find('\n') == path.npos);
  must(closed.starts_with(std::string(root) + "/"));
  for (const std::string& place : places.whole) must(!(place + "/").starts_with(closed));
  for (const std::string& place : places.own)
    must(!(place + "/").starts_with(closed) && !closed.starts_with(place + "/"));
}

// Bytes of the journal. What is understood can be written, and is understood again.
void decode(std::string_view bytes) {
  const auto plan = lull::clean::decode_plan(bytes);
  if (!plan) return;
  const std::string written = lull::clean::encode_plan(*plan);
  const auto again = lull::clean::decode_plan(written);
  must(again.has_value() && again->id == plan->id && again->items.size() == plan->items.size());
  must(lull::clean::encode_plan(*again) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = lull::fuzz::text_of(data, size);
  check(text, "/home/u");
  decode(text);
  check("/home/u/" + std::string(text), "/home/u");
  const std::size_t line = text.find('\n');
  if (line != text.npos) check(text.substr(0, line), text.substr(line + 1));
  return 0;
}
