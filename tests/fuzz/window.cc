// SPDX-License-Identifier: MIT
// What an agent, or whoever says to be one, tells the window: documents of any shape become a
// state, and a state a view and its words.
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "ui/client/decode.h"
#include "ui/view/view_model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int file = ::memfd_create("scene", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  lull::fuzz::must(::ftruncate(file, 0) == 0 &&
                   ::pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
  const auto scene = lull::ui::read_scene(path);
  if (!scene) return 0;
  const lull::ui::ViewModel view = lull::ui::make_view(scene->state, scene->now);
  lull::fuzz::must(view == lull::ui::make_view(scene->state, scene->now));
  (void)lull::ui::as_text(view);
  return 0;
}
