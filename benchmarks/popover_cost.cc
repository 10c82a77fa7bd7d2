// SPDX-License-Identifier: MIT
// Claims, of the window of a real agent on xfce4-panel on a screen without a monitor:
//   - from the pointer's click on the status item to the first complete frame, the one that has the
//     agent's numbers on it: at most 100 ms, the median of all rounds (the click travels through
//     the X server, the panel, the bus and the agent, which starts the program, which asks the
//     agent);
//   - while it is shown: at most 9 MiB PSS, and 0.5 % of a processor while nobody touches it.
//   popover_cost [ROUNDS]             20 if nothing else is said
// Beside it, in the same run: the first frame, with numbers or without, and the floor: the same
// program, started and ended without a window, and the program that clicks. Ends with 1 if a claim
// does not hold.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "benchmarks/support/bare_desktop.h"
#include "benchmarks/support/idle_process.h"
#include "core/base/unique_fd.h"
#include "tests/support/sandbox.h"

namespace lull::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kMostMilliseconds = 100, kMostPssMib = 9, kMostPercent = 0.5;
constexpr auto kSettle = std::chrono::seconds(5);
constexpr int kWindowSeconds = 30;
constexpr auto kLook = std::chrono::microseconds(200);
// The item is at the right end of the panel; the window hangs from the click and ends at the edge
// of the screen (1280 pixels), 720 high.
constexpr int kItemX = 1264, kItemY = 14;
constexpr int kColumn = 1090, kNearTop = 24, kNearBottom = 726;
// Where the memory ring begins in it, at its lower left, and nothing else is.
constexpr int kRingLeft = 924, kRingTop = 150, kRingWidth = 26, kRingHeight = 40;
// Where the pointer has no tooltip.
constexpr int kNowhereX = 400, kNowhereY = 600;

// The screen itself, as the X server draws it.
class Screen {
 public:
  explicit Screen(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status {};
    if (!file_ || ::fstat(file_.get(), &status) != 0)
      throw std::runtime_error("no picture of the screen: " + path);
    size_ = static_cast<std::size_t>(status.st_size);
    void* const all = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file_.get(), 0);
    if (all == MAP_FAILED) throw std::runtime_error("the screen cannot be mapped: " + path);
    bytes_ = static_cast<const std::uint8_t*>(all);
  }
  ~Screen() { ::munmap(const_cast<std::uint8_t*>(bytes_), size_); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // Its color in an order of its own: 24 bits.
  std::uint32_t color(int x, int y) const {
    const std::size_t start = word(0) + std::size_t{word(19)} * 12;  // the header, and its colours
    const std::size_t at =
        start + static_cast<std::size_t>(y) * word(12) + static_cast<std::size_t>(x) * 4;
    if (at + 4 > size_) throw std::runtime_error("the screen is smaller than thought");
    const volatile std::uint8_t* const pixel = bytes_ + at;
    return std::uint32_t{pixel[0]} << 16 | std::uint32_t{pixel[1]} << 8 | pixel[2];
  }
  // The screen behind is black.
  bool is_drawn(int x, int y) const { return color(x, y) != 0; }
  bool has_window() const { return is_drawn(kColumn, kNearTop) && is_drawn(kColumn, kNearBottom); }
  bool has_none() const { return !is_drawn(kColumn, kNearBottom); }

 private:
  // Of the header, most significant byte first (XWDFile.h).
  std::uint32_t word(std::size_t at) const {
    const std::uint8_t* const from = bytes_ + at * 4;
    return std::uint32_t{from[0]} << 24 | std::uint32_t{from[1]} << 16 |
           std::uint32_t{from[2]} << 8 | from[3];
  }

  base::UniqueFd file_;
  const std::uint8_t* bytes_ = nullptr;
  std::size_t size_ = 0;
};

// The ring, row by row.
using Ring = std::vector<std::uint32_t>;

