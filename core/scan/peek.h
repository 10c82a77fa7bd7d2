// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include <sys/stat.h>

#include "core/base/unique_fd.h"

namespace lull::scan {

// Opens the regular file `name` for a look at its bytes. Follows no link, waits for no pipe or
// device, and leaves the access time alone where the system can (else a scan would make old files
// look used). Fills `status`. Empty if it is anything else or may not be read.
base::UniqueFd open_to_peek(int directory, const char* name, struct stat& status);

// What is left in an open file; nothing if that is more than `limit` or cannot be read.
std::optional<std::string> read_text(int fd, std::size_t limit);
// All of such a file; nothing if it is larger than `limit`.
std::optional<std::string> peek_text(int directory, const char* name, std::size_t limit);

}  // namespace lull::scan
