// SPDX-License-Identifier: MIT
#include "agent/services/pressure_service.h"

#include <array>
#include <cstdint>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "scheduler/event.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

using base::ErrorCode;
using model::PressureLevel;
using std::chrono::seconds;

// A descriptor that signals "exceptional condition" as a trigger of the kernel does: a TCP
// connection to ourselves with urgent data.
class UrgentPair {
 public:
  UrgentPair() {
    const base::UniqueFd listener(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener.get(), generic, length), 0);
    EXPECT_EQ(::listen(listener.get(), 1), 0);
    EXPECT_EQ(::getsockname(listener.get(), generic, &length), 0);
    sender_.reset(::socket(AF_INET, SOCK_STREAM, 0));
    EXPECT_EQ(::connect(sender_.get(), generic, length), 0);
    receiver_.reset(::accept(listener.get(), nullptr, nullptr));
  }
  base::UniqueFd take_receiver() { return std::move(receiver_); }
  void fire() { EXPECT_EQ(::send(sender_.get(), "!", 1, MSG_OOB), 1); }
  // The other end goes away hard: error and hang-up from now on.
  void vanish() {
    const linger hard{1, 0};
    ::setsockopt(sender_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    sender_.reset();
  }

 private:
  base::UniqueFd sender_, receiver_;
};

struct Script {
  bool psi = true;
  bool triggers = true;
  double some_avg10 = 0;
  std::uint64_t some_total_us = 0;
  std::array<UrgentPair, 4> pairs;  // warning, critical, notice, notice of the apps
  int opened = 0;
  int reads = 0;
};

class ScriptedPressure final : public platform::PressureProbe {
 public:
  ScriptedPressure(Script& script, const base::Clock& clock) : script_(script), clock_(clock) {}
  base::Result<model::PressureReading> read() override {
    ++script_.reads;
    if (!script_.psi) return base::fail(ErrorCode::kUnavailable, "no PSI");
    model::PressureReading reading;
    reading.taken_at = clock_.now();
    reading.some_avg10 = script_.some_avg10;
    reading.some_total_us = script_.some_total_us;
    return reading;
  }
  base::Result<base::UniqueFd> open_trigger(const platform::PressureTrigger&) override {
    if (!script_.triggers) return base::fail(ErrorCode::kPermissionDenied, "not allowed");
    return script_.pairs.at(static_cast<std::size_t>(script_.opened++)).take_receiver();
  }

 private:
  Script& script_;
  const base::Clock& clock_;
};

std::optional<model::MemorySample> nearly_full() {
  model::MemorySample sample;
  sample.total_bytes = 1000;
  sample.available_bytes = 100;
  return sample;
}

std::optional<model::MemorySample> half_full() {
  auto sample = nearly_full();
  sample->available_bytes = sample->total_bytes / 2;
  return sample;
}

TEST(PressureService, SleepsUntilATriggerFires) {
  Script script;
  scheduler::Engine engine;
  engine.run([&] {
    scheduler::Event raised(engine);
    std::vector<PressureLevel> levels;
    PressureService service(engine, std::make_unique<ScriptedPressure>(script, engine.time()),
                            {nearly_full,
                             [&](PressureLevel level) {
                               levels.push_back(level);
                               raised.set();
                             },
                             [] {}});
    service.start();
    EXPECT_EQ(service.source(), "triggers");
    EXPECT_EQ(script.opened, 3);
    script.pairs[0].fire();
    ASSERT_TRUE(raised.wait());
    EXPECT_EQ(levels, (std::vector{PressureLevel::kWarning}));
    raised.reset();
    script.pairs[1].fire();
    ASSERT_TRUE(raised.wait());
    EXPECT_EQ(levels.back(), PressureLevel::kCritical);
    service.stop();
  });
}

TEST(PressureService, ASlightStallOfTheMachineOrOfTheAppsIsNoticedAndRaisesNothing) {
  Script script;
  scheduler::Engine engine;
  engine.run([&] {
    scheduler::Event noticed(engine);
    int raised = 0;
    PressureService service(
        engine, std::make_unique<ScriptedPressure>(script, engine.time()),
        {half_full, [&](PressureLevel) { ++raised; }, [] {}, [&] { noticed.set(); }},
        std::make_unique<ScriptedPressure>(script, engine.time()));
    service.start();
    EXPECT_EQ(script.opened, 4);
    EXPECT_FALSE(service.noticed_at());
    for (const std::size_t which : {2u, 3u}) {
      script.pairs[which].fire();
      ASSERT_TRUE(noticed.wait());
      noticed.reset();
    }
    EXPECT_TRUE(service.noticed_at());
    EXPECT_EQ(raised, 0);
    // The session ends: the apps' cgroup goes, and the rest stays as it is.
    script.pairs[3].vanish();
    engine.sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(service.source(), "triggers");
    service.stop();
  });
}

