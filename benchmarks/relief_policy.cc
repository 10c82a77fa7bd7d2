// SPDX-License-Identifier: MIT
// Claim: one decision about memory, with 200 apps to choose from and 200 remembered, takes at most
// 50 µs. Beside it: one look at each app.
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "benchmarks/beside.h"
#include "core/relief/policy.h"

namespace lull::benchmarks {
namespace {

constexpr std::uint64_t kApps = 200;
const base::SteadyTime kNow{std::chrono::hours(100)};

relief::ReliefSample make_sample() {
  relief::ReliefSample sample;
  sample.taken_at = kNow;
  sample.level = model::PressureLevel::kWarning;
  sample.memory.total_bytes = 8 * base::kGiB;
  sample.memory.available_bytes = base::kGiB / 2;
  sample.memory.swap_total_bytes = 4 * base::kGiB;
  sample.swap = relief::SwapKind::kSolidState;
  sample.levers.reclaim = true;
  for (std::uint64_t id = 1; id <= kApps; ++id) {
    relief::ScopeUse use;
    use.reading.unit = "app-gnome-org.example.App-" + std::to_string(id) + ".scope";
    use.reading.cgroup_id = id;
    use.reading.state = model::ScopeState::kRead;
    use.reading.current_bytes = base::kGiB;
    use.reading.inactive_anonymous_bytes = base::kGiB / 2;
    use.idle_for = std::chrono::minutes(10 + id);  // the last is the coldest
    sample.scopes.push_back(std::move(use));
  }
  return sample;
}

// Every app is remembered as taken from lately but the last: the longest search there is.
relief::ReliefState make_state() {
  relief::ReliefState state;
  state.shed_at = kNow;
  for (std::uint64_t id = 1; id < kApps; ++id)
    state.taken.push_back({id, kNow - std::chrono::minutes(5), 0, 0, {}, false});
  return state;
}

void relief_step_over_a_look_at_each_app(benchmark::State& state) {
  const relief::ReliefSample sample = make_sample();
  relief::ReliefState memory = make_state();
  run_beside(
      state, 20,
      [&] {
        memory.run.reset();
        const auto action = relief::step(memory, sample, kNow);
        if (action.step != relief::ReliefStep::kReclaimAnonymous)
          state.SkipWithError("it decided otherwise");
        benchmark::DoNotOptimize(action.bytes);
      },
      [&] {
        std::uint64_t sum = 0;
        for (const auto& use : sample.scopes) sum += use.reading.current_bytes;
        benchmark::DoNotOptimize(sum);
      });
}
BENCHMARK(relief_step_over_a_look_at_each_app)->UseManualTime();

}  // namespace
}  // namespace lull::benchmarks
