// SPDX-License-Identifier: MIT
#include <string>

#include "agent/presence/bus_address.h"
#include "agent/presence/logind_values.h"
#include "agent/presence/x11_reply.h"
#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/scan/trash_info.h"
#include "tests/fuzz/fuzz.h"

namespace {

// Instants survive being written and read, where RFC 3339 can write them.
void read_instant(const std::string& text) {
  const auto instant = lull::base::parse_rfc3339(text);
  if (!instant) return;
  const auto again = lull::base::parse_rfc3339(lull::base::format_rfc3339(*instant));
  lull::fuzz::must(!again || *again == *instant);
}

// What the helpers for X and Wayland say. What was understood is said the same way again, without
// what a terminal would obey.
void read_reply(const std::string& text) {
  using namespace lull::agent::presence;
  if (const auto reply = parse_x11_reply(text)) {
    lull::fuzz::must(!reply->idle || reply->idle->count() >= 0);
    for (const char c : reply->full_screen)
      lull::fuzz::must(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    const auto again = parse_x11_reply(format_x11_reply(*reply));
    lull::fuzz::must(again && *again == *reply);
  }
  if (const auto front = parse_front_reply(text)) {
    lull::fuzz::must(!*front || **front > 0);
    const auto again = parse_front_reply(format_front_reply(*front));
    lull::fuzz::must(again && *again == *front);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(lull::fuzz::text_of(data, size));
  read_instant(text);
  read_reply(text);
  (void)lull::base::parse_bytes(text);
  (void)lull::base::parse_duration(text);
  lull::fuzz::must(lull::base::is_valid_utf8(lull::base::percent_escape_path(text)));
  (void)lull::scan::parse_trash_info(text);
  if (const auto address = lull::agent::presence::parse_bus_address(text))
    lull::fuzz::must(!address->socket.empty() && address->socket.size() < 108);
  const auto names = lull::agent::presence::idle_blockers(
      std::vector<lull::agent::presence::Inhibitor>{{"idle", text, text, "block"}});
  lull::fuzz::must(names.size() == 1 && names[0].size() < 200);
  return 0;
}
