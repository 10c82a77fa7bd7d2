// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/support/sandbox.h"

namespace lull::benchmarks {

// A desktop for one user without a monitor: an X server (Xvfb, 1280 × 900), a session bus, and
// xfce4-panel with its systemload plugin and, at the right end, a tray. Whatever `user` starts from
// now on is on it. Throws std::runtime_error that names what is not installed or does not come up.
// `user` outlives it.
class BareDesktop {
 public:
  explicit BareDesktop(support::Sandbox& user);

  // A program of the desktop's own beside us, and where to find it.
  struct Peer {
    std::string name;
    pid_t pid = 0;  // 0: it is not here, and `name` says why
  };
  // conky and tint2 as their packages configure them, and the panel's systemload plugin.
  std::vector<Peer> start_peers();

  // Waits until the panel's tray has the item of somebody.
  void wait_for_item() const;

  // What is on the screen, while it is: a picture in the form of X11/XWDFile.h.
  std::string pixels_file() const;

 private:
  void start_panel();
  std::string ask(const std::vector<std::string>& command) const;
  Peer start_peer(const std::string& name, const std::string& path);

  support::Sandbox& user_;
  std::vector<std::unique_ptr<support::Process>> running_;  // the last began last
  pid_t panel_ = 0;
};

// Sleeps in between; throws std::runtime_error("never: " + what) after half a minute.
void await(const std::string& what, const std::function<bool()>& condition);

}  // namespace lull::benchmarks
