// SPDX-License-Identifier: MIT
// lull-wayland-presence: how long nobody has touched the seats of a Wayland compositor, by
// ext-idle-notify-v1. For every line on standard input it answers one (x11_reply.h); it ends at the
// end of input, when the compositor goes, and at once where that has no such protocol or no seat.
//
// A compositor says that a seat has been idle for a time from when it was asked to say so, and that
// it is not any more. So what is told is true from this program's start on: until a seat has been
// idle for kNotice it counts as in use, and while nobody touches anything nothing wakes up here.
//
// A program of its own so that the agent maps no Wayland, and is not ended by a compositor that is.
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ext-idle-notify-v1-client-protocol.h>
#include <poll.h>
#include <unistd.h>
#include <wayland-client.h>

#include "agent/presence/x11_reply.h"
#include "core/base/write_all.h"

namespace {

using Clock = std::chrono::steady_clock;

// Shorter pauses than that are not told apart from being at it: each would wake this program twice.
constexpr std::chrono::milliseconds kNotice{2000};
constexpr std::size_t kLongestQuestion = 64;
// Versions of the protocol are compatible; this is what is used of them.
constexpr std::uint32_t kNotifierVersion = 1, kSeatVersion = 1;

struct Seat {
  std::uint32_t name = 0;  // of the global
  wl_seat* seat = nullptr;
  ext_idle_notification_v1* notification = nullptr;
  std::optional<Clock::time_point> idle_since;
};

class Compositor {
 public:
  Compositor() : display_(wl_display_connect(nullptr)) {
    if (display_ == nullptr) return;
    registry_ = wl_display_get_registry(display_);
    wl_registry_add_listener(registry_, &kRegistryListener, this);
    if (wl_display_roundtrip(display_) < 0) return;  // the globals
    is_good_ = notifier_ != nullptr && !seats_.empty();
  }
  ~Compositor() {
    if (display_ == nullptr) return;
    while (!seats_.empty()) drop(seats_.back()->name);
    if (notifier_ != nullptr) ext_idle_notifier_v1_destroy(notifier_);
    wl_registry_destroy(registry_);
    wl_display_disconnect(display_);
  }
  Compositor(const Compositor&) = delete;
  Compositor& operator=(const Compositor&) = delete;

  // There, and one that tells.
  bool is_good() const { return is_good_; }

  // Waits until there is input, and takes what the compositor says meanwhile; false once it is
  // gone.
  bool wait_for_input() {
    for (;;) {
      while (wl_display_prepare_read(display_) != 0)
        if (wl_display_dispatch_pending(display_) < 0) return false;
      if (wl_display_flush(display_) < 0 && errno != EAGAIN) return cancel();
      std::array<pollfd, 2> ready{pollfd{STDIN_FILENO, POLLIN, 0},
                                  pollfd{wl_display_get_fd(display_), POLLIN, 0}};
      if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return cancel();
      if (ready[1].revents == 0) {
        cancel();
      } else if (wl_display_read_events(display_) < 0) {
        return false;
      }
      if (wl_display_dispatch_pending(display_) < 0) return false;
      if (ready[0].revents != 0) return true;
    }
  }

  // What the compositor has said until now counts: it is asked to answer something. False: it is
  // gone.
  bool catch_up() { return wl_display_roundtrip(display_) >= 0; }

  // Since somebody touched any of the seats; nullopt: there are none any more.
  std::optional<std::chrono::milliseconds> idle() const {
    if (seats_.empty()) return std::nullopt;
    Clock::time_point last{};
    for (const auto& seat : seats_) {
      if (!seat->idle_since) return std::chrono::milliseconds(0);
      last = std::max(last, *seat->idle_since);
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - last);
  }

 private:
  bool cancel() {
    wl_display_cancel_read(display_);
    return false;
  }

  void found(std::uint32_t name, std::string_view interface) {
    if (interface == ext_idle_notifier_v1_interface.name && notifier_ == nullptr) {
      notifier_ = static_cast<ext_idle_notifier_v1*>(
          wl_registry_bind(registry_, name, &ext_idle_notifier_v1_interface, kNotifierVersion));
      for (const auto& seat : seats_) listen_to(*seat);
    } else if (interface == wl_seat_interface.name) {
      auto& seat = *seats_.emplace_back(std::make_unique<Seat>());
      seat.name = name;
      seat.seat = static_cast<wl_seat*>(
          wl_registry_bind(registry_, name, &wl_seat_interface, kSeatVersion));
      listen_to(seat);
    }
  }

  void listen_to(Seat& seat) {
    if (notifier_ == nullptr) return;
    seat.notification = ext_idle_notifier_v1_get_idle_notification(
        notifier_, static_cast<std::uint32_t>(kNotice.count()), seat.seat);
    ext_idle_notification_v1_add_listener(seat.notification, &kSeatListener, &seat);
  }

  void drop(std::uint32_t name) {
    const auto gone = std::find_if(seats_.begin(), seats_.end(),
                                   [&](const auto& seat) { return seat->name == name; });
    if (gone == seats_.end()) return;
    if ((*gone)->notification != nullptr) ext_idle_notification_v1_destroy((*gone)->notification);
    wl_seat_destroy((*gone)->seat);
    seats_.erase(gone);
  }

  static void on_global(void* self, wl_registry*, std::uint32_t name, const char* interface,
                        std::uint32_t) {
    static_cast<Compositor*>(self)->found(name, interface);
  }
  static void on_global_remove(void* self, wl_registry*, std::uint32_t name) {
    static_cast<Compositor*>(self)->drop(name);
  }
  static void on_idled(void* seat, ext_idle_notification_v1*) {
    static_cast<Seat*>(seat)->idle_since = Clock::now() - kNotice;
  }
  static void on_resumed(void* seat, ext_idle_notification_v1*) {
    static_cast<Seat*>(seat)->idle_since.reset();
  }
  static const wl_registry_listener kRegistryListener;
  static const ext_idle_notification_v1_listener kSeatListener;

  wl_display* display_;
  wl_registry* registry_ = nullptr;
  ext_idle_notifier_v1* notifier_ = nullptr;
  std::vector<std::unique_ptr<Seat>> seats_;  // their addresses are told to the library
  bool is_good_ = false;
};

const wl_registry_listener Compositor::kRegistryListener = {.global = on_global,
                                                            .global_remove = on_global_remove};
const ext_idle_notification_v1_listener Compositor::kSeatListener = {.idled = on_idled,
                                                                     .resumed = on_resumed};

// More of what has come; false at the end of it.
bool read_questions(std::string& pending) {
  std::array<char, 64> bytes{};
  const ssize_t length = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  if (length <= 0) return false;
  pending.append(bytes.data(), static_cast<std::size_t>(length));
  return pending.size() <= kLongestQuestion || pending.find('\n') != std::string::npos;
}

}  // namespace

int main() {
  Compositor compositor;
  if (!compositor.is_good()) return 1;
  std::string pending;
  while (compositor.wait_for_input()) {
    if (!read_questions(pending)) return 0;
    for (std::size_t end = 0; (end = pending.find('\n')) != std::string::npos;) {
      pending.erase(0, end + 1);
      if (!compositor.catch_up()) return 1;
      const std::string line = lull::agent::presence::format_x11_reply({compositor.idle(), ""});
      if (lull::base::write_all(STDOUT_FILENO, line + "\n") != 0) return 1;
    }
  }
  return 1;
}
