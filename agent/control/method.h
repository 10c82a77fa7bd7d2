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
  bool more = false;  // the client wants intermediate replies
  // Fires when the client sends Cancel, the agent ends or, unless the method outlives its caller,
  // the client goes away.
  base::CancelToken cancel;
  // Sends an intermediate reply if `more`; a client that does not read fast enough misses some and
  // gets the latest (never a queue).
  std::function<void(Object)> send;
};
using Method = std::function<base::Result<Object>(Call&)>;

// Methods of org.lull.Agent by name ("GetSnapshot"). Filled at start, then constant.
class MethodTable {
 public:
  // Whether a call with these parameters goes on when its caller is gone. Equal ones are one then:
  // shared_calls.h.
  using Outlives = bool (*)(const Object& parameters);

  void add(std::string name, Method method, Outlives outlives = nullptr) {
    if (outlives != nullptr) outliving_.emplace(name, outlives);
    methods_.emplace(std::move(name), std::move(method));
  }
  const Method* find(std::string_view name) const {
    const auto it = methods_.find(name);
    return it == methods_.end() ? nullptr : &it->second;
  }
  bool outlives_caller(std::string_view name, const Object& parameters) const {
    const auto it = outliving_.find(name);
    return it != outliving_.end() && it->second(parameters);
  }
  const std::map<std::string, Method, std::less<>>& all() const { return methods_; }

 private:
  std::map<std::string, Method, std::less<>> methods_;
  std::map<std::string, Outlives, std::less<>> outliving_;
};

// For MethodTable::add().
inline bool always_outlives(const Object&) { return true; }

// {"progress": {…}} is what intermediate replies of long operations carry: type Progress of the
// interface.

}  // namespace lull::control