Ring ring_of(const Screen& screen) {
  Ring ring;
  for (int y = 0; y < kRingHeight; ++y)
    for (int x = 0; x < kRingWidth; ++x) ring.push_back(screen.color(kRingLeft + x, kRingTop + y));
  return ring;
}

// Looks until it has been the same for a while: nothing is on its way any more.
Ring settled_ring(const Screen& screen) {
  constexpr auto kStill = std::chrono::seconds(1);
  Ring ring = ring_of(screen);
  auto since = Clock::now();
  while (Clock::now() - since < kStill) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    Ring now = ring_of(screen);
    if (now == ring) continue;
    ring = std::move(now);
    since = Clock::now();
  }
  return ring;
}

std::size_t index_of(int x, int y) {
  return static_cast<std::size_t>(y) * kRingWidth + static_cast<std::size_t>(x);
}

// Whether all around are of one color: a part of the ring, not of what is written in it.
bool is_area(const Ring& ring, int x, int y) {
  const std::uint32_t color = ring[index_of(x, y)];
  for (int dy = -2; dy <= 2; ++dy)
    for (int dx = -2; dx <= 2; ++dx)
      if (ring[index_of(x + dx, y + dy)] != color) return false;
  return true;
}

// A place that has another color as soon as there are numbers: where the arc of what is in use
// begins, whatever that is.
struct Mark {
  int x = 0, y = 0;
  std::uint32_t without = 0;
};

Mark find_mark(const Ring& without, const Ring& with) {
  for (int y = kRingHeight - 3; y >= 2; --y)
    for (int x = 2; x + 2 < kRingWidth; ++x) {
      const std::size_t at = index_of(x, y);
      if (without[at] == with[at] || without[at] == 0 || with[at] == 0) continue;
      if (is_area(without, x, y) && is_area(with, x, y))
        return {kRingLeft + x, kRingTop + y, without[at]};
    }
  throw std::runtime_error("the window looks the same with numbers and without");
}

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::string environment_of(const std::filesystem::path& process) {
  std::ifstream file(process / "environ");
  return {std::istreambuf_iterator<char>(file), {}};
}

// The window's process; others of this machine are not this user's. 0: there is none.
pid_t popover_of(const support::Sandbox& user) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    std::string name;
    std::getline(std::ifstream(entry.path() / "comm") >> std::ws, name);
    if (name != "lull-popover") continue;
    if (environment_of(entry.path()).find("HOME=" + user.home()) == std::string::npos) continue;
    return static_cast<pid_t>(std::stol(entry.path().filename().string()));
  }
  return 0;
}

double timed(const std::function<void()>& run) {
  const auto start = Clock::now();
  run();
  return milliseconds_since(start);
}

class Window {
 public:
  Window(support::Sandbox& user, const Screen& screen) : user_(user), screen_(screen) {
    point_at(kItemX, kItemY);
  }
  // Milliseconds from before the program that clicks was started, to the first frame and to the
  // first with numbers on it.
  struct Opening {
    double frame = 0, numbers = 0;
  };
  Opening open() {
    const auto start = Clock::now();
    const auto clicking = user_.start_program({"/usr/bin/xdotool", "click", "1"});
    Opening took;
    wait_for([&] { return screen_.has_window(); });
    took.frame = milliseconds_since(start);
    wait_for([&] { return !mark_ || screen_.color(mark_->x, mark_->y) != mark_->without; });
    took.numbers = milliseconds_since(start);
    clicking->wait();
    return took;
  }
  // Looks at the window without an agent and with one.
  void learn_what_numbers_look_like() {
    point_at(kNowhereX, kNowhereY);
    const auto alone =
        user_.start_program({LULL_POPOVER, "--socket", user_.temp() / "nobody", "--at",
                             std::to_string(kItemX) + "," + std::to_string(kItemY)});
    wait_for([&] { return screen_.has_window(); });
    const Ring without = settled_ring(screen_);
    alone->signal(SIGTERM);
    alone->wait();
    await("the window is gone", [&] { return screen_.has_none(); });
    point_at(kItemX, kItemY);
    open();
    mark_ = find_mark(without, settled_ring(screen_));
    close();
  }
  void close() {
    pointer({"click", "1"});
    await("the window is gone", [&] { return screen_.has_none() && popover_of(user_) == 0; });
  }
  double click_alone() {
    return timed([&] { pointer({"getmouselocation"}); });
  }

