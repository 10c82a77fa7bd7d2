// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/notify/notice.h"
#include "agent/notify/notice_gate.h"
#include "agent/presence/sdbus_compat.h"
#include "agent/presence/session_bus.h"
#include "core/base/clock.h"

namespace lull::agent::notify {

// Shows notices by org.freedesktop.Notifications (Desktop Notifications Specification 1.2). Without
// a bus or a desktop that shows them they are dropped: a notice is never the only place where
// something is said. A guest of the session bus. Engine thread.
class Notifier final : public presence::BusGuest {
 public:
  // `chosen` is called with a topic and the key of one of its actions ("default" for a click on the
  // notice itself, where it offers that), from within the handling of messages: must not wait.
  Notifier(const base::Clock& clock,
           std::function<void(const std::string& topic, const std::string& key)> chosen);

  // Shows it, in the place of the one before on this topic, unless the gate holds it back. False:
  // it was held back or there is no bus.
  bool post(Notice notice);

  void move_in(sdbus::IConnection& connection) override;
  void settle_in(std::function<void()> poke) override { poke_ = std::move(poke); }
  void move_out() override;
  void stay_away() override {}

 private:
  struct Topic {
    std::uint32_t id = 0;  // of what is on the screen; 0: nothing
    bool sending = false;  // its id is not known yet
    Notice notice;
    std::optional<Notice> next;  // the newest that came meanwhile
  };
  // What the desktop can do.
  struct Abilities {
    bool actions = false;
    bool markup = false;
  };

  void ask_abilities();
  void send(Topic& topic, Notice notice);
  void sent(const std::string& name, sdbus::Message* reply);
  void closed(sdbus::Message& message);
  void invoked(sdbus::Message& message);
  Topic* topic_of(std::uint32_t id);

  const base::Clock& clock_;
  const std::function<void(const std::string&, const std::string&)> chosen_;
  NoticeGate gate_;
  // Set while it has settled in. What move_in() makes on another thread is nobody's before that.
  std::function<void()> poke_;
  std::unique_ptr<sdbus::IProxy> server_;
  std::vector<sdbus::Slot> watches_;
  bool asking_ = false;
  std::optional<Abilities> abilities_;
  std::map<std::string, Topic> topics_;  // as many as the program knows, which is a handful
};

}  // namespace lull::agent::notify
