// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/platform/roots.h"
#include "core/scan/scanner.h"

namespace lull::scan {

// A probe for ScanRequest::running: is a process of `uid` running that goes by one of these names?
// Reads the process table once, at the first question, and answers from that; make one per scan.
// A process goes by its command name, the name of its program file, and, for an interpreter, the
// name of the script or module it runs ("python3 -m pip" is pip). Unknown if the table cannot be
// read, so that the files stay. The probe is used by one thread at a time.
std::function<Running(const std::vector<std::string>&)> make_running_probe(
    platform::SystemRoots roots, uid_t uid);

// The same for ScanRequest::flatpak_running: is the Flatpak application of this id running? Told by
// the scope that its processes are in, and by the file that Flatpak puts into every sandbox.
std::function<Running(const std::string& id)> make_flatpak_probe(platform::SystemRoots roots,
                                                                 uid_t uid);

}  // namespace lull::scan