 private:
  static void wait_for(const std::function<bool()>& condition) {
    const auto give_up = Clock::now() + std::chrono::seconds(30);
    while (!condition()) {
      if (Clock::now() > give_up) throw std::runtime_error("never: a window");
      std::this_thread::sleep_for(kLook);
    }
  }
  void point_at(int x, int y) { pointer({"mousemove", std::to_string(x), std::to_string(y)}); }
  void pointer(std::vector<std::string> words) {
    words.insert(words.begin(), "/usr/bin/xdotool");
    user_.start_program(words)->wait();
  }
  support::Sandbox& user_;
  const Screen& screen_;
  std::optional<Mark> mark_;  // once it was learnt
};

struct Times {
  std::vector<double> all;
  double median() const { return all[all.size() / 2]; }
  void print(const char* name) {
    std::sort(all.begin(), all.end());
    std::printf("%-44s %8.1f %8.1f %8.1f\n", name, all.front(), median(), all.back());
  }
};

bool claim(const char* name, double value, const char* unit, double most) {
  const bool met = value <= most;
  std::printf("%-44s %8.2f %s, goal %.1f: %s\n", name, value, unit, most, met ? "met" : "missed");
  return met;
}

int run(int rounds) {
  support::Sandbox user;
  user.write(".local/state/lull/welcomed", "");
  BareDesktop desktop(user);
  const auto agent = user.start_agent();
  desktop.wait_for_item();
  const Screen screen(desktop.pixels_file());
  await("the panel is drawn", [&] { return screen.is_drawn(kItemX, kItemY); });
  Window window(user, screen);
  window.learn_what_numbers_look_like();  // and what is read from the disk is read now
  Times framing, opening, starting, clicking;
  for (int round = 0; round < rounds; ++round) {
    starting.all.push_back(timed([&] { user.start_program({LULL_POPOVER, "--version"})->wait(); }));
    clicking.all.push_back(window.click_alone());
    const Window::Opening took = window.open();
    framing.all.push_back(took.frame);
    opening.all.push_back(took.numbers);
    window.close();
  }
  window.open();
  std::this_thread::sleep_for(kSettle);
  const IdleCost cost = watch_idle({popover_of(user)}, kWindowSeconds).front();
  std::printf("%-44s %8s %8s %8s ms\n", "", "least", "median", "most");
  opening.print("from a click to the first frame with numbers");
  framing.print("of that, to the first frame of any kind");
  starting.print("floor: the program without a window");
  clicking.print("floor: the program that clicks");
  std::printf("shown: RSS %.2f, USS %.2f MiB, %.1f wake-ups/s, %d threads\n", cost.rss_mib,
              cost.uss_mib, cost.wakeups_per_second, cost.threads);
  const bool quick = claim("click to numbers, median", opening.median(), "ms", kMostMilliseconds);
  const bool small = claim("PSS while shown", cost.pss_mib, "MiB", kMostPssMib);
  const bool calm =
      claim("CPU while shown and calm", cost.cpu_seconds_per_hour / 36, "%", kMostPercent);
  return quick && small && calm ? 0 : 1;
}

}  // namespace
}  // namespace lull::benchmarks

int main(int argc, char** argv) {
  try {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 20;
    if (rounds < 1) throw std::runtime_error("usage: popover_cost [ROUNDS]");
    return lull::benchmarks::run(rounds);
  } catch (const std::exception& error) {
    std::cerr << "popover_cost: " << error.what() << '\n';
    return 1;
  }
}
