// SPDX-License-Identifier: MIT
#include "agent/presence/logind_user_idle.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "agent/presence/bus_address.h"
#include "agent/presence/bus_knock.h"
#include "agent/presence/logind_link.h"
#include "scheduler/offload.h"
#include "scheduler/task_group.h"

namespace lull::agent::presence {
namespace {

constexpr auto kKnockPatience = std::chrono::seconds(5);
constexpr base::Duration kFirstPause = std::chrono::seconds(1);
constexpr base::Duration kLongestPause = std::chrono::minutes(5);

}  // namespace

struct LogindUserIdle::Impl {
  Impl(scheduler::Engine& its_engine, scheduler::Executor& its_blocking,
       std::function<void()> its_changed)
      : engine(its_engine),
        blocking(its_blocking),
        changed(std::move(its_changed)),
        session(engine) {}

  // Called with every question: mends what is broken, if the last try is long enough ago.
  void tend() {
    if (!ailing || engine.now() < next_try) return;
    ailing = false;
    if (link) {
      link->ask();
      pump->poke();
    } else {
      session.spawn("logind", [this](const base::CancelToken& cancel) { attend(cancel); });
    }
  }

  void failed() {
    ailing = true;
    next_try = engine.now() + pause;
    pause = std::min(pause * 2, kLongestPause);
    if (!std::exchange(heard, true)) changed();
  }

  void learn(const LogindState& news) {
    if (!news.locked) {
      locked_since.reset();
    } else if (!locked_since) {
      locked_since = engine.now();
    }
    state = news;
    heard = true;
    changed();
  }

  LogindLink::Observer observer() {
    return {.state = [this](const LogindState& news) { learn(news); },
            .blockers =
                [this](std::vector<std::string> news) {
                  if (blockers == news) return;
                  blockers = std::move(news);
                  changed();
                },
            .answered = [this] { answered(); },
            .silent = [this] { failed(); }};
  }

  // One connection, from its opening to its end.
  void attend(const base::CancelToken& cancel) {
    const base::Status ended = open_and_run(cancel);
    pump.reset();
    link.reset();
    if (cancel.cancelled()) return;
    if (!ended) spdlog::debug("presence is unknown: {}", ended.error().to_string());
    failed();
    if (state == LogindState{} && blockers.empty()) return;
    blockers.clear();
    learn({});
  }

  base::Status open_and_run(const base::CancelToken& cancel) {
    const auto address = system_bus_address();
    if (!address) return base::fail(base::ErrorCode::kUnavailable, "no address of a system bus");
    LULL_TRY(knock(engine, *address, kKnockPatience, cancel));
    auto opened =
        scheduler::offload(engine, blocking, [its = observer()] { return LogindLink::open(its); });
    if (!opened) return tl::unexpected(std::move(opened).error());
    link = *std::move(opened);
    pump = std::make_unique<BusPump>(engine, link->connection());
    link->ask();
    return pump->run(cancel);
  }

  scheduler::Engine& engine;
  scheduler::Executor& blocking;
  const std::function<void()> changed;

  void answered() {
    pause = kFirstPause;
    if (!std::exchange(heard, true)) changed();
  }

  LogindState state;
  std::optional<base::SteadyTime> locked_since;
  bool heard = false;  // logind has answered, or is not to be had
  std::vector<std::string> blockers;
  bool ailing = true;  // there is something to be mended, after next_try
  base::SteadyTime next_try = base::SteadyTime::min();
  base::Duration pause = kFirstPause;

  std::unique_ptr<LogindLink> link;
  std::unique_ptr<BusPump> pump;
  scheduler::TaskGroup session;  // last, so that it ends first
};

LogindUserIdle::LogindUserIdle(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LogindUserIdle::~LogindUserIdle() = default;

std::unique_ptr<LogindUserIdle> LogindUserIdle::connect(scheduler::Engine& engine,
                                                        scheduler::Executor& blocking,
                                                        std::function<void()> changed) {
  auto impl = std::make_unique<Impl>(engine, blocking, std::move(changed));
  impl->tend();
  return std::unique_ptr<LogindUserIdle>(new LogindUserIdle(std::move(impl)));
}

model::UserIdle LogindUserIdle::read() {
  impl_->tend();
  model::UserIdle idle = idle_from(impl_->state, impl_->locked_since, impl_->engine.now());
  idle.asking = !idle.idle_for && !impl_->heard;
  return idle;
}

std::vector<std::string> LogindUserIdle::inhibited_by() {
  impl_->tend();
  std::vector<std::string> names = impl_->blockers;
  if (impl_->state.going_to_sleep) names.emplace_back("the machine goes to sleep");
  return names;
}

}  // namespace lull::agent::presence
