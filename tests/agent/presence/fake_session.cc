// SPDX-License-Identifier: MIT
//
// A desktop's session on the session bus: GNOME's session manager ("gnome"), Plasma's power
// management ("plasma") or Xfce's ("xfce"), as its argument says. Says "ok" when it is there, and
// obeys lines with words separated by tabs, each answered with "ok":
//
//   add NUMBER WHO WHY FLAGS    adds an inhibitor (for Plasma, FLAGS is 0 or 4; Xfce has none)
//   remove NUMBER
//   mute, mute list             answers nothing any more; only its list does not come
//   nonsense, nonsense list     answers with other types; both pairs, said again, end that
//   nudge                       says that something has changed
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <poll.h>
#include <systemd/sd-bus.h>

#include "tests/support/command_lines.h"

namespace {

constexpr const char* kGnome = "org.gnome.SessionManager";
constexpr const char* kGnomePath = "/org/gnome/SessionManager";
constexpr const char* kGnomeInhibitor = "org.gnome.SessionManager.Inhibitor";
constexpr const char* kPlasma = "org.kde.Solid.PowerManagement.PolicyAgent";
constexpr const char* kPlasmaPath = "/org/kde/Solid/PowerManagement/PolicyAgent";
constexpr const char* kXfce = "org.freedesktop.PowerManagement";
constexpr const char* kXfceInhibit = "org.freedesktop.PowerManagement.Inhibit";
constexpr const char* kXfcePath = "/org/freedesktop/PowerManagement/Inhibit";

void must(int result, const char* what) {
  if (result >= 0) return;
  std::cerr << "fake session: " << what << ": " << -result << '\n';
  std::exit(1);
}

struct Inhibitor {
  std::string who, why;
  std::uint32_t flags = 0;
  sd_bus_slot* slot = nullptr;
};

struct Session {
  sd_bus* bus = nullptr;
  bool plasma = false, xfce = false;
  bool mute = false, nonsense = false, mute_list = false, nonsense_list = false;
  std::map<std::string, Inhibitor> inhibitors;
};

std::string path_of(const std::string& number) {
  return std::string(kGnomePath) + "/Inhibitor" + number;
}

// The reply as sd_bus_message_append() takes it.
template <class... Values>
int answer(const Session& session, sd_bus_message* call, const char* types, Values... values) {
  if (session.mute) return 1;
  if (session.nonsense) return sd_bus_reply_method_return(call, "d", 1.5);
  return sd_bus_reply_method_return(call, types, values...);
}

int list(sd_bus_message* call, void* data, sd_bus_error*) {
  auto& session = *static_cast<Session*>(data);
  if (session.mute || session.mute_list) return 1;
  if (session.nonsense || session.nonsense_list) return sd_bus_reply_method_return(call, "d", 1.5);
  sd_bus_message* reply = nullptr;
  must(sd_bus_message_new_method_return(call, &reply), "reply");
  const char* row = session.plasma ? "(ss)" : session.xfce ? "s" : "o";
  must(sd_bus_message_open_container(reply, 'a', row), "array");
  for (const auto& [number, one] : session.inhibitors)
    must(session.plasma ? sd_bus_message_append(reply, row, one.who.c_str(), one.why.c_str())
         : session.xfce ? sd_bus_message_append(reply, row, one.who.c_str())
                        : sd_bus_message_append(reply, row, path_of(number).c_str()),
         "row");
  must(sd_bus_message_close_container(reply), "end of array");
  const int sent = sd_bus_send(nullptr, reply, nullptr);
  sd_bus_message_unref(reply);
  return sent;
}

int has_inhibition(sd_bus_message* call, void* data, sd_bus_error*) {
  const auto& session = *static_cast<Session*>(data);
  std::uint32_t asked = 0;
  must(sd_bus_message_read(call, "u", &asked), "types");
  bool found = false;
  for (const auto& [number, one] : session.inhibitors) found = found || (one.flags & asked) != 0;
  return answer(session, call, "b", found ? 1 : 0);
}

int has_inhibit(sd_bus_message* call, void* data, sd_bus_error*) {
  const auto& session = *static_cast<Session*>(data);
  return answer(session, call, "b", session.inhibitors.empty() ? 0 : 1);
}

Session* the_session = nullptr;  // an inhibitor's object knows only itself

int get_flags(sd_bus_message* call, void* data, sd_bus_error*) {
  return answer(*the_session, call, "u", static_cast<Inhibitor*>(data)->flags);
}

int get_app_id(sd_bus_message* call, void* data, sd_bus_error*) {
  return answer(*the_session, call, "s", static_cast<Inhibitor*>(data)->who.c_str());
}

const sd_bus_vtable kGnomeTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("IsInhibited", "u", "b", has_inhibition, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("GetInhibitors", "", "ao", list, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("InhibitorAdded", "o", 0),
    SD_BUS_SIGNAL("InhibitorRemoved", "o", 0),
    SD_BUS_VTABLE_END};
const sd_bus_vtable kInhibitorTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("GetFlags", "", "u", get_flags, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("GetAppId", "", "s", get_app_id, SD_BUS_VTABLE_UNPRIVILEGED), SD_BUS_VTABLE_END};
const sd_bus_vtable kPlasmaTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("HasInhibition", "u", "b", has_inhibition, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("ListInhibitions", "", "a(ss)", list, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("InhibitionsChanged", "a(ss)as", 0), SD_BUS_VTABLE_END};
const sd_bus_vtable kXfceTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("HasInhibit", "", "b", has_inhibit, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("GetInhibitors", "", "as", list, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("HasInhibitChanged", "b", 0), SD_BUS_VTABLE_END};

struct Desktop {
  const char *name, *path, *interface;
  const sd_bus_vtable* table;
};
Desktop desktop_of(const Session& session) {
  if (session.xfce) return {kXfce, kXfcePath, kXfceInhibit, kXfceTable};
  if (session.plasma) return {kPlasma, kPlasmaPath, kPlasma, kPlasmaTable};
  return {kGnome, kGnomePath, kGnome, kGnomeTable};
}

void say_changed(const Session& session, const char* signal, const std::string& number) {
  must(session.xfce ? sd_bus_emit_signal(session.bus, kXfcePath, kXfceInhibit, "HasInhibitChanged",
                                         "b", !session.inhibitors.empty())
       : session.plasma ? sd_bus_emit_signal(session.bus, kPlasmaPath, kPlasma,
                                             "InhibitionsChanged", "a(ss)as", 0, 0)
                        : sd_bus_emit_signal(session.bus, kGnomePath, kGnome, signal, "o",
                                             path_of(number).c_str()),
       "signal");
}

std::string obey(Session& session, const std::vector<std::string>& words) {
  const std::string& command = words.at(0);
  if (command == "add") {
    Inhibitor& one = session.inhibitors[words.at(1)];
    one.who = words.at(2);
    one.why = words.at(3);
    one.flags = static_cast<std::uint32_t>(std::stoul(words.at(4)));
    must(sd_bus_add_object_vtable(session.bus, &one.slot, path_of(words.at(1)).c_str(),
                                  kGnomeInhibitor, kInhibitorTable, &one),
         "inhibitor");
    say_changed(session, "InhibitorAdded", words.at(1));
  } else if (command == "remove") {
    sd_bus_slot_unref(session.inhibitors.at(words.at(1)).slot);
    session.inhibitors.erase(words.at(1));
    say_changed(session, "InhibitorRemoved", words.at(1));
  } else if (command == "nudge") {
    say_changed(session, "InhibitorAdded", "0");
  } else {
    const std::map<std::string, bool*> switches{{"mute", &session.mute},
                                                {"nonsense", &session.nonsense},
                                                {"mute list", &session.mute_list},
                                                {"nonsense list", &session.nonsense_list}};
    bool& that = *switches.at(command);
    that = !that;
  }
  must(sd_bus_flush(session.bus), "flush");
  return "ok";
}

}  // namespace

int main(int, char** argv) {
  static Session session;  // an inhibitor's object finds it by its address
  the_session = &session;
  session.plasma = std::string(argv[1]) == "plasma";
  session.xfce = std::string(argv[1]) == "xfce";
  const Desktop desktop = desktop_of(session);
  must(sd_bus_open_user(&session.bus), "no bus");
  must(sd_bus_add_object_vtable(session.bus, nullptr, desktop.path, desktop.interface,
                                desktop.table, &session),
       "vtable");
  must(sd_bus_request_name(session.bus, desktop.name, 0), "name");
  std::cout << "ok" << std::endl;
  while (true) {
    int handled = 0;
    while ((handled = sd_bus_process(session.bus, nullptr)) > 0) {
    }
    if (handled < 0) return 0;
    pollfd fds[] = {{0, POLLIN, 0}, {sd_bus_get_fd(session.bus), POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0) return 0;
    const bool told = (fds[0].revents & (POLLIN | POLLHUP)) != 0;
    if (told && !lull::support::obey_lines(
                    [&](const std::vector<std::string>& words) { return obey(session, words); }))
      return 0;
  }
}