// A kernel that tells stalls is not judged by its memory because one reading failed.
TEST(PressureService, AReadingThatFailsLeavesTheLevelUnknown) {
  testing::VirtualEngine world;
  Script script;
  script.triggers = false;
  world.run([&](scheduler::TaskGroup&) {
    PressureService service(world.engine, std::make_unique<ScriptedPressure>(script, world.time),
                            {nearly_full, [](PressureLevel) { ADD_FAILURE(); }, [] {}});
    service.start();
    ASSERT_TRUE(service.current());
    script.psi = false;
    world.sleep(std::chrono::seconds(2));
    EXPECT_FALSE(service.current());
    script.psi = true;
    world.sleep(std::chrono::seconds(2));
    EXPECT_EQ(service.current().value().level, PressureLevel::kNormal);
    service.stop();
  });
}

// What could not be read at the start may be later.
TEST(PressureService, WithoutPsiMemoryIsWaitedFor) {
  testing::VirtualEngine world;
  Script script;
  script.psi = false;
  bool readable = false;
  world.run([&](scheduler::TaskGroup&) {
    const auto memory = [&] { return readable ? half_full() : std::nullopt; };
    PressureService service(world.engine, std::make_unique<ScriptedPressure>(script, world.time),
                            {memory, [](PressureLevel) { ADD_FAILURE(); }, [] {}});
    service.start();
    EXPECT_EQ(service.source(), "unavailable");
    readable = true;
    world.sleep(3 * PressureService::kLookSlowly);
    EXPECT_EQ(service.source(), "available memory");
    service.stop();
  });
}

TEST(PressureService, ItsOwnShortageIsToldAndSaysNothingOfTheMachine) {
  Script script, own;
  script.psi = false;  // whatever the machine has
  scheduler::Engine engine;
  engine.run([&] {
    scheduler::Event told(engine);
    int changes = 0;
    PressureService::Observers observers{half_full, [](PressureLevel) { ADD_FAILURE(); },
                                         [&] { ++changes; }, [] { ADD_FAILURE(); },
                                         [&] { told.set(); }};
    PressureService service(engine, std::make_unique<ScriptedPressure>(script, engine.time()),
                            std::move(observers), nullptr,
                            {std::make_unique<ScriptedPressure>(own, engine.time()), {}});
    service.start();
    EXPECT_EQ(changes, 1) << "from unknown to normal";
    EXPECT_EQ(own.opened, 1);
    own.pairs[0].fire();
    ASSERT_TRUE(told.wait());
    told.reset();
    own.pairs[0].fire();
    ASSERT_TRUE(told.wait());
    EXPECT_EQ(own.reads, 0);
    EXPECT_EQ(service.source(), "available memory");
    own.pairs[0].vanish();  // the cgroup is gone: no more of this, and no reading instead
    EXPECT_EQ(changes, 1);
    service.stop();
    EXPECT_EQ(service.source(), "available memory");
  });
}

TEST(PressureService, ATriggerThatFiresAgainIsHeardAgain) {
  Script script;
  scheduler::Engine engine;
  engine.run([&] {
    scheduler::Event raised(engine);
    PressureService service(engine, std::make_unique<ScriptedPressure>(script, engine.time()),
                            {nearly_full, [&](PressureLevel) { raised.set(); }, [] {}});
    service.start();
    for (int i = 0; i < 3; ++i) {
      script.pairs[0].fire();
      ASSERT_TRUE(raised.wait());
      raised.reset();
    }
    service.stop();
  });
}

