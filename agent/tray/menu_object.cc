// SPDX-License-Identifier: MIT
#include "agent/tray/menu_object.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace lull::agent::tray {
namespace {

namespace compat = presence::compat;

constexpr const char* kInterface = "com.canonical.dbusmenu";
// What a stranger may ask in one message; more is a mistake or an attack.
constexpr std::size_t kMostIds = 256;

using Properties = std::map<std::string, sdbus::Variant>;
using WireNode = sdbus::Struct<std::int32_t, Properties, std::vector<sdbus::Variant>>;
using WireItem = sdbus::Struct<std::int32_t, Properties>;
using WireEvent = sdbus::Struct<std::int32_t, std::string, sdbus::Variant, std::uint32_t>;

Properties root_properties() {
  return {{"children-display", sdbus::Variant(std::string("submenu"))}};
}

Properties properties_of(const MenuItem& item) {
  Properties properties;
  if (item.kind == MenuItem::Kind::kSeparator) {
    properties["type"] = sdbus::Variant(std::string("separator"));
    return properties;
  }
  properties["label"] = sdbus::Variant(item.label);
  if (item.kind == MenuItem::Kind::kNote) properties["enabled"] = sdbus::Variant(false);
  return properties;
}

base::Status unknown(std::int32_t id) {
  return base::fail(base::ErrorCode::kNotFound, "no menu item " + std::to_string(id));
}

base::Status too_many() {
  return base::fail(base::ErrorCode::kTooLarge,
                    "more than " + std::to_string(kMostIds) + " items at once");
}

}  // namespace

MenuObject::MenuObject(sdbus::IConnection& connection, const std::string& path,
                       std::function<void(TrayWish)> wished)
    : wished_(std::move(wished)), items_(menu_items(state_)) {
  object_ = compat::make_object(connection, path, table());
}

compat::InterfaceTable MenuObject::table() {
  using Call = sdbus::Message;
  compat::InterfaceTable table{kInterface, {}, {}, {}};
  table.properties = {
      {"Version", "u", [](Call& reply) { reply << std::uint32_t{3}; }},
      {"TextDirection", "s", [](Call& reply) { reply << std::string("ltr"); }},
      {"Status", "s", [](Call& reply) { reply << std::string("normal"); }},
      {"IconThemePath", "as", [](Call& reply) { reply << std::vector<std::string>(); }},
  };
  table.methods = {
      {"GetLayout", "iias", "u(ia{sv}av)",
       [this](Call& call, Call& reply) { return get_layout(call, reply); }},
      {"GetGroupProperties", "aias", "a(ia{sv})",
       [this](Call& call, Call& reply) { return get_group_properties(call, reply); }},
      {"GetProperty", "is", "v",
       [this](Call& call, Call& reply) { return get_property(call, reply); }},
      {"Event", "isvu", "", [this](Call& call, Call&) { return event(call); }},
      {"EventGroup", "a(isvu)", "ai",
       [this](Call& call, Call& reply) { return event_group(call, reply); }},
      {"AboutToShow", "i", "b",
       [this](Call& call, Call& reply) { return about_to_show(call, reply); }},
      {"AboutToShowGroup", "ai", "aiai",
       [this](Call& call, Call& reply) { return about_to_show_group(call, reply); }},
  };
  table.signals = {{"ItemsPropertiesUpdated", "a(ia{sv})a(ias)"},
                   {"LayoutUpdated", "ui"},
                   {"ItemActivationRequested", "iu"}};
  return table;
}

bool MenuObject::knows(std::int32_t id) const {
  return id == 0 || std::any_of(items_.begin(), items_.end(),
                                [id](const MenuItem& item) { return item.id == id; });
}

void MenuObject::show(const MenuState& state) {
  const bool other_entries = state.paused != state_.paused || state.undoable != state_.undoable;
  state_ = state;
  items_ = menu_items(state_);
  if (!other_entries) return;
  ++revision_;
  (void)compat::emit(*object_, kInterface, "LayoutUpdated",
                     [this](sdbus::Message& message) { message << revision_ << std::int32_t{0}; });
}

