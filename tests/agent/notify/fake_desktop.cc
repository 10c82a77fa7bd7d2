// SPDX-License-Identifier: MIT
//
// A desktop that shows notifications, on the session bus. Its arguments are what it can do
// ("actions", "body-markup"), or first of them how it behaves: "nonsense" answers everything with
// other types, "refusing" shows nothing and says so, "silent" never says. Says "ok" when it is on
// the bus, and then obeys lines with words separated by tabs, each answered with a line:
//
//   await            waits for a notification: "id|replaces|title|body|key=label,…|timeout"
//   invoke ID KEY    a person presses the button
//   close ID         the notification goes
//   count            how many there were
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <poll.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

namespace {

constexpr const char* kName = "org.freedesktop.Notifications";
constexpr const char* kPath = "/org/freedesktop/Notifications";

struct Desktop {
  sd_bus* bus = nullptr;
  std::vector<std::string> abilities;
  std::string manner;
  std::uint32_t last_id = 0;
  int count = 0;
  std::deque<std::string> shown;
};

void must(int result, const char* what) {
  if (result >= 0) return;
  std::cerr << "fake desktop: " << what << ": " << -result << '\n';
  std::exit(1);
}

int get_capabilities(sd_bus_message* call, void* data, sd_bus_error*) {
  sd_bus_message* reply = nullptr;
  must(sd_bus_message_new_method_return(call, &reply), "reply");
  must(sd_bus_message_open_container(reply, 'a', "s"), "array");
  for (const std::string& one : static_cast<Desktop*>(data)->abilities)
    must(sd_bus_message_append(reply, "s", one.c_str()), "ability");
  must(sd_bus_message_close_container(reply), "end of array");
  const int sent = sd_bus_send(nullptr, reply, nullptr);
  sd_bus_message_unref(reply);
  return sent;
}

std::string read_actions(sd_bus_message* call) {
  std::string text;
  const char *key = nullptr, *label = nullptr;
  must(sd_bus_message_enter_container(call, 'a', "s"), "actions");
  while (sd_bus_message_read(call, "ss", &key, &label) > 0)
    text += (text.empty() ? "" : ",") + std::string(key) + "=" + label;
  must(sd_bus_message_exit_container(call), "end of actions");
  return text;
}

int notify(sd_bus_message* call, void* data, sd_bus_error*) {
  auto& desktop = *static_cast<Desktop*>(data);
  const char *program = nullptr, *icon = nullptr, *title = nullptr, *body = nullptr;
  std::uint32_t replaces = 0;
  std::int32_t timeout = 0;
  must(sd_bus_message_read(call, "susss", &program, &replaces, &icon, &title, &body), "notice");
  const std::string actions = read_actions(call);
  must(sd_bus_message_skip(call, "a{sv}"), "hints");
  must(sd_bus_message_read(call, "i", &timeout), "timeout");
  const std::uint32_t id = replaces != 0 ? replaces : ++desktop.last_id;
  std::ostringstream line;
  line << id << '|' << replaces << '|' << title << '|' << body << '|' << actions << '|' << timeout;
  desktop.shown.push_back(line.str());
  ++desktop.count;
  if (desktop.manner == "silent") return 1;
  if (desktop.manner == "refusing") return -EACCES;
  return sd_bus_reply_method_return(call, "u", id);
}

int nonsense(sd_bus_message* call, void*, sd_bus_error*) {
  return sd_bus_reply_method_return(call, "d", 1.5);
}

const sd_bus_vtable kVtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("GetCapabilities", "", "as", get_capabilities, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Notify", "susssasa{sv}i", "u", notify, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END};
const sd_bus_vtable kNonsense[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("GetCapabilities", "", "d", nonsense, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Notify", "susssasa{sv}i", "d", nonsense, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END};

void process(Desktop& desktop) {
  while (sd_bus_process(desktop.bus, nullptr) > 0) {
  }
}

std::string obey(Desktop& desktop, std::istringstream words) {
  std::string command, id, key;
  std::getline(words, command, '\t');
  std::getline(words, id, '\t');
  std::getline(words, key, '\t');
  if (command == "await") {
    for (process(desktop); desktop.shown.empty(); process(desktop))
      sd_bus_wait(desktop.bus, UINT64_MAX);
    std::string line = desktop.shown.front();
    desktop.shown.pop_front();
    return line;
  }
  if (command == "count") return std::to_string(desktop.count);
  const auto number = static_cast<std::uint32_t>(std::stoul(id));
  if (command == "invoke")
    must(sd_bus_emit_signal(desktop.bus, kPath, kName, "ActionInvoked", "us", number, key.c_str()),
         "invoke");
  if (command == "close")
    must(sd_bus_emit_signal(desktop.bus, kPath, kName, "NotificationClosed", "uu", number, 2U),
         "close");
  must(sd_bus_flush(desktop.bus), "flush");
  return "ok";
}

}  // namespace

int main(int argc, char** argv) {
  Desktop desktop;
  desktop.abilities.assign(argv + 1, argv + argc);
  if (!desktop.abilities.empty()) desktop.manner = desktop.abilities.front();
  const bool sane = desktop.manner != "nonsense";
  must(sd_bus_open_user(&desktop.bus), "session bus");
  must(sd_bus_add_object_vtable(desktop.bus, nullptr, kPath, kName, sane ? kVtable : kNonsense,
                                &desktop),
       "object");
  must(sd_bus_request_name(desktop.bus, kName, 0), "name");
  std::cout << "ok" << std::endl;
  for (;;) {
    process(desktop);
    pollfd waits[2] = {{sd_bus_get_fd(desktop.bus), POLLIN, 0}, {0, POLLIN, 0}};
    ::poll(waits, 2, -1);
    if (waits[1].revents == 0) continue;
    std::string line;
    for (char letter = 0; letter != '\n'; line += letter)
      if (::read(0, &letter, 1) != 1) return 0;
    line.pop_back();
    std::cout << obey(desktop, std::istringstream(line)) << std::endl;
  }
}
