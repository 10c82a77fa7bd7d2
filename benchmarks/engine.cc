// SPDX-License-Identifier: MIT
// What the engine costs, each claim beside its floor (the bare kernel or library call).
#include "scheduler/engine.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <latch>
#include <optional>
#include <queue>
#include <thread>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scheduler/event.h"
#include "scheduler/executor.h"
#include "scheduler/offload.h"
#include "scheduler/task_group.h"
#include "scheduler/timer_queue.h"
#include "tests/support/virtual_engine.h"

namespace lull::scheduler {
namespace {

using namespace std::chrono_literals;

// Runs the benchmark's loop as the first fiber of an engine.
void on_engine(const std::function<void(Engine&)>& loop) {
  Engine engine;
  engine.run([&] { loop(engine); });
}

// A thread that answers every request; spins between them, so that the sleeper's wake-up is what
// is measured.
class Answerer {
 public:
  explicit Answerer(std::function<void()> answer)
      : thread_([this, answer = std::move(answer)] {
          for (std::uint64_t seen = 0;;) {
            const std::uint64_t asked = asked_.load(std::memory_order_acquire);
            if (asked == kStop) return;
            if (asked == seen) continue;
            seen = asked;
            answer();
          }
        }) {}
  ~Answerer() {
    asked_ = kStop;
    thread_.join();
  }
  void ask() { asked_.fetch_add(1, std::memory_order_release); }

