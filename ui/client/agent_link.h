// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <poll.h>

#include "agent/control/framing.h"
#include "core/base/unique_fd.h"
#include "ui/client/session.h"

namespace lull::ui {

// The sockets beneath a Session, for a loop that polls: never blocks. One connection per channel,
// opened when it is first used; when any is lost, all are given up and the agent is looked for
// again every half second. Refuses an agent of another user. One thread.
class AgentLink {
 public:
  struct Events {
    std::function<void()> connected, lost;
    std::function<void(Channel, control::Reply)> reply;
  };
  AgentLink(std::string socket_path, Events events);
  ~AgentLink();

  void send(const OutgoingCall& call);

  // Looks for the agent if it is time to; true if anything changed.
  bool tick(base::SteadyTime now);
  // When tick() wants to be called next; nullopt: only when a descriptor is ready.
  std::optional<base::SteadyTime> next_tick() const;
  // What to poll for, and what came of it; true if anything came.
  std::vector<pollfd> interest() const;
  bool serve(const std::vector<pollfd>& ready);

 private:
  struct Line;
  bool open(Channel channel);
  bool serve_line(Channel channel, short events);
  bool flush(Line& line) const;
  bool receive(Channel channel, Line& line);
  void give_up();

  const std::string path_;
  const Events events_;
  std::array<std::unique_ptr<Line>, kChannels> lines_;
  bool connected_ = false;
  bool broken_ = false;  // found while sending; given up at the next tick
  base::SteadyTime next_try_{};
};

}  // namespace lull::ui
