// SPDX-License-Identifier: MIT
// lull-x11-presence: how long nobody has touched the X server's devices, and whether the window in
// front fills the screen; asked "front", whose that window is. For every line on standard input it
// answers one (x11_reply.h); it ends at
// the end of input, when the server goes, or after five seconds without a question.
//
// A program of its own so that the agent maps no X11, and is not ended by a server that is. It asks
// a server of this machine or none (x11_display.h).
#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <poll.h>
#include <unistd.h>
#include <xcb/screensaver.h>
#include <xcb/xcb.h>

#include "agent/presence/x11_display.h"
#include "agent/presence/x11_reply.h"
#include "core/base/write_all.h"

namespace {

using lull::agent::presence::X11Reply;

constexpr int kPatienceMs = 5000;
constexpr std::size_t kLongestQuestion = 64;
constexpr std::uint32_t kLargestProcess = 1u << 22;  // PID_MAX_LIMIT of the kernel
constexpr std::uint32_t kMostWords = 64;             // of a property, four bytes each

struct Free {
  void operator()(void* reply) const { std::free(reply); }
};
template <class Reply>
using Owned = std::unique_ptr<Reply, Free>;

class Screen {
 public:
  explicit Screen(const char* display)
      : connection_(xcb_connect(display, &number_), xcb_disconnect) {
    if (!is_alive()) return;
    auto screens = xcb_setup_roots_iterator(xcb_get_setup(connection_.get()));
    for (int at = 0; at < number_ && screens.rem > 1; ++at) xcb_screen_next(&screens);
    root_ = screens.data->root;
    const auto* saver = xcb_get_extension_data(connection_.get(), &xcb_screensaver_id);
    has_saver_ = saver != nullptr && saver->present != 0;
    active_window_ = atom("_NET_ACTIVE_WINDOW");
    state_ = atom("_NET_WM_STATE");
    full_screen_ = atom("_NET_WM_STATE_FULLSCREEN");
    process_ = atom("_NET_WM_PID");
  }

  bool is_alive() const { return xcb_connection_has_error(connection_.get()) == 0; }

  X11Reply look() const {
    X11Reply reply;
    if (has_saver_) {
      const auto cookie = xcb_screensaver_query_info(connection_.get(), root_);
      const Owned<xcb_screensaver_query_info_reply_t> info(
          xcb_screensaver_query_info_reply(connection_.get(), cookie, nullptr));
      if (info) reply.idle = std::chrono::milliseconds(info->ms_since_user_input);
    }
    reply.full_screen = full_screen_name();
    return reply;
  }

  // EWMH: a number that means something on the machine that WM_CLIENT_MACHINE names.
  std::optional<pid_t> front_process() const {
    const auto window = front_window();
    if (!window || !is_of_this_machine(*window)) return std::nullopt;
    const auto process = property(*window, process_, XCB_ATOM_CARDINAL);
    if (!process || process->format != 32 || xcb_get_property_value_length(process.get()) < 4)
      return std::nullopt;
    const auto id = *static_cast<std::uint32_t*>(xcb_get_property_value(process.get()));
    if (id == 0 || id > kLargestProcess) return std::nullopt;
    return static_cast<pid_t>(id);
  }

 private:
  xcb_atom_t atom(const std::string& name) const {
    const auto cookie = xcb_intern_atom(connection_.get(), 0,
                                        static_cast<std::uint16_t>(name.size()), name.c_str());
    const Owned<xcb_intern_atom_reply_t> reply(
        xcb_intern_atom_reply(connection_.get(), cookie, nullptr));
    return reply ? reply->atom : xcb_atom_t{XCB_ATOM_NONE};
  }

  Owned<xcb_get_property_reply_t> property(xcb_window_t window, xcb_atom_t name,
                                           xcb_atom_t type) const {
    const auto cookie = xcb_get_property(connection_.get(), 0, window, name, type, 0, kMostWords);
    return Owned<xcb_get_property_reply_t>(
        xcb_get_property_reply(connection_.get(), cookie, nullptr));
  }

