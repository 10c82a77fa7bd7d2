// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/presence/bus_pump.h"
#include "agent/presence/logind_values.h"
#include "agent/presence/sdbus_compat.h"

namespace lull::agent::presence {

// One connection to the system bus with the subscriptions to logind's manager and to the session
// that this user sees. Opened on a thread
// that may wait, then used by the engine's alone.
class LogindLink {
 public:
  // Called on the engine, from within BusPump::run().
  struct Observer {
    std::function<void(const LogindState& state)> state;  // all of it is news
    std::function<void(std::vector<std::string>)> blockers;
    std::function<void()> answered;  // logind is there
    std::function<void()> silent;    // a question failed
  };

  // Waits for the bus (not for logind). Throws nothing.
  static base::Result<std::unique_ptr<LogindLink>> open(Observer observer);

  // Asks for everything; the answer comes to the observer.
  void ask();
  sdbus::IConnection& connection() { return *connection_; }

 private:
  using Values = std::map<std::string, sdbus::Variant>;

  explicit LogindLink(Observer observer) : observer_(std::move(observer)) {}
  void subscribe();
  void properties_changed(sdbus::Message& message);
  void answered(sdbus::Message* reply);
  void answered_blockers(sdbus::Message* reply);
  void apply(const Values& values);
  void ask_blockers();
  void ask_locked();
  void answered_locked(sdbus::Message* reply);
  void prepare_for_sleep(sdbus::Message& message);
  void change(const std::function<void(LogindState&)>& edit);
  void owner_changed(const std::string& owner);

  const Observer observer_;
  std::unique_ptr<sdbus::IConnection> connection_;
  std::unique_ptr<sdbus::IProxy> manager_;
  std::unique_ptr<sdbus::IProxy> session_;
  sdbus::Slot owner_watch_, session_watch_;
  LogindState state_;
  // Something changed while it was being asked for: the answer may be older than the change.
  bool asking_ = false, ask_again_ = false;
  bool asking_blockers_ = false, blockers_stale_ = false;
  bool asking_locked_ = false, locked_stale_ = false;
};

}  // namespace lull::agent::presence
