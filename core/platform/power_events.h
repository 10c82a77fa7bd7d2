// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

// That something about the machine's power has changed, as soon as it has: for whoever cannot wait
// until PowerProbe is asked the next time.
namespace lull::platform {

// A non-blocking descriptor that gets readable with every event of a device. Linux: what the kernel
// tells udev (NETLINK_KOBJECT_UEVENT), for which no rights are needed; a network namespace other
// than the first hears nothing. Other devices' events wake the reader, too: to be open only while
// it matters. Elsewhere kUnavailable.
base::Result<base::UniqueFd> open_power_events();

// Reads all that has come; whether some of it was about power, or was lost and may have been.
bool read_power_events(int fd);

// One of the kernel's messages: "change@/devices/…", then NAME=value, each ended by a zero byte.
// Pure.
bool is_power_event(std::string_view message);

}  // namespace lull::platform
