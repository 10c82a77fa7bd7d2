// SPDX-License-Identifier: MIT
#include "ui/options.h"
#include "ui/own_heap.h"
#include "ui/run.h"

int main(int argc, char** argv) {
  lull::ui::return_large_blocks();
  const auto options = lull::ui::read_options(argc, argv);
  if (!options) {
    lull::ui::complain(options.error());
    return 2;
  }
  return lull::ui::run(*options);
}
