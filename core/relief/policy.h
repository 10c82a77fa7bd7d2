// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/model/memory.h"
#include "core/model/pressure.h"
#include "core/model/swap.h"
#include "core/platform/scope_reclaim.h"
#include "core/relief/scope_activity.h"

// What to do about memory, decided one step at a time and each on a fresh sample. Pure: asks
// nobody, keeps no time. The ladder goes from what costs nothing to what costs the user something,
// and ends as soon as the machine is calm, enough is available, or it did harm.
namespace lull::relief {

enum class ReliefStep : std::uint8_t {
  kNone,              // nothing to do
  kWait,              // something is to be waited for: look_again says until when
  kShed,              // our own caches, pools and heap
  kDropStreams,       // page cache of files that were read once and are finished with
  kMoveStale,         // stale files on tmpfs go to the disk; only with the user's consent
  kReclaimFile,       // file pages of an idle app; nothing is swapped out
  kReclaimAnonymous,  // pages of an idle app, to swap
  kAsk,               // the user, with the largest apps named
  kEnd,               // a run is over; the reason says how
};
std::string_view relief_step_name(ReliefStep step);

enum class ReliefReason : std::uint8_t {
  kCalm,            // no pressure, or none any more
  kRaised,          // pressure
  kAnticipation,    // idle, on mains, and little available for minutes
  kRequested,       // the user asked
  kCritical,        // swapping out under thrash adds to it: only our own, and a question
  kAtTarget,        // enough is available
  kCoolingDown,     // the last run was not long ago, or did little or harm
  kNotFresh,        // the sample is old, or from before the last step had its effect
  kAwaitingResult,  // the last step has not ended
  kSettling,        // it has, and its effect is waited for
  kStalled,         // others stall more since; looked at again after a pause
  kHurt,            // the app wants back what was taken
  kLittle,          // a round gave less than a tenth of its chunk
  kRounds,          // ten were made
  kDeadline,        // the run took too long
  kCancelled,       // from outside
  kUserBack,        // somebody is there, or the machine is on battery: no time to anticipate
  kNoLever,         // nothing is left that may be done
};
std::string_view relief_reason_name(ReliefReason reason);

using model::SwapKind;

struct ReliefSettings {
  double target_available_percent = 10;              // [relief] in the settings
  std::uint64_t max_memory_chunk = 50 * base::kMiB;  // [performance]
  bool adaptive_memory = true;                       // smaller steps when memory is short
};

// The levers that there are now. What is missing is passed over.
struct ReliefLevers {
  bool reclaim = false;             // memory.reclaim of the user's apps
  bool reclaim_overshoots = false;  // kernel 6.1 takes up to three times what is asked
  std::uint64_t stream_bytes = 0;   // cached of finished, clean, unmapped files
  std::uint64_t stale_bytes = 0;    // of stale files on tmpfs
  bool may_move_stale = false;      // the user agreed
};

// How the step that was asked for ended. Given once.
struct ReliefResult {
  base::SteadyTime ended_at{};
  platform::ReclaimOutcome outcome = platform::ReclaimOutcome::kReclaimed;  // of reclaim steps
};

// All of one moment.
struct ReliefSample {
  base::SteadyTime taken_at{};
  std::optional<model::PressureLevel> level;  // with hysteresis; nullopt: unknown
  bool noticed = false;  // the notice trigger fired since the last sample (3.5 % of stall in 2 s)
  model::MemorySample memory;
  std::optional<model::PressureReading> stall;  // memory
  std::optional<model::PressureReading> io_stall;
  SwapKind swap = SwapKind::kNone;
  std::uint64_t swapped_out_bytes = 0;  // by the machine since boot
  bool machine_idle = false;            // nobody there and nothing running
  bool on_mains = true;
  std::optional<double> battery_percent;
  bool requested = false;  // the user asked since the last sample
  bool cancelled = false;
  ReliefLevers levers;
  std::vector<ScopeUse> scopes;
  std::optional<ReliefResult> result;
};

struct ReliefAction {
  ReliefStep step = ReliefStep::kNone;
  ReliefReason reason = ReliefReason::kCalm;
  // Of reclaim steps; of kAsk the largest app, if any. The kernel's file gets `bytes` in writes of
  // at most `write_bytes`, kWriteGap apart, until one is not answered with "reclaimed".
  std::string unit;
  std::uint64_t cgroup_id = 0;
  std::uint64_t bytes = 0;
  std::uint64_t write_bytes = 0;
  std::optional<unsigned> swappiness;
  std::optional<base::SteadyTime> look_again;  // nullopt: at the next event
};

// The constants of facts and law; times are of the steady clock.
inline constexpr auto kSampleFresh = std::chrono::seconds(5);
inline constexpr auto kSettle = std::chrono::seconds(2);  // one window of PSI
inline constexpr auto kBackgroundSettle = std::chrono::seconds(6);
inline constexpr auto kWriteGap = std::chrono::milliseconds(100);
// Not of anticipation, whose rounds are far smaller: its time and the hour's budget bound it.
inline constexpr int kMostRounds = 10;
inline constexpr int kMostPauses = 3;
inline constexpr auto kPause = std::chrono::seconds(10);
inline constexpr auto kRunDeadline = std::chrono::minutes(2);
inline constexpr auto kRequestDeadline = std::chrono::seconds(30);  // somebody waits for it
inline constexpr auto kBackgroundDeadline = std::chrono::minutes(30);
inline constexpr auto kFirstCoolDown = std::chrono::minutes(1);
inline constexpr auto kLongestCoolDown = std::chrono::hours(1);
inline constexpr auto kShedGap = std::chrono::seconds(60);
inline constexpr auto kAskGap = std::chrono::minutes(10);
inline constexpr auto kAskAfter = std::chrono::seconds(10);  // of warning without end
inline constexpr auto kLowFor = std::chrono::minutes(5);     // before anticipation
inline constexpr auto kIdleFor = std::chrono::minutes(10);   // of an app
inline constexpr auto kReturnWatch = std::chrono::minutes(10);
inline constexpr auto kReclaimGap = std::chrono::hours(1);  // of one app
inline constexpr auto kAloneFor = std::chrono::hours(24);
inline constexpr std::size_t kMostAlone = 64;
inline constexpr std::uint64_t kLeastScope = 64 * base::kMiB;
inline constexpr std::uint64_t kLeastReclaim = base::kMiB;
inline constexpr std::uint64_t kReturnedPages = 256;
inline constexpr double kStallPercent = 10;             // memory or I/O, over 2 s and more
inline constexpr double kBackgroundStallPercent = 0.1;  // avg10 and avg60, as oomd's Senpai
inline constexpr double kSwapFullPercent = 80;          // systemd-oomd acts at 90
inline constexpr double kLeastZramRatio = 1.5;
inline constexpr double kLeastBatteryPercent = 30;
inline constexpr std::uint64_t kHourlySwapOut = base::kGiB;
inline constexpr std::uint64_t kBackgroundSwapOut = base::kMiB;  // a second: endurance of SSDs
inline constexpr std::uint64_t kBackgroundRound = 6 * kBackgroundSwapOut;

// What lasts between steps. Owned by one caller, never looked into by others; a copy is a snapshot.
struct ReliefState {
  enum class Mode : std::uint8_t { kPressure, kAnticipation, kRequest };
  // A step that was asked for.
  struct Pending {
    ReliefStep step = ReliefStep::kNone;
    std::uint64_t cgroup_id = 0, bytes = 0, scope_before = 0, available_before = 0;
    std::uint64_t swapped_out_before = 0, refaults_before = 0, swapped_in_before = 0;
    std::optional<ReliefResult> result;
  };
  struct Run {
    Mode mode = Mode::kPressure;
    base::SteadyTime began_at{};
    std::size_t rung = 0;
    int rounds = 0, pauses = 0;
    std::optional<Pending> pending;
    std::optional<base::SteadyTime> paused_until;
    std::optional<model::PressureReading> stall_base, io_base;  // when the last step was asked
    std::vector<std::uint64_t> spent;  // apps with nothing left for this rung
  };
  // An app that was taken from.
  struct Taken {
    std::uint64_t cgroup_id = 0;
    base::SteadyTime at{};
    std::uint64_t refaults = 0, swapped_in = 0;
    std::optional<base::SteadyTime> alone_until = std::nullopt;
    bool denied = false;
  };
  // An app that wanted it back, by app_title(): what is started again has another cgroup.
  struct Alone {
    std::string app;
    base::SteadyTime until{};
  };
  std::optional<Run> run;
  std::vector<Alone> alone;      // kMostAlone at most; the policy drops what is over
  std::uint64_t alone_news = 0;  // counts what was added: to be written down by whoever keeps it
  std::vector<Taken> taken;      // by cgroup_id, ascending; the policy keeps it so
  std::optional<base::SteadyTime> shed_at, asked_at, low_since, warned_since, cool_until;
  base::Duration cool_down = kFirstCoolDown;
  bool takes_swappiness = true;  // until the kernel says otherwise
  base::SteadyTime hour_began{};
  std::uint64_t swapped_this_hour = 0;
};

// The next thing to do. An action other than kNone, kWait and kEnd is to be done now, and its
// result given with the first sample after it ended. Samples in order; `now` not before any of
// them.
ReliefAction step(ReliefState& state, const ReliefSample& sample, base::SteadyTime now,
                  const ReliefSettings& settings = {});

}  // namespace lull::relief