 private:
  static constexpr std::uint64_t kStop = ~std::uint64_t{0};
  std::atomic<std::uint64_t> asked_{0};
  std::thread thread_;
};

void WakeUp_floor_eventfd_epoll(benchmark::State& state) {
  const int event = eventfd(0, EFD_CLOEXEC), epoll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event interest{.events = EPOLLIN, .data = {}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, event, &interest);
  {
    Answerer answerer([event] {
      const std::uint64_t one = 1;
      benchmark::DoNotOptimize(write(event, &one, sizeof one));
    });
    for (auto _ : state) {
      answerer.ask();
      epoll_event got;
      epoll_wait(epoll, &got, 1, -1);
      std::uint64_t value;
      benchmark::DoNotOptimize(read(event, &value, sizeof value));
    }
  }
  close(epoll);
  close(event);
}
BENCHMARK(WakeUp_floor_eventfd_epoll)->UseRealTime();

void WakeUp_post_from_thread(benchmark::State& state) {
  on_engine([&](Engine& engine) {
    Event answered(engine);
    Answerer answerer([&] { engine.post([&] { answered.set(); }); });
    for (auto _ : state) {
      answered.reset();
      answerer.ask();
      answered.wait();
    }
  });
}
BENCHMARK(WakeUp_post_from_thread)->UseRealTime();

void Spawn_floor_guarded_stack(benchmark::State& state) {
  constexpr std::size_t kBytes = 68 * 1024, kGuard = 4096;
  for (auto _ : state) {
    auto* stack = static_cast<char*>(
        mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(stack, kGuard, PROT_NONE);
    stack[kBytes - 1] = 1;
    benchmark::DoNotOptimize(stack);
    munmap(stack, kBytes);
  }
}
BENCHMARK(Spawn_floor_guarded_stack);

void Spawn_and_join(benchmark::State& state) {
  on_engine([&](Engine& engine) {
    TaskGroup group(engine);
    for (auto _ : state) {
      group.spawn("brief", [](const base::CancelToken&) {});
      group.join();
    }
  });
}
BENCHMARK(Spawn_and_join);

void Spawn_peer_std_thread(benchmark::State& state) {
  for (auto _ : state) std::thread([] {}).join();
}
BENCHMARK(Spawn_peer_std_thread)->UseRealTime();

void Switch_yield_between_two(benchmark::State& state) {
  on_engine([&](Engine& engine) {
    TaskGroup group(engine);
    bool go_on = true;
    group.spawn("other", [&](const base::CancelToken&) {
      while (go_on) engine.yield();
    });
    for (auto _ : state) engine.yield();
    state.SetItemsProcessed(state.iterations() * 2);
    go_on = false;
    group.join();
  });
}
BENCHMARK(Switch_yield_between_two);

constexpr int kTimers = 10'000;

// When the timers of these benchmarks are due: each within ten seconds, in no order.
base::SteadyTime due_at(int timer) {
  return base::SteadyTime(std::chrono::milliseconds(timer * 7919 % kTimers));
}

// A heap of instants and nothing else: no tolerance, nothing that could be cancelled.
void Timers_floor_10k_priority_queue(benchmark::State& state) {
  using Entry = std::pair<base::SteadyTime, int>;
  for (auto _ : state) {
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    for (int i = 0; i < kTimers; ++i) queue.emplace(due_at(i), i);
    for (; !queue.empty(); queue.pop()) benchmark::DoNotOptimize(queue.top());
  }
  state.SetItemsProcessed(state.iterations() * kTimers);
}
BENCHMARK(Timers_floor_10k_priority_queue)->Unit(benchmark::kMillisecond);

// Asio's timers, all due by now, waited for and run by one thread.
void Timers_peer_10k_asio_steady_timers(benchmark::State& state) {
  for (auto _ : state) {
    boost::asio::io_context io(1);
    std::vector<boost::asio::steady_timer> timers;
    timers.reserve(kTimers);
    int fired = 0;
    for (int i = 0; i < kTimers; ++i)
      timers.emplace_back(io, due_at(i)).async_wait([&](const auto&) { ++fired; });
    io.run();
    if (fired != kTimers) state.SkipWithError("a timer did not fire");
  }
  state.SetItemsProcessed(state.iterations() * kTimers);
}
BENCHMARK(Timers_peer_10k_asio_steady_timers)->Unit(benchmark::kMillisecond);

void Timers_queue_10k_add_and_fire(benchmark::State& state) {
  for (auto _ : state) {
    detail::TimerQueue queue;
    std::vector<std::optional<detail::Timer>> timers(kTimers);
    for (int i = 0; i < kTimers; ++i) {
      timers[i].emplace(due_at(i), 50ms);
      queue.add(*timers[i]);
    }
    while (const auto wake = queue.next_wake()) queue.fire(*wake);
  }
  state.SetItemsProcessed(state.iterations() * kTimers);
}
BENCHMARK(Timers_queue_10k_add_and_fire)->Unit(benchmark::kMillisecond);

void Timers_engine_10k_sleeps_of_1000_fibers(benchmark::State& state) {
  for (auto _ : state) {
    testing::VirtualEngine world;
    world.run([&](TaskGroup& group) {
      for (int fiber = 0; fiber < 1000; ++fiber) {
        group.spawn("sleeper", [&, fiber](const base::CancelToken&) {
          for (int i = 0; i < 10; ++i) {
            world.sleep(std::chrono::milliseconds(1 + (fiber * 7919 + i * 104729) % 5000));
          }
        });
      }
      group.join();
    });
  }
  state.SetItemsProcessed(state.iterations() * 10'000);
}
BENCHMARK(Timers_engine_10k_sleeps_of_1000_fibers)->Unit(benchmark::kMillisecond);

void VirtualDay_22_fibers(benchmark::State& state) {
  std::size_t events = 0;
  for (auto _ : state) {
    testing::VirtualEngine world;
    world.run([&](TaskGroup& group) {
      const auto every = [&](base::Duration interval) {
        group.spawn("every", [&, interval](const base::CancelToken& cancel) {
          while (world.engine.sleep_for(interval, {}, cancel) == Wake::kDue) ++events;
        });
      };
      every(1s);
      every(10s);
      for (int job = 0; job < 20; ++job) every(30s + job * 1s);
      world.sleep(24h);
    });
  }
  state.counters["events"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kAvgIterations);
}
BENCHMARK(VirtualDay_22_fibers)->Unit(benchmark::kMillisecond);

// Two eventfds and a thread blocked in read(): there and back again by the kernel alone.
void Offload_floor_two_eventfds(benchmark::State& state) {
  const int there = eventfd(0, EFD_CLOEXEC), back = eventfd(0, EFD_CLOEXEC);
  std::thread worker([=] {
    std::uint64_t value = 0;
    while (read(there, &value, sizeof value) > 0 && value < 1000) {
      const std::uint64_t one = 1;
      benchmark::DoNotOptimize(write(back, &one, sizeof one));
    }
  });
  std::uint64_t value = 1;
  for (auto _ : state) {
    value = 1;
    benchmark::DoNotOptimize(write(there, &value, sizeof value));
    benchmark::DoNotOptimize(read(back, &value, sizeof value));
  }
  value = 1000;
  benchmark::DoNotOptimize(write(there, &value, sizeof value));
  worker.join();
  close(there);
  close(back);
}
BENCHMARK(Offload_floor_two_eventfds)->UseRealTime();

void offload_round_trips(benchmark::State& state, Executor& executor) {
  on_engine([&](Engine& engine) {
    int sum = 0;
    for (auto _ : state) sum += offload(engine, executor, [] { return 1; });
    benchmark::DoNotOptimize(sum);
  });
}
void Offload_blocking_pool(benchmark::State& state) {
  BlockingPool pool;
  offload_round_trips(state, pool);
}
void Offload_compute_foreground(benchmark::State& state) {
  ComputePool pool(0);
  offload_round_trips(state, pool.foreground());
}
void Offload_compute_background(benchmark::State& state) {
  ComputePool pool(0);
  offload_round_trips(state, pool.background());
}
BENCHMARK(Offload_blocking_pool)->UseRealTime();
BENCHMARK(Offload_compute_foreground)->UseRealTime();
BENCHMARK(Offload_compute_background)->UseRealTime();

// 20 ms of work in 2,000 pieces: what our own threads in the arena cost against oneTBB's workers.
void pieces() {
  oneapi::tbb::parallel_for(0, 2000, [](int) {
    const auto until = std::chrono::steady_clock::now() + 10us;
    while (std::chrono::steady_clock::now() < until) {
    }
  });
}
void ParallelLoop_peer_tbb_workers(benchmark::State& state) {
  oneapi::tbb::task_arena arena;
  for (auto _ : state) arena.execute(pieces);
}
void ParallelLoop_compute_foreground(benchmark::State& state) {
  ComputePool pool(0);
  on_engine([&](Engine& engine) {
    for (auto _ : state) offload(engine, pool.foreground(), pieces);
  });
}
BENCHMARK(ParallelLoop_peer_tbb_workers)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(ParallelLoop_compute_foreground)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lull::scheduler
