// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "core/base/cancel.h"
#include "core/base/result.h"

namespace lull::control {

// Parameters and results are JSON objects in the words of CONTRACT.md, so that a reply *is* the
// document which `--json` prints.
using Object = boost::json::object;

// One call in progress. Engine thread, on a fiber of its own; may wait.
struct Call {
  const Object& parameters;
  bool more = false;         // the client wants intermediate replies
  base::CancelToken cancel;  // fires when the client goes away, sends Cancel, or the agent ends
  // Sends an intermediate reply if `more`; a client that does not read fast enough misses some and
  // gets the latest (never a queue).
  std::function<void(Object)> send;
};
using Method = std::function<base::Result<Object>(Call&)>;

// Methods of org.lull.Agent by name ("GetSnapshot"). Filled at start, then constant.
class MethodTable {
 public:
  void add(std::string name, Method method) {
    methods_.emplace(std::move(name), std::move(method));
  }
  const Method* find(std::string_view name) const {
    const auto it = methods_.find(name);
    return it == methods_.end() ? nullptr : &it->second;
  }
  const std::map<std::string, Method, std::less<>>& all() const { return methods_; }

 private:
  std::map<std::string, Method, std::less<>> methods_;
};

// {"progress": {"stage", "done_items", "total_items", "done_bytes", "total_bytes",
// "elapsed_seconds"}} is what intermediate replies of long operations carry; unknown totals are
// null.

}  // namespace lull::control
