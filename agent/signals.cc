// SPDX-License-Identifier: MIT
#include "agent/signals.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "scheduler/use_fiber.h"

namespace lull::agent {

struct Signals::Impl {
  explicit Impl(scheduler::Engine& engine) : set(engine.io()) {}
  boost::asio::signal_set set;
};

Signals::Signals(scheduler::Engine& engine, const std::vector<int>& numbers)
    : impl_(std::make_unique<Impl>(engine)) {
  for (const int number : numbers) impl_->set.add(number);
}

Signals::~Signals() = default;

std::optional<int> Signals::wait() {
  const auto [error, number] = impl_->set.async_wait(scheduler::use_fiber);
  if (error) return std::nullopt;
  return number;
}

void Signals::stop() {
  boost::system::error_code ignored;
  impl_->set.cancel(ignored);
}

namespace {

// Written by the handler, read by the guard's thread.
volatile std::sig_atomic_t g_interrupt_fd = -1;

void on_interrupt(int number) {
  const int saved = errno;
  (void)!::write(g_interrupt_fd, "i", 1);
  ::signal(number, SIG_DFL);
  errno = saved;
}

// nohup and shells in the background ignore signals for us; that stays.
void catch_unless_ignored(int number) {
  if (::signal(number, on_interrupt) == SIG_IGN) ::signal(number, SIG_IGN);
}

}  // namespace

struct InterruptGuard::Impl {
  base::CancelSource source;
  base::UniqueFd read_end, write_end;
  std::thread reader;
};

InterruptGuard::InterruptGuard() : impl_(std::make_unique<Impl>()) {
  std::array<int, 2> ends{};
  // Without a pipe signals keep their ordinary meaning, which is to end the program.
  if (::pipe(ends.data()) != 0) return;
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  impl_->read_end.reset(ends[0]);
  impl_->write_end.reset(ends[1]);
  impl_->reader = std::thread([this] {
    char byte = 0;
    if (::read(impl_->read_end.get(), &byte, 1) == 1 && byte == 'i')
      impl_->source.cancel(base::CancelReason::kUser);
  });
  g_interrupt_fd = ends[1];
  for (const int number : {SIGINT, SIGTERM}) catch_unless_ignored(number);
}

InterruptGuard::~InterruptGuard() {
  if (!impl_->reader.joinable()) return;
  for (const int number : {SIGINT, SIGTERM})
    if (::signal(number, SIG_DFL) == SIG_IGN) ::signal(number, SIG_IGN);
  (void)!::write(impl_->write_end.get(), "e", 1);
  impl_->reader.join();
  g_interrupt_fd = -1;
}

base::CancelToken InterruptGuard::token() const { return impl_->source.token(); }

}  // namespace lull::agent
