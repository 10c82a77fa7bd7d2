// SPDX-License-Identifier: MIT
#include "agent/tray/item_object.h"

#include <atomic>
#include <cstdint>
#include <utility>

#include <unistd.h>

namespace lull::agent::tray {
namespace {

namespace compat = presence::compat;

constexpr const char* kInterface = "org.kde.StatusNotifierItem";
constexpr const char* kPath = "/StatusNotifierItem";
constexpr const char* kMenuPath = "/MenuBar";

using WirePixmap = sdbus::Struct<std::int32_t, std::int32_t, std::vector<std::uint8_t>>;
using WireToolTip = sdbus::Struct<std::string, std::vector<WirePixmap>, std::string, std::string>;

// The number makes it another name each time, so that a watcher which has not noticed yet that the
// last one went does not take this for the same.
std::string new_name() {
  static std::atomic<unsigned> count{0};
  return "org.kde.StatusNotifierItem-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

compat::PropertyRow text(const char* name, const char* value) {
  return {name, "s", [value](sdbus::Message& reply) { reply << std::string(value); }};
}

compat::PropertyRow no_pixmap(const char* name) {
  return {name, "a(iiay)", [](sdbus::Message& reply) { reply << std::vector<WirePixmap>(); }};
}

std::vector<WirePixmap> to_wire(const std::vector<Pixmap>& pictures) {
  std::vector<WirePixmap> wire;
  wire.reserve(pictures.size());
  for (const Pixmap& one : pictures) wire.emplace_back(one.side, one.side, one.argb);
  return wire;
}

compat::MethodRow click(const char* name, std::function<void(ScreenPoint)> clicked) {
  return {name, "ii", "",
          [clicked = std::move(clicked)](sdbus::Message& call, sdbus::Message&) -> base::Status {
            ScreenPoint at;
            call >> at.x >> at.y;
            clicked(at);
            return {};
          }};
}

}  // namespace

ItemObject::ItemObject(sdbus::IConnection& connection, ItemObserver observer)
    : observer_(std::move(observer)),
      name_(new_name()),
      menu_(connection, kMenuPath, [this](TrayWish wish) {
        observer_.wished({wish, std::nullopt});
      }) {
  draw();
  object_ = compat::make_object(connection, kPath, table());
  compat::request_name(connection, name_);
}

compat::InterfaceTable ItemObject::table() {
  const auto pictures = [this](sdbus::Message& reply) { reply << to_wire(pictures_); };
  const auto name = [this](sdbus::Message& reply) { reply << view_.name; };
  compat::InterfaceTable table{kInterface, {}, {}, {}};
  table.properties = {
      text("Category", "SystemServices"),
      text("Id", "lull"),
      {"Title", "s", name},
      {"IconAccessibleDesc", "s", name},
      {"AttentionAccessibleDesc", "s", name},
      {"Status", "s",
       [this](sdbus::Message& reply) {
         reply << std::string(view_.needs_attention ? "NeedsAttention" : "Active");
       }},
      {"WindowId", "i", [](sdbus::Message& reply) { reply << std::int32_t{0}; }},
      // A name would win over the picture on some hosts.
      text("IconName", ""),
      text("IconThemePath", ""),
      text("OverlayIconName", ""),
      text("AttentionIconName", ""),
      text("AttentionMovieName", ""),
      {"IconPixmap", "a(iiay)", pictures},
      {"AttentionIconPixmap", "a(iiay)", pictures},
      no_pixmap("OverlayIconPixmap"),
      {"ToolTip", "(sa(iiay)ss)",
       [this](sdbus::Message& reply) { reply << WireToolTip("", {}, view_.title, view_.text); }},
      {"ItemIsMenu", "b", [](sdbus::Message& reply) { reply << false; }},
      {"Menu", "o", [](sdbus::Message& reply) { reply << sdbus::ObjectPath(kMenuPath); }},
      {"XAyatanaLabel", "s", [this](sdbus::Message& reply) { reply << view_.label; }},
      {"XAyatanaLabelGuide", "s",
       [this](sdbus::Message& reply) {
         reply << std::string(view_.label.empty() ? "" : kLabelGuide);
       }},
      {"XAyatanaOrderingIndex", "u", [](sdbus::Message& reply) { reply << std::uint32_t{0}; }},
  };
  table.methods = {
      click("Activate",
            [this](ScreenPoint at) {
              observer_.wished({TrayWish::kOpen, at});
            }),
      click("SecondaryActivate",
            [this](ScreenPoint at) {
              observer_.wished({TrayWish::kTogglePause, at});
            }),
      // Hosts draw the menu themselves; one that cannot gets the popover instead.
      click("ContextMenu",
            [this](ScreenPoint at) {
              observer_.wished({TrayWish::kOpen, at});
            }),
      {"Scroll", "is", "",
       [this](sdbus::Message& call, sdbus::Message&) -> base::Status {
         std::int32_t delta = 0;
         call >> delta;
         if (delta != 0) observer_.scrolled(delta > 0);
         return {};
       }},
      {"ProvideXdgActivationToken", "s", "",
       [](sdbus::Message&, sdbus::Message&) -> base::Status { return {}; }},
  };
  table.signals = {{"NewTitle", ""},          {"NewIcon", ""},    {"NewAttentionIcon", ""},
                   {"NewOverlayIcon", ""},    {"NewToolTip", ""}, {"NewStatus", "s"},
                   {"XAyatanaNewLabel", "ss"}};
  return table;
}

void ItemObject::draw() {
  pictures_.clear();
  for (const int side : icon_sides()) pictures_.push_back(draw_icon(view_.look, side));
}

// Nobody is there to be told of a signal that could not be sent: the connection is lost, and the
// pump says so.
void ItemObject::show(const TrayView& view) {
  const TrayChanges changes = changes_between(std::exchange(view_, view), view);
  menu_.show({view.text, view.look.paused, view.undoable});
  if (changes.icon) {
    draw();
    (void)compat::emit(*object_, kInterface, "NewIcon");
    if (view.needs_attention) (void)compat::emit(*object_, kInterface, "NewAttentionIcon");
  }
  if (changes.status)
    (void)compat::emit(*object_, kInterface, "NewStatus", [&](sdbus::Message& message) {
      message << std::string(view.needs_attention ? "NeedsAttention" : "Active");
    });
  if (changes.name) (void)compat::emit(*object_, kInterface, "NewTitle");
  if (changes.tooltip) (void)compat::emit(*object_, kInterface, "NewToolTip");
  if (changes.label)
    (void)compat::emit(*object_, kInterface, "XAyatanaNewLabel", [&](sdbus::Message& message) {
      message << view.label << std::string(view.label.empty() ? "" : kLabelGuide);
    });
}

}  // namespace lull::agent::tray
