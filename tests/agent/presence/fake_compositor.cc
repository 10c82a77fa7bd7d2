// SPDX-License-Identifier: MIT
// A Wayland compositor without a screen, that offers seats and ext-idle-notify-v1 as it is told on
// standard input, and answers each line with one:
//   lull_fake_compositor SOCKET [no-protocol|no-seat]
//   idle, resume           → how many notifications were told
//   timeouts               → the timeouts that were asked for, in milliseconds
//   seat, no-seat          → "ok": the one seat comes, or goes
// Its first line says that clients can come.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ext-idle-notify-v1-server-protocol.h>
#include <unistd.h>
#include <wayland-server.h>

namespace {

struct Notification {
  wl_resource* resource;
  std::uint32_t timeout;
  bool idle = false;
};

wl_display* g_display = nullptr;
wl_global* g_seat = nullptr;
std::vector<Notification> g_notifications;
std::string g_input;

void destroy(wl_client*, wl_resource* resource) { wl_resource_destroy(resource); }

const struct ext_idle_notification_v1_interface kNotification = {.destroy = destroy};

void forget(wl_resource* resource) {
  std::erase_if(g_notifications, [&](const Notification& one) { return one.resource == resource; });
}

void get_notification(wl_client* client, wl_resource*, std::uint32_t id, std::uint32_t timeout,
                      wl_resource*) {
  wl_resource* const made = wl_resource_create(client, &ext_idle_notification_v1_interface, 1, id);
  wl_resource_set_implementation(made, &kNotification, nullptr, forget);
  g_notifications.push_back({made, timeout});
}

// (Newer texts of the protocol have more requests than version 1, which is what is offered.)
struct ext_idle_notifier_v1_interface make_notifier() {
  struct ext_idle_notifier_v1_interface requests {};
  requests.destroy = destroy;
  requests.get_idle_notification = get_notification;
  return requests;
}
const struct ext_idle_notifier_v1_interface kNotifier = make_notifier();

void bind_notifier(wl_client* client, void*, std::uint32_t version, std::uint32_t id) {
  wl_resource* const made =
      wl_resource_create(client, &ext_idle_notifier_v1_interface, static_cast<int>(version), id);
  wl_resource_set_implementation(made, &kNotifier, nullptr, nullptr);
}

// Nothing is ever asked of it but to be there.
void bind_seat(wl_client* client, void*, std::uint32_t version, std::uint32_t id) {
  wl_resource* const made =
      wl_resource_create(client, &wl_seat_interface, static_cast<int>(version), id);
  static const struct wl_seat_interface kSeat = {};
  wl_resource_set_implementation(made, &kSeat, nullptr, nullptr);
}

void set_seat(bool there) {
  if (there && g_seat == nullptr)
    g_seat = wl_global_create(g_display, &wl_seat_interface, 1, nullptr, bind_seat);
  if (!there && g_seat != nullptr) wl_global_destroy(std::exchange(g_seat, nullptr));
}

std::string tell(bool idle) {
  std::size_t told = 0;
  for (Notification& one : g_notifications) {
    if (std::exchange(one.idle, idle) == idle) continue;
    if (idle)
      ext_idle_notification_v1_send_idled(one.resource);
    else
      ext_idle_notification_v1_send_resumed(one.resource);
    ++told;
  }
  return std::to_string(told);
}

std::string answer(std::string_view line) {
  if (line == "idle" || line == "resume") return tell(line == "idle");
  if (line == "seat" || line == "no-seat") {
    set_seat(line == "seat");
    return "ok";
  }
  std::string timeouts;
  for (const Notification& one : g_notifications) timeouts += std::to_string(one.timeout) + " ";
  return timeouts;
}

int take_input(int fd, std::uint32_t, void*) {
  std::array<char, 256> bytes{};
  const ssize_t length = ::read(fd, bytes.data(), bytes.size());
  if (length <= 0) {
    wl_display_terminate(g_display);
    return 0;
  }
  g_input.append(bytes.data(), static_cast<std::size_t>(length));
  for (std::size_t end = 0; (end = g_input.find('\n')) != std::string::npos;) {
    const std::string said = answer(std::string_view(g_input).substr(0, end));
    g_input.erase(0, end + 1);
    wl_display_flush_clients(g_display);
    std::puts(said.c_str());
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc > 2 ? argv[2] : "";
  g_display = wl_display_create();
  if (argc < 2 || wl_display_add_socket(g_display, argv[1]) != 0) return 1;
  if (kind != "no-protocol")
    wl_global_create(g_display, &ext_idle_notifier_v1_interface, 1, nullptr, bind_notifier);
  set_seat(kind != "no-seat");
  wl_event_loop_add_fd(wl_display_get_event_loop(g_display), STDIN_FILENO, WL_EVENT_READABLE,
                       take_input, nullptr);
  std::puts("ready");
  std::fflush(stdout);
  wl_display_run(g_display);
  wl_display_destroy_clients(g_display);
  wl_display_destroy(g_display);
}
