// SPDX-License-Identifier: MIT
//
// A watcher of status items on the session bus. Its only argument says what it answers when asked
// whether a host is registered: "yes", "no", or "nonsense" (a text instead of a yes or no). Says
// "ok" when it is on the bus; ends with its standard input.
#include <cstdlib>
#include <iostream>
#include <string_view>

#include <poll.h>
#include <systemd/sd-bus.h>

namespace {

void must(int result, const char* what) {
  if (result >= 0) return;
  std::cerr << "fake watcher: " << what << ": " << -result << '\n';
  std::exit(1);
}

int answer_truly(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void* data,
                 sd_bus_error*) {
  const std::string_view answer = static_cast<const char*>(data);
  return sd_bus_message_append(reply, "b", answer == "yes" ? 1 : 0);
}

int answer_nonsense(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*,
                    sd_bus_error*) {
  return sd_bus_message_append(reply, "s", "yes");
}

const sd_bus_vtable kTrue[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("IsStatusNotifierHostRegistered", "b", answer_truly, 0, 0), SD_BUS_VTABLE_END};
const sd_bus_vtable kNonsense[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("IsStatusNotifierHostRegistered", "s", answer_nonsense, 0, 0),
    SD_BUS_VTABLE_END};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  constexpr const char* kName = "org.kde.StatusNotifierWatcher";
  const sd_bus_vtable* table = std::string_view(argv[1]) == "nonsense" ? kNonsense : kTrue;
  sd_bus* bus = nullptr;
  must(sd_bus_open_user(&bus), "session bus");
  must(sd_bus_add_object_vtable(bus, nullptr, "/StatusNotifierWatcher", kName, table, argv[1]),
       "object");
  must(sd_bus_request_name(bus, kName, 0), "name");
  std::cout << "ok" << std::endl;
  for (;;) {
    while (sd_bus_process(bus, nullptr) > 0) {
    }
    pollfd waits[2] = {{sd_bus_get_fd(bus), POLLIN, 0}, {0, POLLIN, 0}};
    ::poll(waits, 2, -1);
    if (waits[1].revents != 0) return 0;
  }
}
