// SPDX-License-Identifier: MIT
//
// A watcher of status items and a panel in one, on the session bus. It does what it is told on
// standard input, one command a line with words separated by tabs, and answers each with one line,
// "ok" if there is nothing else to say:
//
//   watch yes|no|nonsense      becomes the watcher; what it answers when asked for a host
//   unwatch                    is the watcher no more
//   host yes|no                another answer from now on, and the signal that says so
//   item                       waits until an item has registered; its name
//   get PROPERTY               of the item
//   call MEMBER SIGNATURE …    of the item; "ok" or the error's name
//   menu MEMBER SIGNATURE …    of the menu; the same
//   layout                     the menu's entries: "id=label;…"
//   layout-of ID               its error's name, or ok
//   about-to-show ID           "yes", "no" or the error's name
//   events COUNT ID            that many clicks on it in one message; "ok" or the error's name
//   properties COUNT           asks for so many ids at once; "ok" or the error's name
//   await SIGNAL               waits until the item has sent it since it was last awaited
//   signals                    how often each signal came since that was last asked; forgets
//                              those that were not awaited
//   lock 1|0                   says that the screen is locked, or not
//   colors NUMBER|nonsense     is the settings portal, of a desktop with this colour scheme; says
//   so no-colors                  is the portal no more shout                      asks for
//   everything a hundred times and dies without listening
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <poll.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "tests/support/command_lines.h"

