// SPDX-License-Identifier: MIT
#include <cerrno>

#include "core/clean/trash/rename_new.h"

namespace lull::clean {

int rename_new(int, const char*, int, const char*) { return ENOSYS; }

}  // namespace lull::clean
