// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace lull::platform {

// What became of one request. Each calls for another next step, so none is lumped with another.
enum class ReclaimOutcome : std::uint8_t {
  kReclaimed,    // the kernel took all that was asked (6.1 may have taken up to three times that)
  kShort,        // EAGAIN: it took less, perhaps nothing; there is no more to be had cheaply
  kNotAccepted,  // EINVAL: this kernel does not know swappiness= (before 6.12), or not that value
  kDenied,       // EACCES, EPERM: not ours to write (no delegation)
  kGone,         // ENOENT, ENODEV: the unit ended, or another one has its name by now
  kNoLever,      // the unit is there and has no memory.reclaim (before 5.19, no memory controller)
  kInterrupted,  // EINTR: a signal; some of it may have been taken
  kRefused,      // we would not: see the reason. Nothing was written
  kFailed,       // anything else: see os_error
};
constexpr std::string_view reclaim_outcome_name(ReclaimOutcome outcome) {
  switch (outcome) {
    case ReclaimOutcome::kReclaimed:
      return "reclaimed";
    case ReclaimOutcome::kShort:
      return "short";
    case ReclaimOutcome::kNotAccepted:
      return "not-accepted";
    case ReclaimOutcome::kDenied:
      return "denied";
    case ReclaimOutcome::kGone:
      return "gone";
    case ReclaimOutcome::kNoLever:
      return "no-lever";
    case ReclaimOutcome::kInterrupted:
      return "interrupted";
    case ReclaimOutcome::kRefused:
      return "refused";
    case ReclaimOutcome::kFailed:
      return "failed";
  }
  return "failed";
}
// Of the errno that the write ended with; 0 is success.
ReclaimOutcome reclaim_outcome_of(int os_error);

struct ReclaimRequest {
  std::string unit;             // as in model::ScopeReading
  std::uint64_t cgroup_id = 0;  // likewise: only that very unit, not one that has its name now
  std::uint64_t bytes = 0;
  // 0: file pages only, nothing is swapped out. nullopt: as the machine is set.
  std::optional<unsigned> swappiness;
};
struct ReclaimAnswer {
  ReclaimOutcome outcome = ReclaimOutcome::kFailed;
  int os_error = 0;
  std::string reason;  // one line for people, empty if reclaimed
};

// One write takes no more: it blocks until the kernel is done (a sixth of a second for 16 MiB on a
// slow disk), and cannot be taken back.
inline constexpr std::uint64_t kLargestReclaim = std::uint64_t{256} << 20;
inline constexpr unsigned kLargestSwappiness = 200;

// Takes memory from one app, by memory.reclaim of its cgroup: what it does not use goes, file pages
// to where they came from and others to swap, and comes back when it is touched.
// Any thread that may block; one request at a time.
class ScopeReclaim {
 public:
  virtual ~ScopeReclaim() = default;
  virtual ReclaimAnswer reclaim(const ReclaimRequest& request) = 0;
};

// What a request must be for a byte to be written. Defaults are the rules; the rest is for tests.
struct ReclaimRules {
  // Whose apps. The slice must lie below "user@ID.service", and it, the unit and its file must
  // belong to that user. Root (0) has none: every request is refused.
  unsigned user_id = 0;
  bool only_cgroup2 = true;  // by statfs: an ordinary file system is never written to
  ssize_t (*write)(int fd, const void* text, std::size_t size) = nullptr;  // nullptr: write(2)
};

// `app_slice`: find_app_slice(). It is opened anew for each request, without following any link;
// needs openat2 (every kernel with memory.reclaim has it).
std::unique_ptr<ScopeReclaim> make_scope_reclaim(const std::string& app_slice,
                                                 const ReclaimRules& rules);

// Why this is no way to a unit below an app slice; nullopt if it is one: slices, then one scope or
// service, nothing that climbs, nothing empty. Pure.
std::optional<std::string_view> unfit_unit(std::string_view unit);
// Whether a kernel ("6.1.0-50-amd64", uname -r) takes up to three times what is asked: measured on
// 6.1, and mended by commit 0388536ac291, which 6.9 has. What is no release does. Pure.
bool reclaim_overshoots(std::string_view release);
// "16777216 swappiness=0", as the kernel wants it. Pure.
std::string reclaim_text(const ReclaimRequest& request);

}  // namespace lull::platform