namespace {

constexpr const char* kWatcher = "org.kde.StatusNotifierWatcher";
constexpr const char* kWatcherPath = "/StatusNotifierWatcher";
constexpr const char* kItem = "org.kde.StatusNotifierItem";
constexpr const char* kItemPath = "/StatusNotifierItem";
constexpr const char* kMenu = "com.canonical.dbusmenu";

constexpr const char* kPortal = "org.freedesktop.portal.Desktop";
constexpr const char* kPortalPath = "/org/freedesktop/portal/desktop";
constexpr const char* kPortalSettings = "org.freedesktop.portal.Settings";

struct Panel {
  sd_bus* bus = nullptr;
  std::string host = "yes", colors;
  std::string item;
  std::map<std::string, int> signals, awaited;
};

void must(int result, const char* what) {
  if (result >= 0) return;
  std::cerr << "fake panel: " << what << ": " << -result << '\n';
  std::exit(1);
}

int host_registered(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply,
                    void* data, sd_bus_error*) {
  const auto& panel = *static_cast<Panel*>(data);
  return sd_bus_message_append(reply, "b", panel.host == "yes" ? 1 : 0);
}

int host_nonsense(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*,
                  sd_bus_error*) {
  return sd_bus_message_append(reply, "s", "yes");
}

int register_item(sd_bus_message* call, void* data, sd_bus_error*) {
  const char* name = nullptr;
  must(sd_bus_message_read(call, "s", &name), "item's name");
  static_cast<Panel*>(data)->item = name;
  return sd_bus_reply_method_return(call, nullptr);
}

const sd_bus_vtable kTrue[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("IsStatusNotifierHostRegistered", "b", host_registered, 0, 0),
    SD_BUS_METHOD("RegisterStatusNotifierItem", "s", "", register_item, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("StatusNotifierHostRegistered", "", 0),
    SD_BUS_SIGNAL("StatusNotifierHostUnregistered", "", 0),
    SD_BUS_VTABLE_END};
const sd_bus_vtable kNonsense[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("IsStatusNotifierHostRegistered", "s", host_nonsense, 0, 0),
    SD_BUS_METHOD("RegisterStatusNotifierItem", "s", "", register_item, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END};

int on_signal(sd_bus_message* message, void* data, sd_bus_error*) {
  auto& panel = *static_cast<Panel*>(data);
  ++panel.signals[sd_bus_message_get_member(message)];
  ++panel.awaited[sd_bus_message_get_member(message)];
  return 0;
}

void process(Panel& panel) {
  int handled = 0;
  while ((handled = sd_bus_process(panel.bus, nullptr)) > 0) {
  }
  must(handled, "the bus");
}

template <class Condition>
void process_until(Panel& panel, Condition condition) {
  for (process(panel); !condition(); process(panel)) sd_bus_wait(panel.bus, UINT64_MAX);
}

std::string watch(Panel& panel, const std::string& host) {
  static sd_bus_slot* slot = nullptr;
  panel.host = host;
  panel.item.clear();
  slot = sd_bus_slot_unref(slot);
  must(sd_bus_add_object_vtable(panel.bus, &slot, kWatcherPath, kWatcher,
                                host == "nonsense" ? kNonsense : kTrue, &panel),
       "object");
  must(sd_bus_request_name(panel.bus, kWatcher,
                           SD_BUS_NAME_ALLOW_REPLACEMENT | SD_BUS_NAME_REPLACE_EXISTING),
       "name");
  return "ok";
}

int read_setting(sd_bus_message* call, void* data, sd_bus_error*) {
  const char *group = nullptr, *key = nullptr;
  must(sd_bus_message_read(call, "ss", &group, &key), "setting's name");
  const std::string& colors = static_cast<Panel*>(data)->colors;
  if (std::string(group) != "org.freedesktop.appearance" || std::string(key) != "color-scheme")
    return sd_bus_reply_method_errorf(call, "org.freedesktop.portal.Error.NotFound", "unknown");
  if (colors == "nonsense") return sd_bus_reply_method_return(call, "v", "s", "purple");
  return sd_bus_reply_method_return(call, "v", "v", "u", static_cast<unsigned>(std::stoul(colors)));
}

const sd_bus_vtable kColors[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Read", "ss", "v", read_setting, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("SettingChanged", "ssv", 0), SD_BUS_VTABLE_END};

std::string be_portal(Panel& panel, const std::string& colors) {
  const bool begins = panel.colors.empty();
  panel.colors = colors;
  if (begins) {
    static sd_bus_slot* slot = nullptr;
    slot = sd_bus_slot_unref(slot);
    must(sd_bus_add_object_vtable(panel.bus, &slot, kPortalPath, kPortalSettings, kColors, &panel),
         "portal");
    must(sd_bus_request_name(panel.bus, kPortal, 0), "portal's name");
    return "ok";
  }
  const bool nonsense = colors == "nonsense";
  must(nonsense ? sd_bus_emit_signal(panel.bus, kPortalPath, kPortalSettings, "SettingChanged",
                                     "ssv", "org.freedesktop.appearance", "color-scheme", "s", "x")
                : sd_bus_emit_signal(panel.bus, kPortalPath, kPortalSettings, "SettingChanged",
                                     "ssv", "org.freedesktop.appearance", "color-scheme", "u",
                                     static_cast<unsigned>(std::stoul(colors))),
       "setting changed");
  return "ok";
}

void append(sd_bus_message* call, const std::string& signature,
            const std::vector<std::string>& words) {
  for (std::size_t at = 0; at < signature.size(); ++at) {
    if (signature[at] == 'i')
      must(sd_bus_message_append(call, "i", static_cast<std::int32_t>(std::stoll(words.at(at)))),
           "number");
    if (signature[at] == 's') must(sd_bus_message_append(call, "s", words.at(at).c_str()), "text");
    if (signature[at] == 'v') must(sd_bus_message_append(call, "v", "s", "data"), "variant");
    if (signature[at] == 'u') must(sd_bus_message_append(call, "u", 7U), "stamp");
  }
}

// "ok", or the name of the error. `reply` may be null.
std::string send(Panel& panel, sd_bus_message* call, sd_bus_message** reply = nullptr) {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  const int result = sd_bus_call(panel.bus, call, 0, &error, reply);
  std::string outcome = result >= 0 ? "ok" : error.name != nullptr ? error.name : "lost";
  sd_bus_error_free(&error);
  sd_bus_message_unref(call);
  return outcome;
}

sd_bus_message* new_call(Panel& panel, const char* interface, const std::string& member) {
  sd_bus_message* call = nullptr;
  must(sd_bus_message_new_method_call(panel.bus, &call, panel.item.c_str(),
                                      interface == kMenu ? "/MenuBar" : kItemPath, interface,
                                      member.c_str()),
       "call");
  return call;
}

std::string call(Panel& panel, const char* interface, const std::vector<std::string>& words) {
  sd_bus_message* message = new_call(panel, interface, words.at(1));
  append(message, words.at(2), {words.begin() + 3, words.end()});
  return send(panel, message);
}

std::string pixmaps_text(sd_bus_message* reply) {
  std::string text;
  must(sd_bus_message_enter_container(reply, 'a', "(iiay)"), "pixmaps");
  while (sd_bus_message_enter_container(reply, 'r', "iiay") > 0) {
    std::int32_t width = 0, height = 0;
    const void* bytes = nullptr;
    std::size_t size = 0;
    must(sd_bus_message_read(reply, "ii", &width, &height), "size");
    must(sd_bus_message_read_array(reply, 'y', &bytes, &size), "pixels");
    text += (text.empty() ? "" : " ") + std::to_string(width) + "x" + std::to_string(height) + ":" +
            std::to_string(size);
    must(sd_bus_message_exit_container(reply), "end of pixmap");
  }
  return text;
}

std::string tool_tip_text(sd_bus_message* reply) {
  const char *title = nullptr, *text = nullptr;
  must(sd_bus_message_enter_container(reply, 'r', "sa(iiay)ss"), "tool tip");
  must(sd_bus_message_skip(reply, "sa(iiay)"), "icon of the tool tip");
  must(sd_bus_message_read(reply, "ss", &title, &text), "text");
  std::string line = std::string(title) + "|" + text;
  for (char& letter : line)
    if (letter == '\n') letter = ';';
  return line;
}

std::string value_text(sd_bus_message* reply, const std::string& type) {
  const char* text = nullptr;
  int number = 0;
  if (type == "s" || type == "o") {
    must(sd_bus_message_read_basic(reply, type[0], &text), "text");
    return text;
  }
  if (type == "a(iiay)") return pixmaps_text(reply);
  if (type == "(sa(iiay)ss)") return tool_tip_text(reply);
  must(sd_bus_message_read_basic(reply, type[0], &number), "number");
  return std::to_string(number);
}

std::string get(Panel& panel, const std::string& property) {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  sd_bus_message* reply = nullptr;
  sd_bus_message* message = nullptr;
  must(sd_bus_message_new_method_call(panel.bus, &message, panel.item.c_str(), kItemPath,
                                      "org.freedesktop.DBus.Properties", "Get"),
       "get");
  must(sd_bus_message_append(message, "ss", kItem, property.c_str()), "get");
  std::string outcome = send(panel, message, &reply);
  if (outcome != "ok") return outcome;
  char type = 0;
  const char* contents = nullptr;
  must(sd_bus_message_peek_type(reply, &type, &contents), "type");
  const std::string signature = contents;
  must(sd_bus_message_enter_container(reply, 'v', signature.c_str()), "value");
  std::string text = value_text(reply, signature);
  sd_bus_message_unref(reply);
  sd_bus_error_free(&error);
  return text;
}

// "label" of a menu entry, "-" for a separator, in parentheses if nobody can choose it.
std::string entry_text(sd_bus_message* reply) {
  std::string text;
  bool enabled = true;
  must(sd_bus_message_enter_container(reply, 'a', "{sv}"), "properties");
  while (sd_bus_message_enter_container(reply, 'e', "sv") > 0) {
    const char *name = nullptr, *value = nullptr;
    must(sd_bus_message_read(reply, "s", &name), "name");
    if (std::string(name) == "enabled") {
      int yes = 0;
      must(sd_bus_message_read(reply, "v", "b", &yes), "enabled");
      enabled = yes != 0;
    } else {
      must(sd_bus_message_read(reply, "v", "s", &value), "value");
      text = std::string(name) == "type" ? "-" : value;
    }
    must(sd_bus_message_exit_container(reply), "end of property");
  }
  must(sd_bus_message_exit_container(reply), "end of properties");
  return enabled ? text : "(" + text + ")";
}

std::string layout_text(sd_bus_message* reply) {
  std::string text;
  must(sd_bus_message_skip(reply, "u"), "revision");
  must(sd_bus_message_enter_container(reply, 'r', "ia{sv}av"), "root");
  must(sd_bus_message_skip(reply, "ia{sv}"), "root's properties");
  must(sd_bus_message_enter_container(reply, 'a', "v"), "children");
  while (sd_bus_message_enter_container(reply, 'v', "(ia{sv}av)") > 0) {
    std::int32_t id = 0;
    must(sd_bus_message_enter_container(reply, 'r', "ia{sv}av"), "child");
    must(sd_bus_message_read(reply, "i", &id), "id");
    text += (text.empty() ? "" : ";") + std::to_string(id) + "=" + entry_text(reply);
    must(sd_bus_message_skip(reply, "av"), "grandchildren");
    must(sd_bus_message_exit_container(reply), "end of child");
    must(sd_bus_message_exit_container(reply), "end of variant");
  }
  return text;
}

std::string layout(Panel& panel, std::int32_t of, bool as_text) {
  sd_bus_message* message = new_call(panel, kMenu, "GetLayout");
  must(sd_bus_message_append(message, "iias", of, -1, 0), "layout");
  sd_bus_message* reply = nullptr;
  std::string outcome = send(panel, message, &reply);
  if (outcome == "ok" && as_text) outcome = layout_text(reply);
  sd_bus_message_unref(reply);
  return outcome;
}

std::string about_to_show(Panel& panel, std::int32_t id) {
  sd_bus_message* message = new_call(panel, kMenu, "AboutToShow");
  must(sd_bus_message_append(message, "i", id), "id");
  sd_bus_message* reply = nullptr;
  std::string outcome = send(panel, message, &reply);
  int stale = 0;
  if (outcome == "ok") {
    must(sd_bus_message_read(reply, "b", &stale), "answer");
    outcome = stale != 0 ? "yes" : "no";
  }
  sd_bus_message_unref(reply);
  return outcome;
}

std::string events(Panel& panel, int count, std::int32_t id) {
  sd_bus_message* message = new_call(panel, kMenu, "EventGroup");
  must(sd_bus_message_open_container(message, 'a', "(isvu)"), "events");
  for (int at = 0; at < count; ++at)
    must(sd_bus_message_append(message, "(isvu)", id, "clicked", "i", 0, 0U), "event");
  must(sd_bus_message_close_container(message), "end of events");
  return send(panel, message);
}

std::string properties(Panel& panel, int count) {
  sd_bus_message* message = new_call(panel, kMenu, "GetGroupProperties");
  must(sd_bus_message_open_container(message, 'a', "i"), "ids");
  for (int at = 0; at < count; ++at) must(sd_bus_message_append(message, "i", at), "id");
  must(sd_bus_message_close_container(message), "end of ids");
  must(sd_bus_message_append(message, "as", 0), "names");
  return send(panel, message);
}

[[noreturn]] void shout(Panel& panel) {
  for (int at = 0; at < 100; ++at) {
    sd_bus_message* message = nullptr;
    must(sd_bus_message_new_method_call(panel.bus, &message, panel.item.c_str(), kItemPath,
                                        "org.freedesktop.DBus.Properties", "GetAll"),
         "get all");
    must(sd_bus_message_append(message, "s", kItem), "interface");
    must(sd_bus_send(panel.bus, message, nullptr), "shout");
    sd_bus_message_unref(message);
  }
  must(sd_bus_flush(panel.bus), "flush");
  std::cout << "ok" << std::endl;
  ::_exit(0);
}

std::string count_text(Panel& panel) {
  // What the item sent before it answers this has come by then.
  call(panel, kItem, {"", "ProvideXdgActivationToken", "s", "token"});
  process(panel);
  std::string text;
  for (const auto& [name, count] : panel.signals)
    text += (text.empty() ? "" : " ") + name + "=" + std::to_string(count);
  panel.signals.clear();
  panel.awaited.clear();
  return text.empty() ? "none" : text;
}

std::string obey(Panel& panel, const std::vector<std::string>& words) {
  const std::string& command = words.at(0);
  if (command == "watch") return watch(panel, words.at(1));
  if (command == "unwatch") return must(sd_bus_release_name(panel.bus, kWatcher), "release"), "ok";
  if (command == "host") {
    panel.host = words.at(1);
    must(sd_bus_emit_signal(panel.bus, kWatcherPath, kWatcher,
                            panel.host == "yes" ? "StatusNotifierHostRegistered"
                                                : "StatusNotifierHostUnregistered",
                            ""),
         "host");
    return "ok";
  }
  if (command == "item")
    return process_until(panel, [&] { return !panel.item.empty(); }), panel.item;
  if (command == "get") return get(panel, words.at(1));
  if (command == "call") return call(panel, kItem, words);
  if (command == "menu") return call(panel, kMenu, words);
  if (command == "layout") return layout(panel, 0, true);
  if (command == "layout-of") return layout(panel, std::stoi(words.at(1)), false);
  if (command == "about-to-show") return about_to_show(panel, std::stoi(words.at(1)));
  if (command == "events") return events(panel, std::stoi(words.at(1)), std::stoi(words.at(2)));
  if (command == "properties") return properties(panel, std::stoi(words.at(1)));
  if (command == "await") {
    process_until(panel, [&] { return panel.awaited[words.at(1)] > 0; });
    return panel.awaited[words.at(1)] = 0, "ok";
  }
  if (command == "signals") return count_text(panel);
  if (command == "lock") {
    must(sd_bus_emit_signal(panel.bus, "/ScreenSaver", "org.freedesktop.ScreenSaver",
                            "ActiveChanged", "b", words.at(1) == "1" ? 1 : 0),
         "lock");
    return "ok";
  }
  if (command == "colors") return be_portal(panel, words.at(1));
  if (command == "no-colors") {
    panel.colors.clear();
    return must(sd_bus_release_name(panel.bus, kPortal), "release"), "ok";
  }
  if (command == "shout") shout(panel);
  must(-1, command.c_str());
  return {};
}

// False at the end of input.
bool read_commands(Panel& panel) {
  return lull::support::obey_lines([&](const std::vector<std::string>& words) {
    std::string answer = obey(panel, words);
    must(sd_bus_flush(panel.bus), "flush");
    return answer;
  });
}

}  // namespace

int main() {
  Panel panel;
  must(sd_bus_open_user(&panel.bus), "session bus");
  for (const char* interface : {kItem, kMenu})
    must(sd_bus_match_signal(panel.bus, nullptr, nullptr, nullptr, interface, nullptr, on_signal,
                             &panel),
         "match");
  std::cout << "ok" << std::endl;
  for (;;) {
    process(panel);
    pollfd waits[2] = {{sd_bus_get_fd(panel.bus), POLLIN, 0}, {0, POLLIN, 0}};
    ::poll(waits, 2, -1);
    if (waits[1].revents != 0 && !read_commands(panel)) return 0;
  }
}
