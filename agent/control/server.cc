// SPDX-License-Identifier: MIT
#include "agent/control/server.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <exception>
#include <list>
#include <optional>
#include <utility>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "agent/control/connection.h"
#include "agent/control/protocol.h"
#include "agent/control/router.h"
#include "agent/control/shared_calls.h"
#include "agent/control/socket_file.h"
#include "agent/control/unix_socket.h"
#include "core/base/cancel.h"
#include "scheduler/task_group.h"
#include "scheduler/use_fiber.h"

namespace lull::control {
namespace {

using base::ErrorCode;

constexpr std::size_t kMostClients = 32;
constexpr std::size_t kScratchBytes = std::size_t{16} * 1024;
// Until accept() is tried again when the system has no descriptors or memory left.
constexpr auto kBackOff = std::chrono::seconds(1);

// Tells somebody who cannot be served why. A fresh socket has room for it; if not, so be it.
void turn_away(const base::UniqueFd& socket, ErrorCode code, std::string why) {
  const std::string text = to_text(make_failure({code, std::move(why), {}, 0, {}}));
  (void)send_some(socket.get(), std::string_view(text.c_str(), text.size() + 1));
}

base::UniqueFd open_spare() { return base::UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

// Makes a connection known to its server while it lives.
class Registered {
 public:
  Registered(std::list<Connection*>& all, Connection& connection)
      : all_(all), place_(all.insert(all.end(), &connection)) {}
  ~Registered() { all_.erase(place_); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;

 private:
  std::list<Connection*>& all_;
  const std::list<Connection*>::iterator place_;
};

bool is_short_of_descriptors(int os_error) { return os_error == EMFILE || os_error == ENFILE; }

}  // namespace

struct Server::Impl {
  Impl(scheduler::Engine& owner, const MethodTable& methods, std::string version)
      : engine(owner),
        router(methods, std::move(version)),
        shared(owner, router),
        listener(owner.io()),
        accepting(owner),
        serving(owner) {}

  base::Status listen(const std::string& path);
  void close(base::Duration grace);
  void stop(base::Duration grace);
  void accept_clients(const base::CancelToken& cancel);
  bool try_accept();
  bool accept_one();
  void admit(base::UniqueFd socket);
  void serve(base::UniqueFd socket);

  scheduler::Engine& engine;
  const Router router;
  SharedCalls shared;
  std::array<char, kScratchBytes> scratch;
  std::optional<SocketFile> file;  // while it listens
  boost::asio::posix::stream_descriptor listener;
  base::UniqueFd spare;  // given up for a moment to turn a client away when there is no other
  std::size_t clients = 0;
  std::list<Connection*> connections;  // on the stacks of the fibers in `serving`
  base::CancelSource all_gone;         // fires when the last client of a stopping server is gone
  bool stopping = false;
  scheduler::TaskGroup accepting;
  scheduler::TaskGroup serving;
};

base::Status Server::Impl::listen(const std::string& path) {
  if (file) return base::fail(ErrorCode::kInternal, "the control server listens already");
  auto listening = listen_at(path);
  if (!listening) return tl::unexpected(std::move(listening).error());
  boost::system::error_code failure;
  listener.assign(listening->socket.get(), failure);
  if (failure) return base::fail_errno(failure.value(), path, "watching the control socket");
  (void)listening->socket.release();
  file.emplace(std::move(listening->file));
  spare = open_spare();
  stopping = false;
  all_gone = {};
  try {
    accepting.spawn("control accept",
                    [this](const base::CancelToken& cancel) { accept_clients(cancel); });
  } catch (const std::exception& thrown) {
    stop({});
    return base::fail(ErrorCode::kInternal, thrown.what(), path);
  }
  return {};
}

void Server::Impl::accept_clients(const base::CancelToken& cancel) {
  while (!stopping) {
    auto [failure] =
        listener.async_wait(boost::asio::posix::descriptor_base::wait_read, scheduler::use_fiber);
    if (stopping) return;
    // The client stays in the backlog meanwhile, so without a pause this would spin.
    if (failure || !try_accept()) engine.sleep_for(kBackOff, kBackOff / 2, cancel);
  }
}

// False if it is no use to try again at once.
bool Server::Impl::try_accept() {
  try {
    return accept_one();
  } catch (const std::exception&) {  // no memory
    return false;
  }
}

bool Server::Impl::accept_one() {
  int os_error = 0;
  if (base::UniqueFd socket = accept_stream(listener.native_handle(), os_error)) {
    admit(std::move(socket));
    return true;
  }
  if (!is_short_of_descriptors(os_error))
    return os_error == EAGAIN || os_error == EINTR || os_error == ECONNABORTED;
  spare.reset();
  base::UniqueFd socket = accept_stream(listener.native_handle(), os_error);
  const bool told = static_cast<bool>(socket);
  if (told) turn_away(socket, ErrorCode::kBusy, "the agent has no file descriptors left");
  socket.reset();
  spare = open_spare();
  return told;
}

void Server::Impl::admit(base::UniqueFd socket) {
  if (peer_uid(socket.get()) != ::geteuid())
    return turn_away(socket, ErrorCode::kPermissionDenied, "this agent serves another user");
  if (clients >= kMostClients)
    return turn_away(socket, ErrorCode::kBusy,
                     std::to_string(kMostClients) + " clients are connected already");
  // A function must be copyable, a descriptor is not.
  const auto handed_over = std::make_shared<base::UniqueFd>(std::move(socket));
  try {
    serving.spawn("control client", [this, handed_over](const base::CancelToken&) {
      serve(std::move(*handed_over));
    });
    ++clients;
  } catch (const std::exception& failure) {
    turn_away(*handed_over, ErrorCode::kBusy, failure.what());
  }
}

// Nothing that goes wrong with one client may reach the others.
void Server::Impl::serve(base::UniqueFd socket) {
  try {
    Connection connection(engine, router, shared, scratch, std::move(socket));
    const Registered registered(connections, connection);
    if (stopping) connection.stop();
    connection.run();
  } catch (const std::exception&) {
    // No memory or no room in the event loop: this client goes.
  }
  if (--clients == 0 && stopping) all_gone.cancel(base::CancelReason::kShutdown);
}

void Server::Impl::close(base::Duration grace) {
  if (!file) return;
  stopping = true;
  file.reset();
  boost::system::error_code ignored;
  listener.close(ignored);
  accepting.cancel(base::CancelReason::kShutdown);
  accepting.join();
  spare.reset();
  for (Connection* connection : connections) connection->stop();
  shared.cancel_all(base::CancelReason::kShutdown);
  if (clients > 0) engine.sleep_for(grace, {}, all_gone.token());
  for (Connection* connection : connections) connection->drop();
}

void Server::Impl::stop(base::Duration grace) {
  close(grace);
  serving.join();
  shared.join();
}

Server::Server(scheduler::Engine& engine, const MethodTable& methods, std::string version)
    : impl_(std::make_unique<Impl>(engine, methods, std::move(version))) {}
Server::~Server() { stop({}); }

base::Status Server::listen(const std::string& socket_path) { return impl_->listen(socket_path); }
void Server::close(base::Duration grace) { impl_->close(grace); }
void Server::stop(base::Duration grace) { impl_->stop(grace); }
std::size_t Server::client_count() const { return impl_->clients; }
std::vector<model::OperationStatus> Server::operations() const { return impl_->shared.ongoing(); }

}  // namespace lull::control