  // EWMH: the window in front is a property of the root, its states are atoms of its own.
  std::optional<xcb_window_t> front_window() const {
    const auto front = property(root_, active_window_, XCB_ATOM_WINDOW);
    if (!front || front->format != 32 || xcb_get_property_value_length(front.get()) < 4)
      return std::nullopt;
    return *static_cast<xcb_window_t*>(xcb_get_property_value(front.get()));
  }

  bool is_of_this_machine(xcb_window_t window) const {
    const auto machine = property(window, XCB_ATOM_WM_CLIENT_MACHINE, XCB_ATOM_STRING);
    if (!machine || machine->format != 8 || xcb_get_property_value_length(machine.get()) == 0)
      return true;
    std::array<char, 256> ours{};
    if (::gethostname(ours.data(), ours.size() - 1) != 0) return false;
    const std::string_view theirs(
        static_cast<char*>(xcb_get_property_value(machine.get())),
        static_cast<std::size_t>(xcb_get_property_value_length(machine.get())));
    const std::string_view host(ours.data());
    return theirs == host || theirs.starts_with(std::string(host) + ".");
  }

  std::string full_screen_name() const {
    const auto front = front_window();
    if (!front) return {};
    const xcb_window_t window = *front;
    const auto states = property(window, state_, XCB_ATOM_ATOM);
    if (!states || states->format != 32) return {};
    const auto* values = static_cast<xcb_atom_t*>(xcb_get_property_value(states.get()));
    const int count = xcb_get_property_value_length(states.get()) / 4;
    for (int at = 0; at < count; ++at)
      if (values[at] == full_screen_) return class_of(window);
    return {};
  }

  // WM_CLASS is "instance\0class\0" (ICCCM 4.1.2.5).
  std::string class_of(xcb_window_t window) const {
    const auto names = property(window, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING);
    if (!names || names->format != 8) return "a window";
    const std::string text(static_cast<char*>(xcb_get_property_value(names.get())),
                           static_cast<std::size_t>(xcb_get_property_value_length(names.get())));
    const std::string name = text.substr(text.find('\0') + 1);
    const std::string cut = name.substr(0, name.find('\0'));
    return cut.empty() ? "a window" : cut;
  }

  int number_ = 0;
  std::unique_ptr<xcb_connection_t, decltype(&xcb_disconnect)> connection_;
  xcb_window_t root_ = XCB_WINDOW_NONE;
  bool has_saver_ = false;
  xcb_atom_t active_window_ = XCB_ATOM_NONE, state_ = XCB_ATOM_NONE, full_screen_ = XCB_ATOM_NONE;
  xcb_atom_t process_ = XCB_ATOM_NONE;
};

// More of what has come; false at the end of it.
bool wait_for_questions(std::string& pending) {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (::poll(&input, 1, kPatienceMs) <= 0) return false;
  std::array<char, 64> bytes{};
  const ssize_t length = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  if (length <= 0) return false;
  pending.append(bytes.data(), static_cast<std::size_t>(length));
  return pending.size() <= kLongestQuestion || pending.find('\n') != std::string::npos;
}

std::string answer(const Screen& screen, std::string_view question) {
  namespace presence = lull::agent::presence;
  return (question == presence::kFrontQuestion
              ? presence::format_front_reply(screen.front_process())
              : presence::format_x11_reply(screen.look())) +
         "\n";
}

}  // namespace

int main() {
  const char* const named = std::getenv("DISPLAY");
  const auto display = lull::agent::presence::local_display(named != nullptr ? named : "");
  if (!display) return 1;
  const Screen screen(display->c_str());
  std::string pending;
  while (screen.is_alive()) {
    if (!wait_for_questions(pending)) return 0;
    for (std::size_t end = 0; (end = pending.find('\n')) != std::string::npos;) {
      const std::string line = answer(screen, std::string_view(pending).substr(0, end));
      pending.erase(0, end + 1);
      if (!screen.is_alive() || lull::base::write_all(STDOUT_FILENO, line) != 0) return 1;
    }
  }
  return 1;
}
