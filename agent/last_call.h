// SPDX-License-Identifier: MIT
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "core/base/clock.h"

namespace lull::agent {

// Ends the process in place of whoever ends too late: on a crowded machine a thread of idle
// priority may get no processor for a long time, a call to a dead file system may never return, and
// whoever joins them waits as long. It has a thread of its own, of the priority of whoever begins
// it, for the engine's may be the one that waits.
//
// Nothing is lost by it: it waits for durable(), and what moves files is killable at any instant
// (agent/services/clean_house.h). Only when that does not come either, as from a disk that hangs,
// it leaves all the same.
class LastCall {
 public:
  struct Limits {
    base::Duration durable;  // from begin(), for an end after which nothing is lost
    base::Duration any;      // for any other
  };
  enum class Said { kNothingLost, kNotSaved };
  // `leave` is called at most once, on the thread of this, and need not return.
  LastCall(Limits limits, std::function<void(Said)> leave);
  // Everybody has ended: joins its thread, without calling `leave` any more.
  ~LastCall();
  LastCall(const LastCall&) = delete;
  LastCall& operator=(const LastCall&) = delete;

  // The time runs from here on. Once. Without a thread to be had it does nothing.
  void begin();
  // What must outlive the process is on disk; the socket is gone. Any thread.
  void durable();

 private:
  void watch();

  const Limits limits_;
  const std::function<void(Said)> leave_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool durable_ = false;
  bool over_ = false;
  std::optional<std::thread> thread_;
};

}  // namespace lull::agent
