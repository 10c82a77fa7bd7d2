// SPDX-License-Identifier: MIT
#include "core/clean/rename.h"

namespace lull::clean {

int rename_without_replacing(int from, const char* from_name, int to, const char* to_name) {
  return rename_by_link(from, from_name, to, to_name);
}

}  // namespace lull::clean
