// SPDX-License-Identifier: MIT
#include "agent/presence/display_presence.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "agent/presence/answering_program.h"
#include "agent/presence/x11_display.h"
#include "scheduler/event.h"
#include "scheduler/offload.h"
#include "scheduler/task_group.h"

namespace lull::agent::presence {
namespace {

using namespace std::chrono_literals;

// A running job looks every 100 ms: each look gives the answer of the one before.
constexpr base::Duration kFresh = 50ms;
constexpr base::Duration kGood = 1s;
constexpr base::Duration kFirstPause = 1min;
constexpr base::Duration kLongestPause = 1h;

}  // namespace

bool is_on_x11(const base::EnvironmentLookup& environment) {
  return local_display(environment("DISPLAY").value_or("")) &&
         environment("WAYLAND_DISPLAY").value_or("").empty() &&
         environment("XDG_SESSION_TYPE").value_or("x11") != "wayland";
}

bool is_on_wayland(const base::EnvironmentLookup& environment) {
  return !environment("WAYLAND_DISPLAY").value_or("").empty();
}

struct DisplayPresence::Impl {
  Impl(scheduler::Engine& its_engine, scheduler::Executor& its_blocking, Options its_options)
      : engine(its_engine),
        blocking(its_blocking),
        options(std::move(its_options)),
        question(engine),
        session(engine) {}

  Look look() {
    const base::SteadyTime now = engine.now();
    if (!options.possible || now < next_try) return {};
    const base::Duration age = now - answered_at;
    if (reply && age <= kFresh) return {reply};
    if (reply && tells_enough(age))
      return {X11Reply{reply->idle, age <= kGood ? reply->full_screen : ""}};
    ask();
    if (reply && age <= kGood) return {reply};
    waited_for = true;
    return {std::nullopt, true};
  }

  bool tells_enough(base::Duration age) const {
    return reply->idle && *reply->idle + age < options.idle_after();
  }

  void ask() {
    if (std::exchange(asking, true)) return;
    if (std::exchange(conversing, true)) {
      question.set();
    } else {
      session.spawn("display presence",
                    [this](const base::CancelToken& cancel) { converse(cancel); });
    }
  }

  // One program, from the first question until it is silent for the lease, or fails.
  void converse(const base::CancelToken& cancel) {
    std::unique_ptr<AnsweringProgram> program;
    bool answered = true;
    while (answered && asking && !cancel.cancelled()) {
      question.reset();
      auto news = scheduler::offload(engine, blocking, [&] { return ask_program(program); });
      asking = false;
      answered = news.has_value();
      learn(std::move(news));
      if (answered && !asking) wait_for_question(cancel);
    }
    scheduler::offload(engine, blocking, [&] { program.reset(); });
    conversing = false;
    if (std::exchange(asking, false) && !cancel.cancelled()) ask();
  }

  base::Result<X11Reply> ask_program(std::unique_ptr<AnsweringProgram>& program) const {
    if (!program) {
      const auto path = options.find_program();
      if (!path) return tl::unexpected(path.error());
      auto started = AnsweringProgram::start(*path);
      if (!started) return tl::unexpected(std::move(started).error());
      program = *std::move(started);
    }
    const auto line = program->ask("", options.patience);
    if (!line) return tl::unexpected(line.error());
    return parse_x11_reply(*line);
  }

  void wait_for_question(const base::CancelToken& cancel) {
    scheduler::TaskGroup lease(engine, cancel);
    lease.spawn("display lease", [this](const base::CancelToken& token) {
      const base::Duration time =
          options.lease + (options.knows_since_start ? options.idle_after() : base::Duration(0));
      if (engine.sleep_for(time, options.lease, token) == scheduler::Wake::kDue) question.set();
    });
    question.wait(cancel);
    lease.cancel(base::CancelReason::kShutdown);
    lease.join();
  }

  void learn(base::Result<X11Reply> news) {
    const std::optional<X11Reply> before = std::exchange(reply, std::nullopt);
    const bool was_waited_for = std::exchange(waited_for, false);
    if (!news) {
      spdlog::debug("the display's idle time is unknown: {}", news.error().to_string());
      next_try = engine.now() + pause;
      pause = std::min(pause * 2, kLongestPause);
    } else {
      pause = kFirstPause;
      answered_at = engine.now();
      reply = *std::move(news);
    }
    const bool other = before && (!reply || reply->full_screen != before->full_screen ||
                                  reply->idle < before->idle);
    if (was_waited_for || other) options.changed();
  }

  scheduler::Engine& engine;
  scheduler::Executor& blocking;
  const Options options;

  std::optional<X11Reply> reply;
  base::SteadyTime answered_at{};
  base::SteadyTime next_try = base::SteadyTime::min();
  base::Duration pause = kFirstPause;
  bool asking = false;      // a question is under way, or waits for its turn
  bool conversing = false;  // converse() runs
  bool waited_for = false;  // somebody was told that it is
  scheduler::Event question;
  scheduler::TaskGroup session;  // last, so that it ends first
};

DisplayPresence::DisplayPresence(scheduler::Engine& engine, scheduler::Executor& blocking,
                                 Options options)
    : impl_(std::make_unique<Impl>(engine, blocking, std::move(options))) {}

DisplayPresence::~DisplayPresence() = default;

DisplayPresence::Look DisplayPresence::look() { return impl_->look(); }

}  // namespace lull::agent::presence
