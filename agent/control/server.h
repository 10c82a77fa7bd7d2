// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "agent/control/method.h"
#include "core/base/result.h"
#include "core/model/operation_status.h"
#include "scheduler/engine.h"

namespace lull::control {

// The control socket: Varlink over a Unix stream socket, for this user only.
//
// Directory 0700, socket 0600 (created so, not chmodded after), peer uid checked. At most 32
// clients, 1 MiB per message, 64 levels of nesting, 16 calls queued per client; a client that sends
// garbage gets an error and is dropped; one that does not read for 10 s with data due is dropped.
// Nothing a client does makes the engine wait. Answers org.varlink.service itself.
//
// A client's end is that of its calls, but for those that outlive their caller (shared_calls.h).
//
// Engine thread.
class Server {
 public:
  Server(scheduler::Engine& engine, const MethodTable& methods, std::string version);
  ~Server();  // stops
  // Takes the socket; a stale one (nobody answers) is replaced, a live one is kBusy.
  base::Status listen(const std::string& socket_path);
  // No new clients or calls; cancels running calls, lets replies out for at most `grace`, and drops
  // the clients. Calls may go on, as long as what they wait for.
  void close(base::Duration grace);
  // The same, and waits for the calls.
  void stop(base::Duration grace);
  std::size_t client_count() const;
  // What goes on now and outlives its callers, for Follow.
  std::vector<model::OperationStatus> operations() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::control
