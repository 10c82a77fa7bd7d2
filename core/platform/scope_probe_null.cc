// SPDX-License-Identifier: MIT
#include <utility>

#include "core/platform/scope_probe.h"

namespace lull::platform {
namespace {

tl::unexpected<base::Error> unavailable() {
  return base::fail(base::ErrorCode::kUnavailable, "this system does not group memory by app");
}

class NullScopeProbe final : public ScopeProbe {
 public:
  base::Status read(model::ScopeTree& tree) override {
    tree.scopes.clear();
    tree.omitted = 0;
    return unavailable();
  }
};

}  // namespace

std::unique_ptr<ScopeProbe> make_scope_probe(const std::string&, const base::Clock&) {
  return std::make_unique<NullScopeProbe>();
}

base::Result<AppSlice> own_app_slice(const SystemRoots&, unsigned) { return unavailable(); }

std::optional<std::string> app_way_of(const SystemRoots&, pid_t, const std::string&) {
  return std::nullopt;
}

bool scope_has_terminal(const SystemRoots&, const std::string&, const std::string&) {
  return false;
}

}  // namespace lull::platform