base::Status MenuObject::get_layout(sdbus::Message& call, sdbus::Message& reply) {
  std::int32_t parent = 0, depth = 0;
  call >> parent >> depth;
  if (!knows(parent)) return unknown(parent);
  std::vector<sdbus::Variant> children;
  if (parent == 0 && depth != 0)
    for (const MenuItem& item : items_)
      children.emplace_back(WireNode(item.id, properties_of(item), {}));
  Properties properties = root_properties();
  for (const MenuItem& item : items_)
    if (item.id == parent) properties = properties_of(item);
  reply << revision_ << WireNode(parent, std::move(properties), std::move(children));
  if (parent == 0) told_ = items_;
  return {};
}

// Of all items if none is named; those that are not there are left out.
base::Status MenuObject::get_group_properties(sdbus::Message& call, sdbus::Message& reply) const {
  const auto ids = compat::read_at_most<std::int32_t>(call, "i", kMostIds);
  if (!ids) return too_many();
  const std::set<std::int32_t> wanted(ids->begin(), ids->end());
  std::vector<WireItem> found;
  if (wanted.empty() || wanted.contains(0)) found.emplace_back(0, root_properties());
  for (const MenuItem& item : items_)
    if (wanted.empty() || wanted.contains(item.id))
      found.emplace_back(item.id, properties_of(item));
  reply << found;
  return {};
}

base::Status MenuObject::get_property(sdbus::Message& call, sdbus::Message& reply) const {
  std::int32_t id = 0;
  std::string name;
  call >> id >> name;
  Properties properties;
  if (id == 0) properties = root_properties();
  for (const MenuItem& item : items_)
    if (item.id == id) properties = properties_of(item);
  const auto found = properties.find(name);
  if (found == properties.end())
    return base::fail(base::ErrorCode::kNotFound,
                      "item " + std::to_string(id) + " has no such property");
  reply << found->second;
  return {};
}

base::Status MenuObject::event(sdbus::Message& call) {
  std::int32_t id = 0;
  std::string type;
  call >> id >> type;
  if (!knows(id)) return unknown(id);
  const auto wish = type == "clicked" ? wish_of(id, state_) : std::nullopt;
  if (wish) wished_(*wish);
  return {};
}

base::Status MenuObject::event_group(sdbus::Message& call, sdbus::Message& reply) {
  const auto events = compat::read_at_most<WireEvent>(call, "(isvu)", kMostIds);
  if (!events) return too_many();
  std::vector<std::int32_t> nobody;
  for (const WireEvent& one : *events) {
    const std::int32_t id = std::get<0>(one);
    if (!knows(id)) nobody.push_back(id);
    const auto wish = std::get<1>(one) == "clicked" ? wish_of(id, state_) : std::nullopt;
    if (wish) wished_(*wish);
  }
  if (!events->empty() && nobody.size() == events->size()) return unknown(nobody.front());
  reply << nobody;
  return {};
}

base::Status MenuObject::about_to_show(sdbus::Message& call, sdbus::Message& reply) const {
  std::int32_t id = 0;
  call >> id;
  if (!knows(id)) return unknown(id);
  reply << (id == 0 && is_stale());
  return {};
}

base::Status MenuObject::about_to_show_group(sdbus::Message& call, sdbus::Message& reply) const {
  const auto ids = compat::read_at_most<std::int32_t>(call, "i", kMostIds);
  if (!ids) return too_many();
  std::vector<std::int32_t> updates, nobody;
  for (const std::int32_t id : *ids) {
    if (!knows(id)) nobody.push_back(id);
    if (id == 0 && is_stale()) updates.push_back(id);
  }
  reply << updates << nobody;
  return {};
}

}  // namespace lull::agent::tray
