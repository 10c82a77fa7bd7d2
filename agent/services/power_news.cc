// SPDX-License-Identifier: MIT
#include "agent/services/power_news.h"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <spdlog/spdlog.h>

#include "core/platform/power_events.h"
#include "scheduler/task_group.h"
#include "scheduler/use_fiber.h"

namespace lull::agent {

class PowerNews::Listener {
 public:
  Listener(scheduler::Engine& engine, base::UniqueFd fd, std::function<void()> changed)
      : descriptor_(engine.io(), fd.release()), changed_(std::move(changed)), reader_(engine) {
    reader_.spawn("power", [this](const base::CancelToken& cancel) { read(cancel); });
  }
  ~Listener() {
    reader_.cancel(base::CancelReason::kShutdown);
    boost::system::error_code ignored;
    descriptor_.cancel(ignored);
    reader_.join();
  }

 private:
  void read(const base::CancelToken& cancel) {
    while (!cancel.cancelled()) {
      const auto [error] = descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                                                  scheduler::use_fiber);
      if (error) return;
      if (platform::read_power_events(descriptor_.native_handle())) changed_();
    }
  }

  boost::asio::posix::stream_descriptor descriptor_;
  const std::function<void()> changed_;
  scheduler::TaskGroup reader_;
};

PowerNews::PowerNews(scheduler::Engine& engine, std::function<base::Result<base::UniqueFd>()> open,
                     std::function<void()> changed)
    : engine_(engine), open_(std::move(open)), changed_(std::move(changed)) {}

PowerNews::~PowerNews() = default;

void PowerNews::listen(bool on) {
  if (!on) return listener_.reset();
  if (listener_ || deaf_) return;
  auto fd = open_();
  if (!fd) {
    deaf_ = true;
    return spdlog::debug("a lost mains is noticed within two seconds: {}", fd.error().to_string());
  }
  ++changes_;  // until now nobody would have noticed
  listener_ = std::make_unique<Listener>(engine_, *std::move(fd), [this] {
    ++changes_;
    changed_();
  });
}

}  // namespace lull::agent
