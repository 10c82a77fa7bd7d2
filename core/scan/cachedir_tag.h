// SPDX-License-Identifier: MIT
#pragma once

namespace lull::scan {

// Does the directory say of itself that it is a cache: a regular file CACHEDIR.TAG, no link, that
// begins with the signature of the Cache Directory Tagging Specification
// (https://bford.info/cachedir/)? False if that cannot be told.
bool has_cachedir_tag(int directory);

}  // namespace lull::scan
