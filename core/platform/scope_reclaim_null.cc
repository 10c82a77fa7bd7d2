// SPDX-License-Identifier: MIT
#include "core/platform/scope_reclaim.h"

namespace lull::platform {
namespace {

class NullScopeReclaim final : public ScopeReclaim {
 public:
  ReclaimAnswer reclaim(const ReclaimRequest&) override {
    return {ReclaimOutcome::kNoLever, 0, "this system lets nobody take memory from an app"};
  }
};

}  // namespace

std::unique_ptr<ScopeReclaim> make_scope_reclaim(const std::string&, const ReclaimRules&) {
  return std::make_unique<NullScopeReclaim>();
}

}  // namespace lull::platform
