// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/control/method.h"
#include "core/base/result.h"

namespace lull::control {

// Speaks to an agent, for the command line and the popover. Blocking plain sockets, no engine
// needed. One thread at a time; cancelling may come from any thread or signal handler's self-pipe.
class Client {
 public:
  // kNoAgent if nobody listens there; kPermissionDenied if the peer is another user.
  static base::Result<std::unique_ptr<Client>> connect(const std::string& socket_path);
  virtual ~Client() = default;

  // Calls "org.lull.Agent.METHOD". With `on_progress`, asks for `more` and hands over every
  // intermediate reply. When `cancel` fires, sends Cancel for this call and returns its (partial)
  // result.
  virtual base::Result<Object> call(std::string_view method, Object parameters,
                                    const std::function<void(const Object&)>& on_progress = nullptr,
                                    const base::CancelToken& cancel = {}) = 0;
};

}  // namespace lull::control
