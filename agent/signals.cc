// SPDX-License-Identifier: MIT
#include "agent/signals.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "scheduler/use_fiber.h"

namespace lull::agent {

struct Signals::Impl {
  explicit Impl(scheduler::Engine& engine) : set(engine.io()) {}
  boost::asio::signal_set set;
  bool stopped = false;
};

Signals::Signals(scheduler::Engine& engine, const std::vector<int>& numbers)
    : impl_(std::make_unique<Impl>(engine)) {
  for (const int number : numbers) impl_->set.add(number);
}

Signals::~Signals() = default;

std::optional<int> Signals::wait() {
  if (impl_->stopped) return std::nullopt;
  const auto [error, number] = impl_->set.async_wait(scheduler::use_fiber);
  if (error) return std::nullopt;
  return number;
}

void Signals::stop() {
  impl_->stopped = true;
  boost::system::error_code ignored;
  impl_->set.cancel(ignored);
}

namespace {

// What the handler knows. It runs on any thread, at any time.
std::atomic<int> g_pipe = -1;
std::atomic<bool> g_interrupted = false;
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

constexpr unsigned char kNoInterrupt = 0;

// The first one is told by its number as a byte; any later one has its ordinary meaning.
void on_interrupt(int number) {
  const int saved = errno;
  if (!g_interrupted.exchange(true)) {
    const auto byte = static_cast<unsigned char>(number);
    (void)!::write(g_pipe, &byte, 1);
  } else {
    ::signal(number, SIG_DFL);
    ::kill(::getpid(), number);  // held back until this handler has returned
  }
  errno = saved;
}

// Both are held back while one is handled, so that the second finds what the first has noted.
void catch_interrupt(int number) {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  for (const int other : {SIGINT, SIGTERM}) sigaddset(&action.sa_mask, other);  // a macro on macOS
  ::sigaction(number, &action, nullptr);
}

bool is_ignored(int number) {
  struct sigaction now {};
  return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

// A pipe that nothing we start inherits. Empty ends: none to be had.
std::array<base::UniqueFd, 2> make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe(ends.data()) != 0) return {};
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  return {base::UniqueFd(ends[0]), base::UniqueFd(ends[1])};
}

}  // namespace

struct EndSignals::Impl {
  Impl(scheduler::Engine& engine, std::array<base::UniqueFd, 2> ends)
      : read_end(engine.io(), ends[0].release()), write_end(std::move(ends[1])) {}
  boost::asio::posix::stream_descriptor read_end;
  base::UniqueFd write_end;
  bool stopped = false;
};

EndSignals::EndSignals(scheduler::Engine& engine)
    : impl_(std::make_unique<Impl>(engine, make_pipe())) {
  g_pipe = impl_->write_end.get();
  g_interrupted = false;
  // Even where SIGINT was ignored for us, as in the background of a script: who sends it to an
  // agent means it.
  for (const int number : {SIGINT, SIGTERM}) catch_interrupt(number);
}

EndSignals::~EndSignals() {
  for (const int number : {SIGINT, SIGTERM}) ::signal(number, SIG_DFL);
  g_pipe = -1;
}

std::optional<int> EndSignals::wait() {
  if (impl_->stopped) return std::nullopt;
  unsigned char byte = 0;
  const auto [error, got] =
      impl_->read_end.async_read_some(boost::asio::buffer(&byte, 1), scheduler::use_fiber);
  if (error || got != 1) return std::nullopt;
  return byte;
}

void EndSignals::stop() {
  impl_->stopped = true;
  boost::system::error_code ignored;
  impl_->read_end.cancel(ignored);
}

struct InterruptGuard::Impl {
  base::CancelSource source;
  base::UniqueFd read_end, write_end;
  std::thread reader;
};

InterruptGuard::InterruptGuard() : impl_(std::make_unique<Impl>()) {
  auto ends = make_pipe();
  // Without a pipe signals keep their ordinary meaning, which is to end the program.
  if (!ends[0]) return;
  impl_->read_end = std::move(ends[0]);
  impl_->write_end = std::move(ends[1]);
  impl_->reader = std::thread([this] {
    unsigned char byte = 0;
    if (::read(impl_->read_end.get(), &byte, 1) == 1 && byte != kNoInterrupt)
      impl_->source.cancel(base::CancelReason::kUser);
  });
  g_pipe = impl_->write_end.get();
  g_interrupted = false;
  // nohup and shells in the background ignore signals for us; that stays.
  for (const int number : {SIGINT, SIGTERM})
    if (!is_ignored(number)) catch_interrupt(number);
}

InterruptGuard::~InterruptGuard() {
  if (!impl_->reader.joinable()) return;
  for (const int number : {SIGINT, SIGTERM})
    if (!is_ignored(number)) ::signal(number, SIG_DFL);
  (void)!::write(impl_->write_end.get(), &kNoInterrupt, 1);
  impl_->reader.join();
  g_pipe = -1;
}

base::CancelToken InterruptGuard::token() const { return impl_->source.token(); }

}  // namespace lull::agent
