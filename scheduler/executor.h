// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>

namespace lull::scheduler {

// Somewhere else to run: a oneTBB arena, the blocking pool, or (in tests) right here.
class Executor {
 public:
  virtual ~Executor() = default;
  // Any thread. Runs `work` once, later; `work` does not throw.
  virtual void submit(std::function<void()> work) = 0;
};

// Capped oneTBB arenas, started at first use and given back by shed(). Within `work`, oneTBB
// algorithms use the arena's width.
//   background: SCHED_IDLE (else nice 19) and idle I/O priority, for what nobody waits for
//   foreground: normal priority, for a person's click
class ComputePool {
 public:
  explicit ComputePool(unsigned width);  // 0: the number of cores
  ~ComputePool();
  Executor& background();
  Executor& foreground();
  unsigned width() const;
  // Lets idle workers end and their stacks be freed, if nothing runs. Any thread.
  void shed();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// At most `threads` threads for calls that may hang (a dead mount, fsync, a bus). Threads start on
// demand and end after 10 s without work. The destructor waits for what is running.
class BlockingPool final : public Executor {
 public:
  explicit BlockingPool(unsigned threads = 2);
  ~BlockingPool() override;
  void submit(std::function<void()> work) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The same for what may never return, such as reading from a file system whose server goes away
// (see offload_while()): the destructor waits a second at most, and leaves threads that are stuck
// in the kernel behind, with what they share, for the end of the process to take. (Some waits of
// the kernel outlast even that: what may be dead already is asked by a process of its own.)
class PatientPool final : public Executor {
 public:
  explicit PatientPool(unsigned threads = 4);
  ~PatientPool() override;
  void submit(std::function<void()> work) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lull::scheduler
