// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace lull::ui {

// The one place for a popover on a screen, where the window system has no word for that (Wayland):
// a file that is locked (flock), which ends with the process whatever becomes of it, and beside it
// a socket; whoever connects to that asks the owner to close. Of any number of processes that try
// at the same time one gets it. One thread.
class PopoverPlace {
 public:
  // `folder` is the user's own (XDG_RUNTIME_DIR/lull), made if it is not there; `screen` tells
  // screens apart and may hold any characters.
  PopoverPlace(const std::string& folder, const std::string& screen);
  ~PopoverPlace() { release(); }
  PopoverPlace(const PopoverPlace&) = delete;
  PopoverPlace& operator=(const PopoverPlace&) = delete;

  // Takes it, or asks who has it to close and says false. Where neither the lock nor the socket can
  // be had (a full disk) it is as if nobody had it: two windows are better than none.
  bool claim();
  void release();
  // Readable when somebody asked; -1 while it is not ours.
  int descriptor() const { return listener_.get(); }
  // Somebody has asked the owner to close since this was last asked.
  bool was_asked();

 private:
  void listen();

  const std::string folder_, path_;
  base::UniqueFd lock_, listener_;
};

}  // namespace lull::ui
