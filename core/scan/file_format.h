// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <span>

#include <sys/types.h>

#include "core/scan/rules.h"

namespace lull::scan {

inline constexpr std::size_t kFormatBytes = 32;  // enough of a file's beginning to know it

// Are these the first bytes of such a file? ELF: a header that is whole, with the type ET_CORE
// (elf(5)); SQLite, PNG and gzip: their signatures. Pure.
bool has_format(FileFormat format, std::span<const std::byte> beginning);

// The same for the regular file `name`, if it is still (device, inode). Follows no link, waits for
// no pipe; false for whatever cannot be told.
bool file_has_format(FileFormat format, int directory, const char* name, dev_t device, ino_t inode);

}  // namespace lull::scan
