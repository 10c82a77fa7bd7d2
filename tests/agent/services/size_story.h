// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "agent/services/size_service.h"
#include "core/cache/store_disk.h"
#include "scheduler/executor.h"
#include "tests/support/fake_dir_watch.h"
#include "tests/support/no_job_store.h"
#include "tests/support/temp_dir.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent::testing {

// The service on real trees, real pools and virtual time.
class SizeStory : public ::testing::Test {
 protected:
  void run(const std::function<void()>& story) {
    world_.run([&](scheduler::TaskGroup&) {
      scheduler::ComputePool compute(2);
      scheduler::BlockingPool blocking;
      const auto store = job_store(blocking);
      scheduler::JobScheduler jobs(world_.engine, *store, {});
      SizeService sizes(world_.engine, compute, blocking, settings_, parts());
      jobs.add_condition({"nothing-stale", [&] {
                            return scheduler::ConditionState{sizes.stale_paths() > 0, "", ""};
                          }});
      for (const char* code : {"refresh-off", "user-active", "cpu-busy", "on-battery", "pressure",
                               "thermal", "quiet-hours", "inhibited"})
        jobs.add_condition({code, [] { return scheduler::ConditionState{}; }});
      jobs.add_job(sizes.size_job());
      jobs.add_job(sizes.refresh_job());
      jobs.on_run_ended([&](const auto& spec, const auto& result, auto, auto, bool) {
        runs_.push_back(spec.name + ": " + result.message);
      });
      jobs.start();
      jobs_ = &jobs;
      sizes_ = &sizes;
      story();
      jobs.shut_down(std::chrono::seconds(1));
    });
  }
  virtual std::unique_ptr<scheduler::JobStateStore> job_store(scheduler::Executor&) {
    return std::make_unique<lull::testing::NoJobStore>();
  }
  virtual std::unique_ptr<cache::DirWatch> make_watch() {
    auto watch = std::make_unique<support::FakeDirWatch>(watch_room_);
    watch_ = watch.get();
    return watch;
  }
  // The store is on disk, so that a second story is one after a restart; measurements are counted.
  virtual SizeParts parts() {
    SizeParts parts;
    parts.store = cache::make_disk_store({.directory = temp_ / "cache/lull"});
    parts.watch = make_watch();
    parts.measure = [this](cache::TreeStore& store, const cache::MeasureRequest& request,
                           const scan::WalkOptions& options) {
      ++measurements_;
      width_ = options.width;
      cache::MeasureRequest settled = request;
      settled.settle = std::chrono::hours(-1);  // what a test just made counts as old
      auto report = cache::measure(store, settled, options);
      if (report) directories_read_ += report->directories_read;
      if (const auto before_end = std::exchange(before_end_, nullptr)) before_end();
      return report;
    };
    parts.home = temp_ / "home";
    return parts;
  }
  base::Result<model::TreeSize> size(const std::string& path, bool fresh = false) {
    return sizes_->size(*jobs_, path, fresh, {});
  }

  lull::testing::VirtualEngine world_;
  Settings settings_;
  const support::TempDir temp_;
  scheduler::JobScheduler* jobs_ = nullptr;
  SizeService* sizes_ = nullptr;
  std::vector<std::string> runs_;
  std::size_t watch_room_ = 100;
  support::FakeDirWatch* watch_ = nullptr;
  std::function<void()> before_end_;  // of the next measurement, on its thread; once
  std::atomic<int> measurements_{0};
  std::atomic<unsigned> width_{0};
  std::atomic<std::size_t> directories_read_{0};
};

}  // namespace lull::agent::testing
