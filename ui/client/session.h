// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <deque>
#include <functional>
#include <string>

#include "agent/control/protocol.h"
#include "ui/intent.h"
#include "ui/view/state.h"

namespace lull::ui {

// The calls of one connection are answered in order, so what may take long has one of its own.
enum class Channel : std::uint8_t { kWatch, kOperation, kScan, kQuick };
inline constexpr std::size_t kChannels = 4;

struct OutgoingCall {
  Channel channel = Channel::kQuick;
  std::string method;
  control::Object parameters = {};
  bool more = false;
};

// The popover's end of the conversation: carries out intents, takes in replies, owns the state. No
// socket, no clock: what it wants to send goes to `send`, the time comes in. One thread.
class Session {
 public:
  explicit Session(std::function<void(OutgoingCall)> send) : send_(std::move(send)) {}

  const State& state() const { return state_; }
  void set_welcome(bool welcome) { state_.welcome = welcome; }

  void on_connected(base::WallTime now);  // asks for everything the window shows
  void on_lost();                         // every connection is gone; unanswered calls with it
  void on_reply(Channel channel, control::Reply reply, base::WallTime now);
  // kClose and kDismissWelcome's note on the disk are the window's business.
  void act(const Intent& intent);

 private:
  using Take = void (Session::*)(const base::Result<control::Object>&, base::WallTime);
  struct Pending {
    Take take = nullptr;
    bool progress = false;  // intermediate replies go on_progress()
  };
  void call(Channel channel, std::string method, control::Object parameters, bool more, Take take);
  void start(OperationKind kind, std::string method, control::Object parameters);
  void clean(const std::vector<std::string>& categories);
  void ask_offer(std::vector<std::string> categories, bool renewed);
  void follow_other_work();
  bool may_follow() const;
  void follow(OperationKind kind, const model::OperationStatus& ongoing);
  void begin_scan();
  void ask_history();
  void set(const std::string& key, const std::string& value);

  void on_progress(Channel channel, const control::Object& reply, base::WallTime now);
  void take_snapshot(const base::Result<control::Object>& reply, base::WallTime now);
  void take_top(const base::Result<control::Object>& reply, base::WallTime now);
  void take_scan(const base::Result<control::Object>& reply, base::WallTime now);
  void take_history(const base::Result<control::Object>& reply, base::WallTime now);
  void take_settings(const base::Result<control::Object>& reply, base::WallTime now);
  void take_operation(const base::Result<control::Object>& reply, base::WallTime now);
  void take_followed(const base::Result<control::Object>& reply, base::WallTime now);
  void take_offer(const base::Result<control::Object>& reply, base::WallTime now);
  void take_cancelled(const base::Result<control::Object>& reply, base::WallTime now);
  void take_nothing(const base::Result<control::Object>& reply, base::WallTime now);

  std::function<void(OutgoingCall)> send_;
  State state_;
  std::array<std::deque<Pending>, kChannels> pending_;
  Offer asked_;  // what the running rehearsal is about, or the clean that was said yes to
  unsigned snapshots_ = 0;
  std::uint64_t following_ = 0;  // the operation that somebody else began; 0: none
  bool stale_ = false;           // the next snapshot may be from before the end of what ended last
};

}  // namespace lull::ui
