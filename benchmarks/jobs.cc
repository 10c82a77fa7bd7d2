// SPDX-License-Identifier: MIT
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "scheduler/engine.h"
#include "scheduler/job_scheduler.h"
#include "scheduler/task_group.h"
#include "tests/support/no_job_store.h"
#include "tests/support/virtual_engine.h"

// What the job scheduler costs: a day of schedule in virtual time, and what a request pays before
// its body runs beside the floor, a fiber spawned bare.
namespace lull::scheduler {
namespace {

using namespace std::chrono_literals;
using base::CancelToken;
using Stopwatch = std::chrono::steady_clock;

// Ten jobs from every minute to every day; two conditions of which one is lost half of each hour.
void add_ten_jobs(JobScheduler& jobs, Engine& engine, const base::SteadyTime& began,
                  std::uint64_t& runs) {
  jobs.add_condition({"user-active", [&engine, &began] {
                        return ConditionState{(engine.now() - began) % 1h < 30min, {}, {}};
                      }});
  jobs.add_condition({"cpu-busy", [] { return ConditionState{}; }});
  const base::Duration intervals[] = {1min, 5min, 10min, 15min, 30min, 1h, 2h, 6h, 12h, 24h};
  for (const base::Duration interval : intervals) {
    JobSpec spec;
    spec.name = "job " + std::to_string(interval / 1min);
    spec.trigger = Trigger::kPeriodic;
    spec.interval = interval;
    spec.tolerance = interval / 10;
    spec.constraints = {"user-active", "cpu-busy"};
    spec.body = [&engine, &runs](JobContext& context) {
      ++runs;
      engine.sleep_for(2s, {}, context.cancel);
      return JobResult{};
    };
    jobs.add_job(std::move(spec));
  }
}

void BM_DayOfTenJobs(benchmark::State& state) {
  std::uint64_t runs = 0;
  std::uint64_t wakes = 0;
  for (auto _ : state) {
    testing::VirtualTime time;
    Engine engine(time);
    testing::NoJobStore store;
    const base::SteadyTime began = time.now();
    JobScheduler jobs(engine, store, {});
    add_ten_jobs(jobs, engine, began, runs);
    engine.run([&] {
      jobs.start();
      engine.sleep_for(24h);
      jobs.shut_down(1min);
    });
    wakes += time.jumps();
  }
  const auto days = static_cast<double>(state.iterations());
  state.counters["runs/day"] = static_cast<double>(runs) / days;
  state.counters["wakes/day"] = static_cast<double>(wakes) / days;
}
BENCHMARK(BM_DayOfTenJobs)->Unit(benchmark::kMillisecond);

double seconds_since(Stopwatch::time_point start, Stopwatch::time_point end) {
  return std::chrono::duration<double>(end - start).count();
}

// The floor: from spawn() to the fiber's first instruction.
void BM_SpawnToStart(benchmark::State& state) {
  Engine engine;
  engine.run([&] {
    TaskGroup group(engine);
    for (auto _ : state) {
      Stopwatch::time_point began;
      const auto start = Stopwatch::now();
      group.spawn("floor", [&](const CancelToken&) { began = Stopwatch::now(); });
      group.join();
      state.SetIterationTime(seconds_since(start, began));
    }
  });
}
BENCHMARK(BM_SpawnToStart)->UseManualTime();

// From request() to the body's first instruction, among ten jobs.
void BM_RequestToStart(benchmark::State& state) {
  Engine engine;
  testing::NoJobStore store;
  std::uint64_t runs = 0;
  const base::SteadyTime began = engine.now();
  JobScheduler jobs(engine, store, {});
  add_ten_jobs(jobs, engine, began, runs);
  Stopwatch::time_point in_body;
  JobSpec spec;
  spec.name = "asked";
  spec.body = [&](JobContext&) {
    in_body = Stopwatch::now();
    return JobResult{};
  };
  jobs.add_job(spec);
  engine.run([&] {
    jobs.start();
    jobs.pause(std::nullopt);
    for (auto _ : state) {
      const auto start = Stopwatch::now();
      auto ticket = jobs.request("asked");
      ticket->wait();
      state.SetIterationTime(seconds_since(start, in_body));
    }
    jobs.shut_down(1s);
  });
}
BENCHMARK(BM_RequestToStart)->UseManualTime();

// The whole way: request, run an empty body, give the result to the waiter; beside spawn and join.
void BM_SpawnAndJoin(benchmark::State& state) {
  Engine engine;
  engine.run([&] {
    TaskGroup group(engine);
    for (auto _ : state) {
      group.spawn("floor", [](const CancelToken&) {});
      group.join();
    }
  });
}
BENCHMARK(BM_SpawnAndJoin);

void BM_RequestAndWait(benchmark::State& state) {
  Engine engine;
  testing::NoJobStore store;
  JobScheduler jobs(engine, store, {});
  JobSpec spec;
  spec.name = "asked";
  spec.body = [](JobContext&) { return JobResult{}; };
  jobs.add_job(spec);
  engine.run([&] {
    jobs.start();
    for (auto _ : state) benchmark::DoNotOptimize(jobs.request("asked")->wait());
    jobs.shut_down(1s);
  });
}
BENCHMARK(BM_RequestAndWait);

}  // namespace
}  // namespace lull::scheduler
