// SPDX-License-Identifier: MIT
#include "agent/services/relief_service.h"

#include <cstring>

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "core/base/bytes.h"
#include "scheduler/job_scheduler.h"

namespace lull::agent {
namespace {

constexpr std::size_t kHeld = 32 * base::kMiB;
// ThreadSanitizer's shadow of memory is anonymous memory too, a few times as much, and goes with
// it.
#ifdef __SANITIZE_THREAD__
constexpr std::size_t kMost = 8 * kHeld;
#else
constexpr std::size_t kMost = 2 * kHeld;
#endif

// Memory that is really there until it is given back.
class Held {
 public:
  Held() {
    data_ = ::mmap(nullptr, kHeld, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(data_, MAP_FAILED);
    std::memset(data_, 1, kHeld);
  }
  ~Held() { give_back(); }
  void give_back() {
    if (data_ != nullptr) ::munmap(data_, kHeld);
    data_ = nullptr;
  }

 private:
  void* data_ = nullptr;
};

// The job under a real scheduler on the real machine.
class ReliefServiceTest : public ::testing::Test {
 protected:
  void run(const std::function<void(scheduler::JobScheduler&, JournalService&)>& story) {
    scheduler::BlockingPool blocking;
    scheduler::Engine engine;
    engine_ = &engine;
    engine.run([&] {
      const auto journal = JournalService::open(engine, blocking, "");
      stats::SystemMonitor monitor(stats::make_probes(), engine.time());
      scheduler::JobScheduler jobs(engine, *journal, {});
      const auto power = platform::make_power_probe({});
      const Settings settings;
      // Root has no apps: only our own house.
      ReliefSenses senses(engine, blocking, settings,
                          {monitor, *power, [&] { return level_; }, [] { return std::nullopt; },
                           [] { return std::nullopt; }},
                          find_relief_facilities({}, 0, engine.time()));
      ReliefService::Actions actions;
      actions.stop_background = [&] { acts_ += "stop "; };
      actions.shed = [&] {
        acts_ += "shed ";
        if (on_shed_) on_shed_();
      };
      ReliefService relief(engine, blocking, monitor, *journal, senses, actions);
      for (auto& condition : relief.conditions()) jobs.add_condition(std::move(condition));
      jobs.add_condition({"relief-off", [] { return scheduler::ConditionState{}; }});
      jobs.add_job(relief.jobs().front());
      jobs.start();
      story(jobs, *journal);
      jobs.shut_down(std::chrono::seconds(1));
    });
  }

  scheduler::Engine* engine_ = nullptr;
  std::optional<model::PressureLevel> level_ = model::PressureLevel::kNormal;
  std::string acts_;
  std::function<void()> on_shed_;
};

TEST_F(ReliefServiceTest, ClaimsWhatItReallyGaveBack) {
  Held held;
  on_shed_ = [&] { held.give_back(); };
  run([&](auto& jobs, auto& journal) {
    auto ticket = jobs.request("relief");
    ASSERT_TRUE(ticket);
    EXPECT_EQ(ticket->wait().outcome, scheduler::Outcome::kDone);
    EXPECT_EQ(acts_, "stop shed ");
    ASSERT_TRUE(journal.last_run());
    EXPECT_EQ(journal.last_run()->outcome, "freed");
    EXPECT_EQ(journal.last_run()->origin, "user");
    EXPECT_GE(journal.last_run()->bytes, kHeld - base::kMiB);
    EXPECT_LT(journal.last_run()->bytes, kMost);
  });
}

TEST_F(ReliefServiceTest, ClaimsNothingWhenNothingWasThere) {
  run([&](auto& jobs, auto& journal) {
    auto ticket = jobs.request("relief");
    ASSERT_TRUE(ticket);
    ticket->wait();
    ASSERT_TRUE(journal.last_run());
    EXPECT_LT(journal.last_run()->bytes, 8 * base::kMiB);
    EXPECT_EQ(journal.last_run()->bytes > 0, journal.last_run()->outcome == "freed");
  });
}

TEST_F(ReliefServiceTest, ActsAtMostOnceAMinute) {
  run([&](auto& jobs, auto& journal) {
    for (int i = 0; i < 3; ++i) {
      auto ticket = jobs.request("relief");
      ASSERT_TRUE(ticket);
      ticket->wait();
    }
    EXPECT_EQ(acts_, "stop shed ");
    EXPECT_EQ(journal.history(0)->size(), 1u);
  });
}

TEST_F(ReliefServiceTest, PressureStartsItByItself) {
  run([&](auto& jobs, auto& journal) {
    level_ = model::PressureLevel::kWarning;
    jobs.raise(scheduler::Trigger::kPressure);
    engine_->yield();                      // it begins
    auto ticket = jobs.request("relief");  // joins the run under way
    ASSERT_TRUE(ticket);
    ticket->wait();
    ASSERT_TRUE(journal.last_run());
    EXPECT_EQ(journal.last_run()->origin, "automatic");
    EXPECT_EQ(acts_, "stop shed ");
  });
}

}  // namespace
}  // namespace lull::agent
