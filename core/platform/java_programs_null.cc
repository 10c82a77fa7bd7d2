// SPDX-License-Identifier: MIT
#include "core/platform/java_programs.h"

namespace lull::platform {
namespace {

tl::unexpected<base::Error> unavailable() {
  return base::fail(base::ErrorCode::kUnavailable, "Java programs cannot be asked on this system");
}

}  // namespace

base::Result<std::vector<JavaProgram>> find_java_programs(const SystemRoots&, uid_t,
                                                          const std::string&) {
  return unavailable();
}
base::Status ask_to_collect(const JavaProgram&, uid_t, const std::function<bool()>&,
                            const std::string&) {
  return unavailable();
}

}  // namespace lull::platform
