// SPDX-License-Identifier: MIT
#include "ui/options.h"
#include "ui/run.h"

int main(int argc, char** argv) {
  const auto options = lull::ui::read_options(argc, argv);
  if (!options) {
    lull::ui::complain(options.error());
    return 2;
  }
  return lull::ui::run(*options);
}
