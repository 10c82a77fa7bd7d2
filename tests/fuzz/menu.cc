// SPDX-License-Identifier: MIT
// Events of a panel to the item's menu: ids of any number, in any state of it.
#include <algorithm>
#include <cstring>
#include <string>

#include "agent/tray/tray_menu.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace lull::agent::tray;

// What is wished is in the menu, as an entry that can be chosen.
void choose(std::int32_t id, const MenuState& state, const std::vector<MenuItem>& items) {
  const auto at =
      std::find_if(items.begin(), items.end(), [&](const MenuItem& item) { return item.id == id; });
  const bool entry = at != items.end() && at->kind == MenuItem::Kind::kEntry;
  lull::fuzz::must(wish_of(id, state).has_value() == entry);
}

}  // namespace

// The first byte is the state; then a note up to a zero byte, and ids of four bytes each.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string rest(lull::fuzz::text_of(data + 1, size - 1));
  const std::size_t end = std::min(rest.find('\0'), rest.size());
  const MenuState state{rest.substr(0, end), (data[0] & 1) != 0, (data[0] & 2) != 0};
  const auto items = menu_items(state);
  for (std::size_t i = 0; i < items.size(); ++i) {
    lull::fuzz::must(items[i].id != 0);
    for (std::size_t other = 0; other < i; ++other)
      lull::fuzz::must(items[i].id != items[other].id);
    choose(items[i].id, state, items);
  }
  for (std::size_t at = end + 1; at + sizeof(std::int32_t) <= rest.size();
       at += sizeof(std::int32_t)) {
    std::int32_t id = 0;
    std::memcpy(&id, rest.data() + at, sizeof id);
    choose(id, state, items);
  }
  return 0;
}
