// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <vector>

#include "core/base/cancel.h"
#include "core/scan/file_key.h"

namespace lull::scan {

// Every file that a process of this user has open, works in, or has mapped; some more than once.
// Others' processes show nothing. Directories which this process has open are left out: those are
// its own walks. Nothing if processes cannot be listed, or if it was cancelled. macOS only.
std::optional<std::vector<FileKey>> list_open_files(const base::CancelToken& cancel);

}  // namespace lull::scan
