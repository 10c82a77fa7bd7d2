// SPDX-License-Identifier: MIT
#include "scheduler/task_group.h"

#include <exception>
#include <new>
#include <stdexcept>
#include <utility>

#include "scheduler/engine_loop.h"
#include "scheduler/event.h"
#include "scheduler/fiber_algorithm.h"

namespace lull::scheduler {

struct TaskGroup::Impl {
  struct Task final : detail::LiveFiber {
    Impl* group = nullptr;
    base::CancelToken token;
    std::function<void(const base::CancelToken&)> body;
  };

  Impl(Engine& owner, const base::CancelToken& token)
      : loop(detail::EngineAccess::loop(owner)), parent(token), source(token), all_ended(owner) {
    all_ended.set();
  }

  static void run(void* argument);
  void ended(std::exception_ptr error);
  void await_all();
  void renew();

  std::shared_ptr<detail::EngineLoop> loop;
  base::CancelToken parent;
  base::CancelSource source;
  Event all_ended;
  std::size_t live = 0;
  std::exception_ptr first_error;
};

// The whole life of a fiber; nothing leaves it by throwing.
void TaskGroup::Impl::run(void* argument) {
  std::unique_ptr<Task> task(static_cast<Task*>(argument));
  std::exception_ptr error;
  try {
    task->body(task->token);
  } catch (...) {
    error = std::current_exception();
  }
  // What the body captured ends on this fiber (it may wait), before anybody hears of the end.
  task->body = nullptr;
  Impl& group = *task->group;
  group.loop->remove_fiber(*task);
  task.reset();
  group.ended(std::move(error));
}

void TaskGroup::Impl::ended(std::exception_ptr error) {
  if (error && !first_error) {
    first_error = std::move(error);
    source.cancel(base::CancelReason::kShutdown);
  }
  if (--live == 0) all_ended.set();
}

void TaskGroup::Impl::await_all() {
  while (live != 0) all_ended.wait();
}

// The next round starts with a token of its own, unless the parent is cancelled.
void TaskGroup::Impl::renew() {
  if (live == 0 && source.cancelled()) source = base::CancelSource(parent);
}

TaskGroup::TaskGroup(Engine& engine, const base::CancelToken& parent)
    : impl_(std::make_unique<Impl>(engine, parent)) {}

TaskGroup::~TaskGroup() {
  if (impl_->live == 0) return;
  impl_->source.cancel(base::CancelReason::kShutdown);
  impl_->await_all();
}

void TaskGroup::spawn(std::string_view name, std::function<void(const base::CancelToken&)> body) {
  if (!impl_->loop->on_this_thread()) {
    throw std::logic_error("fibers are started on the thread of a running engine");
  }
  auto task = std::make_unique<Impl::Task>();
  task->name = name;
  task->group = impl_.get();
  task->token = impl_->source.token();
  task->body = std::move(body);
  impl_->loop->add_fiber(*task);
  try {
    detail::start_fiber(&Impl::run, task.get());
  } catch (const std::bad_alloc&) {
    impl_->loop->remove_fiber(*task);
    throw std::runtime_error("cannot start fiber \"" + task->name + "\": no memory for its stack");
  }
  (void)task.release();  // run() owns it now
  ++impl_->live;
  impl_->all_ended.reset();
}

void TaskGroup::cancel(base::CancelReason reason) { impl_->source.cancel(reason); }

void TaskGroup::join() {
  impl_->await_all();
  impl_->renew();
  if (auto error = std::exchange(impl_->first_error, nullptr)) {
    std::rethrow_exception(std::move(error));
  }
}

std::size_t TaskGroup::size() const { return impl_->live; }
base::CancelToken TaskGroup::token() const { return impl_->source.token(); }

}  // namespace lull::scheduler
