// SPDX-License-Identifier: MIT
// lull-manual: writes one page of the manual to standard output. A tool of the build; not
// installed.
#include <cstdio>
#include <cstring>
#include <string>

#include "packaging/manual/pages.h"

#include "agent/version.h"

int main(int argc, char** argv) {
  using namespace lull::manual;
  const std::string page = argc > 1 ? argv[1] : "";
  const Edition edition{lull::agent::kVersion, argc > 2 ? argv[2] : ""};
  std::string text;
  if (page == "lull.1") text = lull_page(edition);
  if (page == "lull-popover.1") text = popover_page(edition);
  if (page == "lull.toml.5") text = settings_page(edition);
  if (page == "config.toml") text = settings_example();
  if (text.empty()) {
    std::fputs("usage: lull-manual lull.1|lull-popover.1|lull.toml.5|config.toml [DATE]\n", stderr);
    return 2;
  }
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return written && std::fflush(stdout) == 0 ? 0 : 1;
}
