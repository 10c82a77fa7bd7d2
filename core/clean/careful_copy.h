// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <functional>

#include <sys/stat.h>

#include "core/base/buffer_pool.h"
#include "core/base/result.h"

// A copy that may stand for its original, which is then removed. NAME_linux.cc and NAME_null.cc.
namespace lull::clean {

// Asked before every piece: an error ends what is going on with it.
using GoOn = std::function<base::Status()>;

// Bytes go in pieces of that size, each through a buffer of its own: of `buffers` below.
inline constexpr std::size_t kCopyPiece = std::size_t{1} << 20;

// Makes the regular file `name` in the directory `directory` (may be a mere parent, O_PATH) from
// the open file `source`: its bytes (holes stay holes), owner, group, mode, times of access and
// change, extended attributes. It has no name until it is whole, flushed, read back from the disk
// and equal; then it gets one, which replaces nothing (os_error EEXIST), and the directory is
// flushed. So a failure, a full disk or a kill leave nothing behind. kUnavailable where the file
// system has no files without a name or does not keep all that belongs to this one. Blocks; any
// thread.
base::Result<struct stat> copy_new(int source, int directory, const char* name, const GoOn& go_on,
                                   base::BufferPool& buffers);

// Have two open regular files the same length and the same bytes?
base::Result<bool> has_same_bytes(int one, int other, const GoOn& go_on, base::BufferPool& buffers);

// Is the lease of has_sole_reader() still whole? Somebody who opens the file waits for it to end.
bool is_still_sole_reader(int fd);

}  // namespace lull::clean
