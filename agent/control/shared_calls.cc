// SPDX-License-Identifier: MIT
#include "agent/control/shared_calls.h"

#include <algorithm>
#include <exception>
#include <list>
#include <string>
#include <utility>

#include "scheduler/event.h"

namespace lull::control {
namespace {

using base::CancelReason;
using base::ErrorCode;

Object refusal(ErrorCode code, std::string why) {
  return make_failure({code, std::move(why), {}, 0, {}});
}

}  // namespace

struct SharedCalls::One {
  One(scheduler::Engine& engine, Request asked, std::uint64_t its_id)
      : request(std::move(asked)),
        id(its_id),
        started_at(engine.time().wall_now()),
        ended(engine) {}
  ~One() { *self = nullptr; }
  One(const One&) = delete;
  One& operator=(const One&) = delete;

  void tell(const Object& progress) const {
    for (const Listener* listener : callers) (*listener)(progress);
    for (const Listener* listener : followers) (*listener)(progress);
  }

  const Request request;
  const std::uint64_t id;
  const base::WallTime started_at;
  base::CancelSource cancel;
  std::list<const Listener*> callers, followers;  // who wait
  Object reply;                                   // once it has ended
  // For `send`, which the method may keep for longer than its call lasts.
  const std::shared_ptr<One*> self = std::make_shared<One*>(this);
  scheduler::Event ended;
};

// Somebody who waits for a call, among the others of that kind.
class SharedCalls::Listening {
 public:
  Listening(std::list<const Listener*>& all, const Listener& listener)
      : all_(all), place_(all_.insert(all_.end(), &listener)) {}
  ~Listening() { all_.erase(place_); }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

 private:
  std::list<const Listener*>& all_;
  const std::list<const Listener*>::iterator place_;
};

SharedCalls::SharedCalls(scheduler::Engine& engine, const Router& router)
    : engine_(engine), router_(router), fibers_(engine) {}

// One that is being cancelled is not joined: whoever asks now wants all of it.
std::shared_ptr<SharedCalls::One> SharedCalls::find(const Request& request) const {
  const auto same = std::find_if(calls_.begin(), calls_.end(), [&](const auto& call) {
    return !call->cancel.cancelled() && call->request.method == request.method &&
           call->request.parameters == request.parameters;
  });
  return same == calls_.end() ? nullptr : *same;
}

// Null if there are too many.
std::shared_ptr<SharedCalls::One> SharedCalls::begin(const Request& request) {
  if (calls_.size() >= kMost) return nullptr;
  auto call = std::make_shared<One>(engine_, request, ++last_id_);
  calls_.push_back(call);
  try {
    fibers_.spawn("shared call", [this, call](const base::CancelToken&) { run(*call); });
  } catch (const std::exception&) {  // no more fibers to be had
    calls_.pop_back();
    return nullptr;
  }
  return call;
}

// Nothing that goes wrong with one may reach the others.
void SharedCalls::run(One& one) {
  try {
    Call call{one.request.parameters, true, one.cancel.token(),
              [self = one.self](const Object& progress) {
                if (*self != nullptr) (*self)->tell(progress);
              }};
    one.reply = router_.answer(one.request, call);
  } catch (const std::exception& failure) {  // no memory for a reply
    one.reply = refusal(ErrorCode::kInternal, failure.what());
  }
  *one.self = nullptr;
  std::erase_if(calls_, [&](const auto& call) { return call.get() == &one; });
  one.ended.set();
}

Object SharedCalls::answer(const Request& request, const Listener& listener,
                           const base::CancelToken& cancel) {
  auto call = find(request);
  if (!call) call = begin(request);
  if (!call) return refusal(ErrorCode::kBusy, "too many operations go on already");
  const Listening listening(call->callers, listener);
  if (call->ended.wait(cancel)) return call->reply;
  return give_up(*call, call->callers.size() > 1, cancel.reason());
}

Object SharedCalls::give_up(One& one, bool others_wait, CancelReason reason) {
  if (reason == CancelReason::kCallerGone || (others_wait && reason != CancelReason::kShutdown))
    return refusal(ErrorCode::kCancelled, "not waited for any more; it goes on");
  one.cancel.cancel(reason);
  one.ended.wait();
  return one.reply;
}

Object SharedCalls::follow(std::uint64_t id, const Listener& listener,
                           const base::CancelToken& cancel) {
  const auto found =
      std::find_if(calls_.begin(), calls_.end(), [&](const auto& one) { return one->id == id; });
  if (found == calls_.end())
    return refusal(ErrorCode::kNotFound,
                   "no such operation goes on; the history has what was done");
  const std::shared_ptr<One> call = *found;
  const Listening listening(call->followers, listener);
  Object reply = call->ended.wait(cancel) ? call->reply
                                          : give_up(*call, !call->callers.empty(), cancel.reason());
  if (reply.contains("error")) return reply;
  return make_reply({{"result", std::move(reply["parameters"])}}, false);
}

std::vector<model::OperationStatus> SharedCalls::ongoing() const {
  std::vector<model::OperationStatus> all;
  for (const auto& call : calls_) {
    const std::string& method = call->request.method;
    all.push_back(
        {call->id, method.substr(method.rfind('.') + 1), call->started_at, call->callers.size()});
  }
  return all;
}

void SharedCalls::cancel_all(CancelReason reason) {
  for (const auto& call : std::vector(calls_)) call->cancel.cancel(reason);
}

}  // namespace lull::control
