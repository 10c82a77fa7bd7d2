// SPDX-License-Identifier: MIT
#include "core/scan/running.h"

namespace lull::scan {

std::function<Running(const std::vector<std::string>&)> make_running_probe(platform::SystemRoots,
                                                                           uid_t) {
  return [](const std::vector<std::string>&) { return Running::kUnknown; };
}

std::function<Running(const std::string&)> make_flatpak_probe(platform::SystemRoots, uid_t) {
  return [](const std::string&) { return Running::kUnknown; };
}

}  // namespace lull::scan
