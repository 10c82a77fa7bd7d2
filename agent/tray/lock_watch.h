// SPDX-License-Identifier: MIT
#pragma once
#include <functional>

#include "agent/presence/sdbus_compat.h"

namespace lull::agent::tray {

// Notices when the screen is locked: ActiveChanged(b) of whatever calls itself a screen saver
// (org.freedesktop.ScreenSaver, and those of GNOME, Cinnamon, MATE and Xfce). Until somebody says
// so, it is not.
class LockWatch {
 public:
  // `changed` is called from within the handling of messages: must not wait. Waits for the bus. May
  // throw sdbus::Error.
  LockWatch(sdbus::IConnection& connection, std::function<void(bool locked)> changed);

 private:
  sdbus::Slot watch_;
};

}  // namespace lull::agent::tray
