// SPDX-License-Identifier: MIT
#pragma once
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>

#include "tests/core/clean/durable_vfs.h"
#include "tests/core/clean/kill_world.h"

namespace lull::clean {

// Runs in whose midst the power fails: what is left of the journal is what was flushed by then.
class PowerWorld : public KillWorld {
 protected:
  // `act` in a child that ends when `point` is passed for the `nth` time, and leaves of its journal
  // what was flushed by then. What `before` does in the same child is not cut. True if it came so
  // far.
  bool cut_at(FaultPoint point, int nth, const std::function<void()>& before,
              const std::function<void()>& act) {
    journal_.reset();
    const int answer = in_child([&] {
      DurableVfs disk;
      before();
      int passed = 0;
      guards_.fault = [&](FaultPoint now) {
        if (now != point || ++passed != nth) return;
        leave_only(disk.flushed());
        ::_exit(101);
      };
      act();
      return 0;
    });
    EXPECT_TRUE(answer == 0 || answer == 101) << answer;
    return answer == 101;
  }

 private:
  void leave_only(const std::map<std::string, std::string>& flushed) const {
    std::filesystem::remove_all(home_ + "/.local/state/lull");
    std::filesystem::create_directories(home_ + "/.local/state/lull");
    for (const auto& [path, content] : flushed) std::ofstream(path, std::ios::binary) << content;
  }
};

}  // namespace lull::clean