// A system that tells a level instead of stalls, and writes into pipes (macOS).
class TellingPressure final : public platform::PressureProbe {
 public:
  TellingPressure(std::vector<base::UniqueFd>& writers, PressureLevel& told,
                  const base::Clock& clock)
      : writers_(writers), told_(told), clock_(clock) {}
  base::Result<model::PressureReading> read() override {
    model::PressureReading reading;
    reading.taken_at = clock_.now();
    reading.told = told_;
    return reading;
  }
  base::Result<base::UniqueFd> open_trigger(const platform::PressureTrigger& trigger) override {
    if (trigger.stall_us < 100'000) return base::fail(ErrorCode::kUnavailable, "too fine");
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    EXPECT_EQ(::fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    writers_.emplace_back(ends[1]);
    return base::UniqueFd(ends[0]);
  }
  platform::TriggerSignal trigger_signal() const override {
    return platform::TriggerSignal::kReadable;
  }

 private:
  std::vector<base::UniqueFd>& writers_;
  PressureLevel& told_;
  const base::Clock& clock_;
};

TEST(PressureService, APipeThatCanBeReadIsATriggerToo) {
  std::vector<base::UniqueFd> writers;
  PressureLevel told = PressureLevel::kNormal;
  scheduler::Engine engine;
  engine.run([&] {
    scheduler::Event raised(engine);
    std::vector<PressureLevel> levels;
    PressureService service(engine, std::make_unique<TellingPressure>(writers, told, engine.time()),
                            {nearly_full,
                             [&](PressureLevel level) {
                               levels.push_back(level);
                               raised.set();
                             },
                             [] {}});
    service.start();
    EXPECT_EQ(service.source(), "triggers");
    ASSERT_EQ(writers.size(), 2U);
    // What was written while nobody looked is one signal.
    told = PressureLevel::kWarning;
    ASSERT_EQ(::write(writers[0].get(), "!!!", 3), 3);
    ASSERT_TRUE(raised.wait());
    EXPECT_EQ(levels, (std::vector{PressureLevel::kWarning}));
    raised.reset();
    told = PressureLevel::kCritical;
    ASSERT_EQ(::write(writers[1].get(), "!", 1), 1);
    ASSERT_TRUE(raised.wait());
    EXPECT_EQ(levels, (std::vector{PressureLevel::kWarning, PressureLevel::kCritical}));
    service.stop();
  });
}

TEST(PressureService, APipeWhoseWriterIsGoneIsATriggerTakenAway) {
  std::vector<base::UniqueFd> writers;
  PressureLevel told = PressureLevel::kNormal;
  scheduler::Engine engine;
  engine.run([&] {
    PressureService service(engine, std::make_unique<TellingPressure>(writers, told, engine.time()),
                            {half_full, [](PressureLevel) {}, [] {}});
    service.start();
    writers.clear();
    while (service.source() == "triggers") engine.yield();
    EXPECT_EQ(service.source(), "reading");
    service.stop();
  });
}

TEST(PressureService, ATriggerTakenAwayDoesNotSpin) {
  Script script;
  scheduler::Engine engine;
  engine.run([&] {
    PressureService service(engine, std::make_unique<ScriptedPressure>(script, engine.time()),
                            {nearly_full, [](PressureLevel) {}, [] {}});
    service.start();
    const int reads = script.reads;
    script.pairs[0].vanish();
    engine.sleep_for(std::chrono::milliseconds(100));
    EXPECT_EQ(service.source(), "reading");
    EXPECT_EQ(script.reads, reads);
    service.stop();
  });
}

TEST(PressureService, WhereTriggersAreNotAllowedItReadsEveryFewSeconds) {
  Script script;
  script.triggers = false;
  testing::VirtualEngine world;
  int raised = 0;
  int changed = 0;
  world.run([&](scheduler::TaskGroup&) {
    PressureService service(world.engine, std::make_unique<ScriptedPressure>(script, world.time),
                            {nearly_full, [&](PressureLevel) { ++raised; }, [&] { ++changed; }});
    service.start();
    EXPECT_EQ(service.source(), "reading");
    world.sleep(seconds(60));
    EXPECT_EQ(raised, 0);
    const int before = changed;
    script.some_avg10 = 40;
    world.sleep(seconds(7));
    EXPECT_GE(raised, 1);
    EXPECT_EQ(changed, before + 1);
    ASSERT_TRUE(service.current());
    EXPECT_EQ(service.current()->level, PressureLevel::kWarning);
    script.some_avg10 = 0;
    world.sleep(seconds(60));
    EXPECT_EQ(service.current()->level, PressureLevel::kNormal);
    EXPECT_EQ(changed, before + 2);
    service.stop();
  });
}

TEST(PressureService, WhileCalmNothingIsRead) {
  Script script;
  testing::VirtualEngine world;
  world.run([&](scheduler::TaskGroup&) {
    PressureService service(world.engine, std::make_unique<ScriptedPressure>(script, world.time),
                            {nearly_full, [](PressureLevel) {}, [] {}});
    service.start();
    const int reads = script.reads;
    world.sleep(std::chrono::hours(5));
    EXPECT_EQ(script.reads, reads);
    service.stop();
  });
}

TEST(PressureService, ManyQuestionsInASecondReadOnce) {
  Script script;
  testing::VirtualEngine world;
  world.run([&](scheduler::TaskGroup&) {
    PressureService service(world.engine, std::make_unique<ScriptedPressure>(script, world.time),
                            {nearly_full, [](PressureLevel) {}, [] {}});
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(service.current());
    EXPECT_EQ(script.reads, 1);
  });
}

// What is available is all there is to go by.
TEST(PressureService, WithoutPsiTheLevelGoesByAvailableMemory) {
  Script script;
  script.psi = false;
  testing::VirtualEngine world;
  auto memory = half_full();
  int raised = 0, changed = 0;
  world.run([&](scheduler::TaskGroup&) {
    PressureService service(
        world.engine, std::make_unique<ScriptedPressure>(script, world.time),
        {[&] { return memory; }, [&](PressureLevel) { ++raised; }, [&] { ++changed; }});
    service.start();
    EXPECT_EQ(service.source(), "available memory");
    ASSERT_TRUE(service.current());
    EXPECT_EQ(service.current()->level, PressureLevel::kNormal);
    EXPECT_TRUE(service.current()->reading.by_available);
    world.sleep(seconds(300));
    EXPECT_EQ(raised, 0);
    EXPECT_LE(script.reads, 6) << "once a minute at most";
    memory->available_bytes = 90;
    world.sleep(2 * PressureService::kLookSlowly);
    EXPECT_GE(raised, 1) << "found without being asked";
    EXPECT_EQ(service.current()->level, PressureLevel::kWarning);
    EXPECT_EQ(service.current()->reading.told, PressureLevel::kWarning);
    memory->available_bytes = 500;
    world.sleep(seconds(20));
    EXPECT_EQ(service.current()->level, PressureLevel::kWarning) << "not down at once";
    world.sleep(seconds(40));
    EXPECT_EQ(service.current()->level, PressureLevel::kNormal);
    EXPECT_EQ(changed, 3) << "known, up, down";
    service.stop();
  });
}

TEST(PressureService, WithoutPsiWhatIsSwappedOutCounts) {
  Script script;
  script.psi = false;
  testing::VirtualEngine world;
  auto memory = nearly_full();
  memory->available_bytes = 150;
  std::uint64_t swapped_out = 0;
  world.run([&](scheduler::TaskGroup&) {
    PressureService service(world.engine, std::make_unique<ScriptedPressure>(script, world.time),
                            {[&] { return memory; }, [](PressureLevel) {}, [] {}, [] {}, [] {},
                             [&] { return swapped_out; }});
    service.start();
    world.sleep(seconds(10));
    EXPECT_EQ(service.current()->level, PressureLevel::kNormal);
    swapped_out += 20u << 20;
    world.sleep(seconds(10));
    EXPECT_EQ(service.current()->level, PressureLevel::kWarning);
    service.stop();
  });
}

TEST(PressureService, WithNeitherPsiNorMemoryTheLevelIsUnknownAndHarmless) {
  Script script;
  script.psi = false;
  testing::VirtualEngine world;
  world.run([&](scheduler::TaskGroup&) {
    PressureService service(world.engine, std::make_unique<ScriptedPressure>(script, world.time),
                            {[] { return std::nullopt; }, [](PressureLevel) { FAIL(); }, [] {}});
    service.start();
    EXPECT_EQ(service.source(), "unavailable");
    EXPECT_EQ(service.current(), std::nullopt);
    world.sleep(seconds(60));
    service.stop();
  });
}

TEST(PressureService, ListensToTheRealKernel) {
  scheduler::Engine engine;
  engine.run([&] {
    PressureService service(engine, platform::make_pressure_probe({}),
                            {nearly_full, [](PressureLevel) {}, [] {}});
    service.start();
    EXPECT_EQ(service.current().has_value(), service.source() != "unavailable");
    service.stop();
  });
}

}  // namespace
}  // namespace lull::agent
