// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/progress.h"
#include "core/base/result.h"

// A job is data. The scheduler knows no domain word: what conditions mean and what bodies do is the
// agent's business.
namespace lull::scheduler {

enum class Trigger : std::uint8_t {
  kIdle,      // every `interval`, when the idle conditions hold
  kPressure,  // when JobScheduler::raise(kPressure) is called
  kPeriodic,  // every `interval`
  kRequest,   // only when asked for
};
enum class Priority : std::uint8_t {
  // Somebody looks at a progress bar; starts first, conditions of comfort do not apply.
  kUserBlocking,
  kUserVisible,  // its result is on the screen
  kBackground,   // nobody waits
};
// What happens to a running job when the program ends.
enum class ShutdownBehaviour : std::uint8_t {
  kFinishItem,  // cancelled; waits until it has finished the item at hand
  kSkip,        // cancelled; not started any more; its result is not waited for beyond the deadline
  kBlock,       // runs to its end
};
std::string_view trigger_name(Trigger trigger);     // idle|pressure|periodic|request
std::string_view priority_name(Priority priority);  // user-blocking|user-visible|background

enum class Outcome : std::uint8_t { kDone, kPartial, kFailed, kCancelled };
std::string_view outcome_name(Outcome outcome);  // done|partial|failed|cancelled

struct JobResult {
  Outcome outcome = Outcome::kDone;
  std::string message;     // for people; empty if there is nothing to add
  std::string checkpoint;  // where to go on next time; empty: from the start
};

using JobParameters = std::map<std::string, std::string>;

// What a body gets. The body runs on a fiber of the engine and offloads anything that takes time.
struct JobContext {
  base::CancelToken cancel;
  base::Progress& progress;
  const JobParameters& parameters;
  const std::string& checkpoint;  // of the last cancelled or partial run
  bool automatic = true;          // false: a person asked for it
};

struct JobSpec {
  std::string name;
  Trigger trigger = Trigger::kRequest;
  Priority priority = Priority::kBackground;
  ShutdownBehaviour shutdown = ShutdownBehaviour::kFinishItem;
  // Codes of conditions; an automatic run starts and goes on only with all of them met.
  std::vector<std::string> constraints;
  base::Duration interval{};     // idle and periodic: from the start of one run to the next
  base::Duration tolerance{};    // how much later it may be
  base::Duration deadline{};     // cancelled after that long; zero: none
  base::Duration minimum_gap{};  // between two automatic runs ("too-soon")
  // For a job that means nothing without parameters: what else to do, as in "needs a path; use …".
  // A request without any is refused with it. Empty: it runs without.
  std::string needs_parameters = {};
  std::function<JobResult(JobContext&)> body;
};

// What outlives the process, per job.
struct JobState {
  std::string name;
  std::optional<base::WallTime> next_due;
  std::optional<base::WallTime> last_started;
  std::optional<Outcome> last_outcome;
  std::string last_message;
  std::string checkpoint;
  unsigned failures = 0;  // in a row; drives the back-off
};

// What a person asked for when, so that it outlives the process.
struct SavedPause {
  base::WallTime since{};
  std::optional<base::WallTime> until;  // nullopt: until resume()

  bool operator==(const SavedPause&) const = default;
};

// Engine thread; must not block (the agent's body hands writes to the blocking pool).
class JobStateStore {
 public:
  virtual ~JobStateStore() = default;
  virtual std::vector<JobState> load() = 0;
  virtual void save(const JobState& state) = 0;
  virtual std::optional<SavedPause> load_pause() = 0;
  virtual void save_pause(const std::optional<SavedPause>& pause) = 0;
};

}  // namespace lull::scheduler
