// SPDX-License-Identifier: MIT
// Claim: `lull optimize` with nothing to do takes at most 100 ms, whatever memory this machine has:
// all seven operations on the real facilities, without the scan for the clean. By wall time, since
// it waits for other threads.
#include <chrono>
#include <string>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "agent/presence/resolver_flush.h"
#include "agent/services/optimize_service.h"
#include "tests/support/temp_dir.h"

namespace lull::benchmarks {
namespace {

void optimize_with_nothing_to_do(benchmark::State& state) {
  const support::TempDir home;
  scheduler::BlockingPool blocking;
  scheduler::Engine engine;
  engine.run([&] {
    const agent::Settings settings;
    const auto journal = agent::JournalService::open(engine, blocking, "");
    stats::SystemMonitor monitor(stats::make_probes({}, engine.time()), engine.time());
    const auto power = platform::make_power_probe({});
    agent::ReliefSenses senses(engine, blocking, settings,
                               {monitor, *power, [] { return model::PressureLevel::kNormal; },
                                [] { return std::nullopt; }, [] { return std::nullopt; }},
                               agent::find_relief_facilities({}, ::geteuid(), engine.time()));
    agent::ReliefService relief(engine, blocking, monitor, *journal, senses,
                                {.stop_background = [] {}, .shed = [] {}});
    base::UserDirectories directories;
    directories.home = directories.config_home = directories.runtime_dir = home.path();
    agent::OptimizeService optimize(
        {engine, blocking, monitor, *journal, relief, *senses.facilities().swap, directories,
         [&](const auto& cancel) {
           return agent::presence::flush_resolver(engine, blocking, cancel);
         },
         [] { return std::nullopt; }, settings});
    scheduler::JobScheduler jobs(engine, *journal, {.automatic = false});
    jobs.add_job(optimize.job());
    jobs.start();
    for (auto _ : state) {
      const auto start = std::chrono::steady_clock::now();
      if (!optimize.optimize(jobs, false, {})) state.SkipWithError("it failed");
      state.SetIterationTime(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    jobs.shut_down(std::chrono::seconds(1));
  });
}
BENCHMARK(optimize_with_nothing_to_do)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lull::benchmarks
