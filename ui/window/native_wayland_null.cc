// SPDX-License-Identifier: MIT
#include "ui/window/native.h"

namespace lull::ui::native {

const bool kKnowsWayland = false;
std::unique_ptr<Native> on_wayland() { return nullptr; }

}  // namespace lull::ui::native
