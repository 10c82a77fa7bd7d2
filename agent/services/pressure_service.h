// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/model/memory.h"
#include "core/model/pressure.h"
#include "core/platform/pressure_probe.h"
#include "core/relief/pressure_tracker.h"
#include "scheduler/engine.h"
#include "scheduler/task_group.h"

namespace lull::agent {

// Watches memory pressure without polling while all is calm: the kernel's triggers wake it; where
// it may not set triggers it reads every five seconds; where the kernel has no PSI the level goes
// by available memory and what is swapped out (relief::judge_available), looked at whenever
// somebody asks and every kLookSlowly, as late as another wake-up may come by. While the level is
// raised it looks again every five seconds, without PSI every kFollowSlowly. Engine thread.
class PressureService {
 public:
  struct Observers {
    std::function<std::optional<model::MemorySample>()> memory;  // of now
    std::function<void(model::PressureLevel)> raised;  // at warning or above, each time it is seen
    std::function<void()> changed;                     // the level is another one
    // Some programs stall a little, 3.5 % of two seconds: of the machine, or of the user's apps.
    // Only where the kernel has triggers; the level may be normal.
    std::function<void()> noticed = [] {};
    // The agent itself is short of memory, as its service manager has it watch. Says nothing of
    // the machine.
    std::function<void()> own_short = [] {};
    // Bytes by the machine since boot; only asked where the kernel has no PSI.
    std::function<std::optional<std::uint64_t>()> swapped_out = nullptr;
  };
  // A cgroup of our own and what of it is watched.
  struct Own {
    std::unique_ptr<platform::PressureProbe> probe;  // null: nobody asks for it
    platform::PressureTrigger trigger;
  };
  // `apps`: the user's app slice; may be null.
  PressureService(scheduler::Engine& engine, std::unique_ptr<platform::PressureProbe> probe,
                  Observers observers, std::unique_ptr<platform::PressureProbe> apps = nullptr,
                  Own own = {});
  ~PressureService();

  void start();
  void stop();  // idempotent
  static constexpr auto kLookSlowly = std::chrono::minutes(1);
  static constexpr auto kFollowSlowly = std::chrono::seconds(30);

  // Reads at most once a second. nullopt: neither stalls nor memory can be read.
  std::optional<model::Pressure> current();
  // When programs stalled a little last, as `noticed` has it.
  std::optional<base::SteadyTime> noticed_at() const { return noticed_at_; }
  // "triggers", "reading", "available memory", "unavailable".
  std::string_view source() const { return source_; }

 private:
  struct Trigger;
  bool open(platform::PressureProbe& probe, const platform::PressureTrigger& stall,
            model::PressureLevel level);
  Trigger* watch(platform::PressureProbe& probe, const platform::PressureTrigger& stall,
                 std::function<void()> fired);
  void wait_for(Trigger& trigger, const base::CancelToken& cancel);
  void read_regularly(const base::CancelToken& cancel);
  void look_slowly(const base::CancelToken& cancel);
  void follow(const base::CancelToken& cancel);
  void step(std::optional<model::PressureLevel> fired);

  scheduler::Engine& engine_;
  std::unique_ptr<platform::PressureProbe> probe_, apps_;
  const Observers observers_;
  const Own own_;
  relief::PressureTracker tracker_;
  std::optional<model::PressureReading> reading_;
  std::optional<base::SteadyTime> read_at_;
  bool has_psi_ = false;  // a reading has succeeded
  std::optional<base::SteadyTime> noticed_at_;
  std::string_view source_ = "unavailable";
  bool following_ = false;
  bool reading_regularly_ = false;
  std::vector<std::unique_ptr<Trigger>> triggers_;
  scheduler::TaskGroup group_;
};

}  // namespace lull::agent
