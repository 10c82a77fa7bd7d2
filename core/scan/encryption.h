// SPDX-License-Identifier: MIT
#pragma once

namespace lull::scan {

// Is what is in the open directory encrypted by its file system (fscrypt), so that its names cannot
// be looked up while it is locked? False where there is no such thing.
bool is_encrypted(int directory);

}  // namespace lull::scan
