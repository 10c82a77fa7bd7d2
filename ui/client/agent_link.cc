// SPDX-License-Identifier: MIT
#include "ui/client/agent_link.h"

#include <array>
#include <cerrno>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include "agent/control/unix_socket.h"

namespace lull::ui {
namespace {

constexpr auto kRetry = std::chrono::milliseconds(500);
constexpr std::size_t kMaxReplyBytes = 64 << 20;  // scans without items are far smaller
constexpr std::size_t kReadBytes = 64 << 10;

}  // namespace

struct AgentLink::Line {
  base::UniqueFd socket;
  std::string unsent;
  control::FrameReader frames{kMaxReplyBytes};
};

AgentLink::AgentLink(std::string socket_path, Events events)
    : path_(std::move(socket_path)), events_(std::move(events)) {}
AgentLink::~AgentLink() = default;

bool AgentLink::open(Channel channel) {
  const auto address = control::socket_address(path_);
  auto socket = control::open_stream_socket();
  if (!address || !socket) return false;
  // A local socket connects at once or not at all.
  if (::connect(socket->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return false;
  if (control::peer_uid(socket->get()) != ::geteuid()) return false;
  auto line = std::make_unique<Line>();
  line->socket = *std::move(socket);
  lines_[static_cast<std::size_t>(channel)] = std::move(line);
  return true;
}

bool AgentLink::tick(base::SteadyTime now) {
  if (broken_) {
    give_up();
    return true;
  }
  if (connected_ || now < next_try_) return false;
  next_try_ = now + kRetry;
  if (!open(Channel::kWatch)) return false;
  connected_ = true;
  events_.connected();
  return true;
}

std::optional<base::SteadyTime> AgentLink::next_tick() const {
  if (broken_) return base::SteadyTime{};
  if (connected_) return std::nullopt;
  return next_try_;
}

void AgentLink::give_up() {
  for (auto& line : lines_) line.reset();
  broken_ = false;
  if (std::exchange(connected_, false)) events_.lost();
}

void AgentLink::send(const OutgoingCall& call) {
  auto& line = lines_[static_cast<std::size_t>(call.channel)];
  if (!connected_ || (!line && !open(call.channel))) {
    broken_ = connected_;
    return;
  }
  line->unsent += control::to_text(control::make_request(
      {std::string(control::kInterface) + "." + call.method, call.parameters, call.more, false}));
  line->unsent += '\0';
  if (!flush(*line)) broken_ = true;
}

bool AgentLink::flush(Line& line) const {
  while (!line.unsent.empty()) {
    const ssize_t sent = control::send_some(line.socket.get(), line.unsent);
    if (sent < 0) return errno == EAGAIN || errno == EINTR || errno == ENOBUFS;
    line.unsent.erase(0, static_cast<std::size_t>(sent));
  }
  return true;
}

std::vector<pollfd> AgentLink::interest() const {
  std::vector<pollfd> entries;
  for (const auto& line : lines_)
    if (line)
      entries.push_back({line->socket.get(),
                         static_cast<short>(line->unsent.empty() ? POLLIN : POLLIN | POLLOUT), 0});
  return entries;
}

bool AgentLink::serve(const std::vector<pollfd>& ready) {
  bool anything = false;
  for (const pollfd& entry : ready) {
    if (entry.revents == 0) continue;
    for (std::size_t at = 0; at < lines_.size(); ++at) {
      if (!lines_[at] || lines_[at]->socket.get() != entry.fd) continue;
      anything = true;
      if (serve_line(static_cast<Channel>(at), entry.revents)) continue;
      give_up();
      return true;
    }
  }
  return anything;
}

bool AgentLink::serve_line(Channel channel, short events) {
  Line& line = *lines_[static_cast<std::size_t>(channel)];
  if ((events & POLLOUT) != 0 && !flush(line)) return false;
  return (events & ~POLLOUT) == 0 || receive(channel, line);
}

bool AgentLink::receive(Channel channel, Line& line) {
  std::array<char, kReadBytes> bytes;
  const ssize_t size = ::recv(line.socket.get(), bytes.data(), bytes.size(), 0);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  if (size == 0) return false;
  const auto outcome =
      line.frames.feed({bytes.data(), static_cast<std::size_t>(size)}, [&](std::string_view text) {
        auto message = control::parse_message(text);
        if (!message) return false;
        auto reply = control::read_reply(*std::move(message));
        if (!reply) return false;
        events_.reply(channel, *std::move(reply));
        return true;
      });
  return outcome == control::FrameReader::Outcome::kOk;
}

}  // namespace lull::ui
