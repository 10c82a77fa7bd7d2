// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/inotify.h>
#include <unistd.h>

#include "agent/services/file_watch.h"
#include "core/base/unique_fd.h"
#include "scheduler/task_group.h"
#include "scheduler/use_fiber.h"

namespace lull::agent {
namespace {

// Editors write in several steps; what is read after this pause is the whole file.
constexpr auto kBurst = std::chrono::milliseconds(200);
constexpr std::uint32_t kItself = IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_MASK_ADD;
// A file that is taken away, or whose permissions change, matters too.
constexpr std::uint32_t kInside =
    kItself | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB;
constexpr std::uint32_t kAbove = kItself | IN_CREATE | IN_MOVED_TO;
// A directory that appears between two looks is looked for again this often.
constexpr int kMostLooks = 8;

struct Place {
  std::string directory;
  std::function<bool(std::string_view name)> ours;
};

// Which directories an inotify descriptor watches: those of the places, and instead of one that
// does not exist the nearest above it that does.
class Places {
 public:
  Places(int inotify, std::vector<Place> places) : inotify_(inotify), places_(std::move(places)) {}

  // False if nothing can be watched at all.
  bool arm() {
    const std::vector<Watch> before = std::exchange(watches_, {});
    for (const Place& place : places_)
      for (int look = 0; look < kMostLooks && !settle(place); ++look) watches_.pop_back();
    for (const Watch& old : before)
      if (!watched(old.wd)) (void)::inotify_rm_watch(inotify_, old.wd);
    return !watches_.empty();
  }

  // Whether an event is about a file of ours, or about a directory that is only now there.
  bool concerns(const inotify_event& event) {
    const std::string_view name(event.name, event.len > 0 ? std::strlen(event.name) : 0);
    bool ours = (event.mask & IN_Q_OVERFLOW) != 0, moved = ours;
    for (const Watch& watch : watches_) {
      if (watch.wd != event.wd) continue;
      if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF)) != 0) moved = true;
      if (watch.awaited.empty() && !name.empty() && watch.place->ours(name)) ours = true;
      if (!watch.awaited.empty() && watch.awaited == name) moved = true;
    }
    if (!moved) return ours;
    const std::size_t before = inside();
    (void)arm();
    return ours || inside() != before;
  }

 private:
  struct Watch {
    int wd;
    const Place* place;
    std::string awaited;  // name of the directory that is missing below; empty: the place itself
  };

  // False if what was missing is there now: the watch of this look is of no use.
  bool settle(const Place& place) {
    std::string at = place.directory, awaited;
    for (;;) {
      const std::uint32_t events = awaited.empty() ? kInside : kAbove;
      const int wd = ::inotify_add_watch(inotify_, at.empty() ? "/" : at.c_str(), events);
      if (wd >= 0) {
        watches_.push_back({wd, &place, awaited});
        return awaited.empty() || !std::filesystem::is_directory(at + "/" + awaited, ignored_);
      }
      const std::size_t slash = at.rfind('/');
      if (slash == std::string::npos) return true;
      awaited = at.substr(slash + 1);
      at.resize(slash);
    }
  }

  bool watched(int wd) const {
    return std::any_of(watches_.begin(), watches_.end(),
                       [&](const Watch& watch) { return watch.wd == wd; });
  }
  std::size_t inside() const {
    return static_cast<std::size_t>(
        std::count_if(watches_.begin(), watches_.end(),
                      [](const Watch& watch) { return watch.awaited.empty(); }));
  }

  const int inotify_;
  const std::vector<Place> places_;
  std::vector<Watch> watches_;
  std::error_code ignored_;
};

class InotifyWatch final : public FileWatch {
 public:
  InotifyWatch(scheduler::Engine& engine, base::UniqueFd fd, std::unique_ptr<Places> places,
               std::function<void()> changed)
      : engine_(engine),
        descriptor_(engine.io(), fd.release()),
        places_(std::move(places)),
        changed_(std::move(changed)),
        reader_(engine) {
    reader_.spawn("file watch", [this](const base::CancelToken& cancel) { read_all(cancel); });
  }

  ~InotifyWatch() override {
    reader_.cancel(base::CancelReason::kShutdown);
    boost::system::error_code ignored;
    descriptor_.cancel(ignored);
    reader_.join();
  }

 private:
  void read_all(const base::CancelToken& cancel) {
    while (!cancel.cancelled()) {
      const auto [error] = descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                                                  scheduler::use_fiber);
      if (error) return;
      if (!names_one_of_ours()) continue;
      if (engine_.sleep_for(kBurst, {}, cancel) == scheduler::Wake::kCancelled) return;
      (void)names_one_of_ours();
      changed_();
    }
  }

  // Drains what is queued.
  bool names_one_of_ours() {
    bool ours = false;
    alignas(inotify_event) std::array<char, 4096> buffer{};
    ssize_t length = 0;
    while ((length = ::read(descriptor_.native_handle(), buffer.data(), buffer.size())) > 0) {
      for (ssize_t at = 0; at < length;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
        if (places_->concerns(*event)) ours = true;
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      }
    }
    return ours;
  }

  scheduler::Engine& engine_;
  boost::asio::posix::stream_descriptor descriptor_;
  const std::unique_ptr<Places> places_;
  const std::function<void()> changed_;
  scheduler::TaskGroup reader_;
};

std::unique_ptr<FileWatch> watch_places(scheduler::Engine& engine, std::vector<Place> places,
                                        std::function<void()> changed) {
  base::UniqueFd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!fd) return nullptr;
  auto watched = std::make_unique<Places>(fd.get(), std::move(places));
  if (!watched->arm()) return nullptr;
  return std::make_unique<InotifyWatch>(engine, std::move(fd), std::move(watched),
                                        std::move(changed));
}

}  // namespace

std::unique_ptr<FileWatch> watch_files(scheduler::Engine& engine,
                                       const std::vector<std::string>& files,
                                       std::function<void()> changed) {
  std::vector<Place> places;
  for (const std::string& file : files) {
    const std::size_t slash = file.rfind('/');
    if (slash == std::string::npos) continue;
    places.push_back({file.substr(0, slash), [ours = file.substr(slash + 1)](
                                                 std::string_view name) { return name == ours; }});
  }
  return watch_places(engine, std::move(places), std::move(changed));
}

std::unique_ptr<FileWatch> watch_directory(scheduler::Engine& engine, const std::string& directory,
                                           const std::string& suffix,
                                           std::function<void()> changed) {
  const auto ours = [suffix](std::string_view name) { return name.ends_with(suffix); };
  return watch_places(engine, {{directory, ours}}, std::move(changed));
}

}  // namespace lull::agent
