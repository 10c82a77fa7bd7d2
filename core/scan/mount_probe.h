// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace lull::scan {

// Does the file system answer for `path`? Asked only if `path` (absolute) leads to one that may
// hang and `home` is not on it: then by an lstat in a process of its own, which is left behind if
// nothing comes within `patience`. A thread could not be left: while the program behind a FUSE
// mount has a request and does not answer, the kernel lets not even SIGKILL end who asked
// (fs/fuse/dev.c, request_wait_answer()). kTimeout if there is no answer; what the answer is, even
// an error, is not told. Blocks for `patience` at most; about 1 ms where something is asked.
base::Status file_system_answers(const std::string& path, std::string_view home,
                                 base::Duration patience);

}  // namespace lull::scan
