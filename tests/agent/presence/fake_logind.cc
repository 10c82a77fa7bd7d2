// SPDX-License-Identifier: MIT
//
// A logind that says what it is told on standard input, one command a line with words separated by
// tabs, each answered with "ok" once it has been sent:
//
//   idle HINT USEC                 sets IdleHint and IdleSinceHintMonotonic and says so
//   quietly HINT USEC              sets them and only says that they are no longer what they were
//   inhibit WHAT WHO WHY MODE      adds an inhibitor
//   release WHO                    takes it away again
//   sleep BEGINS                   says PrepareForSleep
//   lock HINT                      sets LockedHint of a session and says so
//   garbage                        says the properties with wrong types
//   flood COUNT                    says COUNT changes in a row; the last one is "idle since 1 s"
//
// With --impostor it does not take logind's name.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>
#include <systemd/sd-bus.h>

#include "tests/support/command_lines.h"

namespace {

constexpr const char* kPath = "/org/freedesktop/login1";
constexpr const char* kManager = "org.freedesktop.login1.Manager";
constexpr const char* kSessionPath = "/org/freedesktop/login1/session/_32";
constexpr const char* kAutoPath = "/org/freedesktop/login1/session/auto";
constexpr const char* kSession = "org.freedesktop.login1.Session";
constexpr const char* kProperties = "org.freedesktop.DBus.Properties";

struct Inhibitor {
  std::string what, who, why, mode;
};

struct Logind {
  sd_bus* bus = nullptr;
  bool idle = false, sleeping = false, locked = false;
  std::uint64_t since_us = 0;
  std::vector<Inhibitor> inhibitors;
};

void must(int result, const char* what) {
  if (result >= 0) return;
  std::cerr << "fake logind: " << what << ": " << -result << '\n';
  std::exit(1);
}

std::string block_inhibited(const Logind& logind) {
  std::string all;
  for (const Inhibitor& inhibitor : logind.inhibitors)
    if (inhibitor.mode == "block") all += (all.empty() ? "" : ":") + inhibitor.what;
  return all;
}

int get_property(sd_bus*, const char*, const char*, const char* name, sd_bus_message* reply,
                 void* data, sd_bus_error*) {
  const auto& logind = *static_cast<Logind*>(data);
  const std::string_view property = name;
  if (property == "IdleHint") return sd_bus_message_append(reply, "b", logind.idle ? 1 : 0);
  if (property == "LockedHint") return sd_bus_message_append(reply, "b", logind.locked ? 1 : 0);
  if (property == "PreparingForSleep")
    return sd_bus_message_append(reply, "b", logind.sleeping ? 1 : 0);
  if (property == "IdleSinceHintMonotonic")
    return sd_bus_message_append(reply, "t", logind.since_us);
  return sd_bus_message_append(reply, "s", block_inhibited(logind).c_str());
}

int list_inhibitors(sd_bus_message* call, void* data, sd_bus_error*) {
  const auto& logind = *static_cast<Logind*>(data);
  sd_bus_message* reply = nullptr;
  must(sd_bus_message_new_method_return(call, &reply), "reply");
  must(sd_bus_message_open_container(reply, 'a', "(ssssuu)"), "array");
  for (const Inhibitor& one : logind.inhibitors)
    must(sd_bus_message_append(reply, "(ssssuu)", one.what.c_str(), one.who.c_str(),
                               one.why.c_str(), one.mode.c_str(), 1000U, 1U),
         "row");
  must(sd_bus_message_close_container(reply), "end of array");
  const int sent = sd_bus_send(nullptr, reply, nullptr);
  sd_bus_message_unref(reply);
  return sent;
}

const sd_bus_vtable kVtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("IdleHint", "b", get_property, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
    SD_BUS_PROPERTY("IdleSinceHintMonotonic", "t", get_property, 0,
                    SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
    SD_BUS_PROPERTY("BlockInhibited", "s", get_property, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
    SD_BUS_PROPERTY("PreparingForSleep", "b", get_property, 0, 0),
    SD_BUS_SIGNAL("PrepareForSleep", "b", 0),
    SD_BUS_METHOD("ListInhibitors", "", "a(ssssuu)", list_inhibitors, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END};

const sd_bus_vtable kSessionTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("LockedHint", "b", get_property, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
    SD_BUS_VTABLE_END};

void say_idle(const Logind& logind) {
  must(sd_bus_emit_properties_changed(logind.bus, kPath, kManager, "IdleHint",
                                      "IdleSinceHintMonotonic", nullptr),
       "idle");
}

void say_inhibited(const Logind& logind) {
  must(sd_bus_emit_properties_changed(logind.bus, kPath, kManager, "BlockInhibited", nullptr),
       "inhibited");
}

// Signature and values of the signal's dictionary as sd_bus_message_append() takes them.
template <class... Values>
void say_raw(const Logind& logind, const char* signature, Values... values) {
  must(sd_bus_emit_signal(logind.bus, kPath, kProperties, "PropertiesChanged", signature, kManager,
                          values...),
       "raw signal");
}

void flood(Logind& logind, int count) {
  for (int at = 1; at <= count; ++at) {
    logind.idle = at == count || at % 2 == 0;
    logind.since_us = at == count ? 1000000 : 2000000;
    say_idle(logind);
  }
}

void obey(Logind& logind, const std::vector<std::string>& words) {
  const std::string& command = words.at(0);
  if (command == "idle" || command == "quietly") {
    logind.idle = words.at(1) == "1";
    logind.since_us = std::stoull(words.at(2));
    if (command == "idle") {
      say_idle(logind);
    } else {
      say_raw(logind, "sa{sv}as", 0, 2, "IdleHint", "IdleSinceHintMonotonic");
    }
  } else if (command == "inhibit") {
    logind.inhibitors.push_back({words.at(1), words.at(2), words.at(3), words.at(4)});
    say_inhibited(logind);
  } else if (command == "release") {
    std::erase_if(logind.inhibitors, [&](const Inhibitor& one) { return one.who == words.at(1); });
    say_inhibited(logind);
  } else if (command == "sleep") {
    logind.sleeping = words.at(1) == "1";
    must(sd_bus_emit_signal(logind.bus, kPath, kManager, "PrepareForSleep", "b",
                            logind.sleeping ? 1 : 0),
         "sleep");
  } else if (command == "lock") {
    logind.locked = words.at(1) == "1";
    // As logind does: from the session's own path.
    must(sd_bus_emit_properties_changed(logind.bus, kSessionPath, kSession, "LockedHint", nullptr),
         "lock");
  } else if (command == "garbage") {
    say_raw(logind, "sa{sv}as", 3, "IdleHint", "s", "yes", "IdleSinceHintMonotonic", "i", -1,
            "BlockInhibited", "as", 1, "idle", 1, "");
    say_raw(logind, "s");               // arguments are missing
    say_raw(logind, "sv", "u", 7U);     // and here they are others
    say_raw(logind, "sa{sv}as", 0, 0);  // nothing at all
  } else if (command == "flood") {
    flood(logind, std::stoi(words.at(1)));
  } else {
    must(-1, command.c_str());
  }
  must(sd_bus_flush(logind.bus), "flush");
}

// False at the end of input.
bool read_commands(Logind& logind) {
  return lull::support::obey_lines([&](const std::vector<std::string>& words) {
    obey(logind, words);
    return "ok";
  });
}

void serve(Logind& logind) {
  while (true) {
    int handled = 0;
    while ((handled = sd_bus_process(logind.bus, nullptr)) > 0) {
    }
    if (handled < 0) return;
    pollfd fds[] = {{0, POLLIN, 0}, {sd_bus_get_fd(logind.bus), POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0) return;
    if ((fds[0].revents & (POLLIN | POLLHUP)) != 0 && !read_commands(logind)) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  Logind logind;
  must(sd_bus_open_system(&logind.bus), "no bus");
  must(sd_bus_add_object_vtable(logind.bus, nullptr, kPath, kManager, kVtable, &logind), "vtable");
  for (const char* path : {kSessionPath, kAutoPath})
    must(sd_bus_add_object_vtable(logind.bus, nullptr, path, kSession, kSessionTable, &logind),
         "session");
  if (argc < 2 || std::string_view(argv[1]) != "--impostor")
    must(sd_bus_request_name(logind.bus, "org.freedesktop.login1", 0), "name");
  std::cout << "ok" << std::endl;
  serve(logind);
  sd_bus_flush_close_unref(logind.bus);
}
