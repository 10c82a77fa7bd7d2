// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

#include "agent/control/method.h"
#include "agent/control/protocol.h"

namespace lull::control {

// Finds who answers a call: a method of the table, or itself for org.varlink.service. Engine
// thread, on the call's fiber.
class Router {
 public:
  // `methods` must outlive it.
  Router(const MethodTable& methods, std::string version);

  // The final reply, an error reply if need be. Nothing is thrown: what a method throws is
  // kInternal.
  Object answer(const Request& request, Call& call) const;
  // Of what was begun for it, see MethodTable::Outlives.
  bool outlives_caller(const Request& request) const;

 private:
  Object answer_agent(std::string_view name, const Request& request, Call& call) const;
  Object answer_service(std::string_view name, const Request& request) const;
  Object info() const;

  const MethodTable& methods_;
  const std::string version_;
};

}  // namespace lull::control
