// SPDX-License-Identifier: MIT
#include "agent/services/pressure_service.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "scheduler/use_fiber.h"

namespace lull::agent {
namespace {

using boost::asio::posix::stream_descriptor;

constexpr auto kGoodFor = std::chrono::seconds(1);

constexpr auto wait_kind(platform::TriggerSignal signal) {
  return signal == platform::TriggerSignal::kReadable ? stream_descriptor::wait_read
                                                      : stream_descriptor::wait_error;
}

// What a pipe says has been heard. The pipe does not block.
void read_away(int fd) {
  std::array<char, 64> bytes;
  while (::read(fd, bytes.data(), bytes.size()) > 0) continue;
}

// A trigger that is gone signals for ever.
bool is_gone(int fd) {
  pollfd look{fd, POLLPRI, 0};
  return ::poll(&look, 1, 0) < 0 || (look.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
}

}  // namespace

struct PressureService::Trigger {
  Trigger(scheduler::Engine& engine, base::UniqueFd fd, platform::TriggerSignal how,
          std::function<void()> then)
      : descriptor(engine.io(), fd.release()), signal(how), fired(std::move(then)) {}
  stream_descriptor descriptor;
  const platform::TriggerSignal signal;
  const std::function<void()> fired;
  bool must_last = true;  // false: without it nothing is lost but a hint
};

PressureService::PressureService(scheduler::Engine& engine,
                                 std::unique_ptr<platform::PressureProbe> probe,
                                 Observers observers, std::unique_ptr<platform::PressureProbe> apps,
                                 Own own)
    : engine_(engine),
      probe_(std::move(probe)),
      apps_(std::move(apps)),
      observers_(std::move(observers)),
      own_(std::move(own)),
      group_(engine) {}

PressureService::~PressureService() { stop(); }

void PressureService::start() {
  if (own_.probe)
    if (Trigger* trigger = watch(*own_.probe, own_.trigger, observers_.own_short))
      trigger->must_last = false;
  (void)current();
  if (!reading_) {
    group_.spawn("available memory",
                 [this](const base::CancelToken& cancel) { look_slowly(cancel); });
    return;
  }
  const auto open_at = [this](model::PressureLevel level) {
    return open(*probe_, relief::trigger_of(level), level);
  };
  const bool warned = open_at(model::PressureLevel::kWarning);
  const bool alarmed = open_at(model::PressureLevel::kCritical);
  if (warned && alarmed) {
    source_ = "triggers";
    open(*probe_, relief::notice_trigger(), model::PressureLevel::kNormal);
    if (apps_) open(*apps_, relief::notice_trigger(), model::PressureLevel::kNormal);
    return;
  }
  source_ = "reading";
  group_.spawn("pressure", [this](const base::CancelToken& cancel) { read_regularly(cancel); });
}

PressureService::Trigger* PressureService::watch(platform::PressureProbe& probe,
                                                 const platform::PressureTrigger& stall,
                                                 std::function<void()> fired) {
  auto fd = probe.open_trigger(stall);
  if (!fd) {
    spdlog::debug("no pressure trigger: {}", fd.error().to_string());
    return nullptr;
  }
  auto& trigger = *triggers_.emplace_back(
      std::make_unique<Trigger>(engine_, *std::move(fd), probe.trigger_signal(), std::move(fired)));
  group_.spawn("pressure trigger",
               [this, &trigger](const base::CancelToken& cancel) { wait_for(trigger, cancel); });
  return &trigger;
}

bool PressureService::open(platform::PressureProbe& probe, const platform::PressureTrigger& stall,
                           model::PressureLevel level) {
  Trigger* trigger = watch(probe, stall, [this, level] { step(level); });
  if (trigger != nullptr) trigger->must_last = level != model::PressureLevel::kNormal;
  return trigger != nullptr;
}

void PressureService::stop() {
  group_.cancel(base::CancelReason::kShutdown);
  boost::system::error_code ignored;
  for (const auto& trigger : triggers_) trigger->descriptor.cancel(ignored);
  group_.join();
  triggers_.clear();
}

void PressureService::wait_for(Trigger& trigger, const base::CancelToken& cancel) {
  while (!cancel.cancelled()) {
    const auto [error] =
        trigger.descriptor.async_wait(wait_kind(trigger.signal), scheduler::use_fiber);
    if (error || cancel.cancelled()) return;
    if (is_gone(trigger.descriptor.native_handle())) {
      if (!trigger.must_last) return;
      spdlog::warn("the kernel took a pressure trigger away; reading every {} s instead",
                   relief::PressureTracker::kLookAgain.count());
      read_regularly(cancel);
      return;
    }
    if (trigger.signal == platform::TriggerSignal::kReadable)
      read_away(trigger.descriptor.native_handle());
    trigger.fired();
  }
}

void PressureService::read_regularly(const base::CancelToken& cancel) {
  if (std::exchange(reading_regularly_, true)) return;
  source_ = "reading";
  constexpr auto kEvery = relief::PressureTracker::kLookAgain;
  while (engine_.sleep_for(kEvery, kEvery / 5, cancel) == scheduler::Wake::kDue) step(std::nullopt);
}

// With so much tolerance that it goes with what wakes us anyway.
void PressureService::look_slowly(const base::CancelToken& cancel) {
  while (engine_.sleep_for(kLookSlowly, kLookSlowly, cancel) == scheduler::Wake::kDue)
    step(std::nullopt);
}

// Until the level is normal again.
void PressureService::follow(const base::CancelToken& cancel) {
  while (const auto next = tracker_.next_look()) {
    // A machine that is always nearly full, and content, is not asked every five seconds.
    const auto at = has_psi_ ? *next : std::max(*next, engine_.now() + kFollowSlowly);
    if (engine_.sleep_until(at, std::chrono::seconds(1), cancel) == scheduler::Wake::kCancelled)
      break;
    step(std::nullopt);
  }
  following_ = false;
}

void PressureService::step(std::optional<model::PressureLevel> fired) {
  auto reading = probe_->read();
  const auto before = tracker_.level();
  read_at_ = engine_.now();
  reading_ = reading ? std::optional(*reading) : std::nullopt;
  has_psi_ = has_psi_ || reading_;
  relief::PressureInput input{reading_, std::nullopt, fired};
  // One reading that failed, of a kernel that tells stalls, leaves the level unknown.
  if (reading_ || !has_psi_) input.memory = observers_.memory();
  if (!has_psi_ && observers_.swapped_out) input.swapped_out_bytes = observers_.swapped_out();
  const auto level = tracker_.step(input, *read_at_);
  if (!has_psi_) source_ = level ? "available memory" : "unavailable";
  if (fired) noticed_at_ = read_at_;
  if (level && *level >= model::PressureLevel::kWarning) {
    observers_.raised(*level);
    if (!std::exchange(following_, true))
      group_.spawn("pressure follow", [this](const base::CancelToken& cancel) { follow(cancel); });
  }
  if (level != before) observers_.changed();
  if (fired) observers_.noticed();
}

std::optional<model::Pressure> PressureService::current() {
  if (!read_at_ || engine_.now() - *read_at_ >= kGoodFor) step(std::nullopt);
  const auto level = tracker_.level();
  if (!level) return std::nullopt;
  if (reading_) return model::Pressure{*level, *reading_};
  model::PressureReading without;
  without.taken_at = *read_at_;
  without.told = *level;
  without.by_available = true;
  return model::Pressure{*level, without};
}

}  // namespace lull::agent
