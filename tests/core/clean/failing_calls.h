// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <optional>

namespace lull::clean {

// Which of a story's system calls fails, and with what.
struct FailingCall {
  std::uint64_t nth = 0;  // from 1; 0: none
  int os_error = 0;
  bool from_there_on = false;  // all later ones as well: a disk that is gone, not one that hiccups
  // Instead of failing it: done right before the nth, on another thread, while the story stands
  // still.
  std::function<void()> meanwhile = nullptr;
};

// Runs `story` on a thread of its own, of which every call that opens, looks at, writes, renames,
// makes, removes, lists, locks or flushes is asked for: the nth is not made and fails instead.
// (seccomp's user notification.) Returns how many such calls it made; nothing where the machine
// does not allow this. The story must not need other threads.
std::optional<std::uint64_t> with_failing_call(const FailingCall& failing,
                                               const std::function<void()>& story);

}  // namespace lull::clean
