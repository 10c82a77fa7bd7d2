// SPDX-License-Identifier: MIT
// A window that says it fills the screen, and is the one in front, as a window manager would say it
// (EWMH): for a screen that has none. Prints "ready"; goes at the end of standard input.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <unistd.h>
#include <xcb/xcb.h>

namespace {

xcb_atom_t atom(xcb_connection_t* connection, const std::string& name) {
  const auto cookie =
      xcb_intern_atom(connection, 0, static_cast<std::uint16_t>(name.size()), name.c_str());
  auto* reply = xcb_intern_atom_reply(connection, cookie, nullptr);
  const xcb_atom_t found = reply == nullptr ? xcb_atom_t{XCB_ATOM_NONE} : reply->atom;
  std::free(reply);
  return found;
}

}  // namespace

int main(int count, char** words) {
  xcb_connection_t* connection = xcb_connect(nullptr, nullptr);
  if (xcb_connection_has_error(connection) != 0) return 1;
  const xcb_screen_t* screen = xcb_setup_roots_iterator(xcb_get_setup(connection)).data;
  const xcb_window_t window = xcb_generate_id(connection);
  xcb_create_window(connection, XCB_COPY_FROM_PARENT, window, screen->root, 0, 0, 100, 100, 0,
                    XCB_WINDOW_CLASS_INPUT_OUTPUT, screen->root_visual, 0, nullptr);
  const std::string names("film\0Film\0", 10);
  xcb_change_property(connection, XCB_PROP_MODE_REPLACE, window, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING,
                      8, static_cast<std::uint32_t>(names.size()), names.data());
  const xcb_atom_t states[] = {atom(connection, "_NET_WM_STATE_ABOVE"),
                               atom(connection, "_NET_WM_STATE_FULLSCREEN")};
  xcb_change_property(connection, XCB_PROP_MODE_REPLACE, window, atom(connection, "_NET_WM_STATE"),
                      XCB_ATOM_ATOM, 32, 2, states);
  xcb_change_property(connection, XCB_PROP_MODE_REPLACE, screen->root,
                      atom(connection, "_NET_ACTIVE_WINDOW"), XCB_ATOM_WINDOW, 32, 1, &window);
  const auto process = static_cast<std::uint32_t>(::getpid());
  xcb_change_property(connection, XCB_PROP_MODE_REPLACE, window, atom(connection, "_NET_WM_PID"),
                      XCB_ATOM_CARDINAL, 32, 1, &process);
  // With any word, the machine it says it is on.
  if (count > 1)
    xcb_change_property(connection, XCB_PROP_MODE_REPLACE, window, XCB_ATOM_WM_CLIENT_MACHINE,
                        XCB_ATOM_STRING, 8, static_cast<std::uint32_t>(std::strlen(words[1])),
                        words[1]);
  xcb_map_window(connection, window);
  std::free(xcb_get_input_focus_reply(connection, xcb_get_input_focus(connection), nullptr));
  std::puts("ready");
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) continue;
  xcb_disconnect(connection);
}
