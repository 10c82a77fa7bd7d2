// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/notify/notice.h"
#include "agent/notify/notice_gate.h"
#include "agent/presence/sdbus_compat.h"
#include "agent/presence/session_bus.h"
#include "core/base/clock.h"

namespace lull::agent::notify {

// Shows notices by org.freedesktop.Notifications (Desktop Notifications Specification 1.2). Without
// a bus or a desktop that shows them they are dropped: a notice is never the only place where
// something is said, and whoever must know asks for the answer. A guest of the session bus. Engine
// thread.
class Notifier final : public presence::BusGuest {
 public:
  // All of it is called from within the handling of messages: must not wait.
  struct Hooks {
    // With a topic and the key of one of its actions ("default" for a click on the notice itself,
    // where it offers that).
    std::function<void(const std::string& topic, const std::string& key)> chosen;
    // There may be a desktop that shows notices, which was not there before. May be null.
    std::function<void()> listening = {};
  };
  // As long as a desktop is waited for that does not answer.
  static constexpr base::Duration kPatience = std::chrono::seconds(25);

  Notifier(const base::Clock& clock, Hooks hooks, base::Duration patience = kPatience);

  // Shows it, in the place of the one before on this topic, unless the gate holds it back. False:
  // it was held back or there is no bus, and `answered` is not called. Else it is called once, with
  // true as soon as the desktop has answered with an id, with false when it has not by the end of
  // our patience, when a newer one came before this one was sent, or when the bus went.
  bool post(Notice notice, Answered answered = {});

  void move_in(sdbus::IConnection& connection) override;
  void settle_in(std::function<void()> poke) override;
  void move_out() override;
  void stay_away() override {}

 private:
  struct Wanted {
    Notice notice;
    base::SteadyTime since{};
    Answered answered;
    bool open = false;  // nobody knows yet whether it is shown
  };
  struct Topic {
    std::uint32_t id = 0;  // of what is on the screen; 0: nothing
    bool sending = false;  // its id is not known yet
    Wanted current;
    std::optional<Wanted> next;  // the newest that came meanwhile
  };
  // What the desktop can do.
  struct Abilities {
    bool actions = false;
    bool markup = false;
  };

  void ask_abilities();
  void send(Topic& topic, Wanted wanted);
  void settle(Wanted& wanted, bool shown);
  void sent(const std::string& name, sdbus::Message* reply);
  void closed(sdbus::Message& message);
  void invoked(sdbus::Message& message);
  Topic* topic_of(std::uint32_t id);

  const base::Clock& clock_;
  const Hooks hooks_;
  const std::chrono::microseconds patience_;
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
