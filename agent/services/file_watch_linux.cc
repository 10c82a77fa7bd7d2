// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <set>
#include <string_view>
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
constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_ONLYDIR;

// Says whether an event is about what is watched; may watch more when it is.
using Concerns = std::function<bool(int inotify, const inotify_event&)>;

class InotifyWatch final : public FileWatch {
 public:
  InotifyWatch(scheduler::Engine& engine, base::UniqueFd fd, Concerns concerns,
               std::function<void()> changed)
      : engine_(engine),
        descriptor_(engine.io(), fd.release()),
        concerns_(std::move(concerns)),
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
        if ((event->mask & IN_Q_OVERFLOW) != 0) ours = true;
        if (concerns_(descriptor_.native_handle(), *event)) ours = true;
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      }
    }
    return ours;
  }

  scheduler::Engine& engine_;
  boost::asio::posix::stream_descriptor descriptor_;
  const Concerns concerns_;
  const std::function<void()> changed_;
  scheduler::TaskGroup reader_;
};

}  // namespace

std::unique_ptr<FileWatch> watch_files(scheduler::Engine& engine,
                                       const std::vector<std::string>& files,
                                       std::function<void()> changed) {
  base::UniqueFd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!fd) return nullptr;
  std::set<std::string> names;
  for (const std::string& file : files) {
    const std::size_t slash = file.rfind('/');
    if (slash == std::string::npos) continue;
    if (::inotify_add_watch(fd.get(), file.substr(0, slash).c_str(), kEvents) >= 0)
      names.insert(file.substr(slash + 1));
  }
  if (names.empty()) return nullptr;
  const auto concerns = [names = std::move(names)](int, const inotify_event& event) {
    return event.len > 0 && names.contains(event.name);
  };
  return std::make_unique<InotifyWatch>(engine, std::move(fd), concerns, std::move(changed));
}

std::unique_ptr<FileWatch> watch_directory(scheduler::Engine& engine, const std::string& directory,
                                           const std::string& suffix,
                                           std::function<void()> changed) {
  // A file that is taken away, or whose permissions change, matters here too.
  constexpr std::uint32_t kInside = kEvents | IN_MOVED_FROM | IN_ATTRIB;
  constexpr std::uint32_t kAbove = IN_CREATE | IN_MOVED_TO | IN_ONLYDIR;
  base::UniqueFd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  const std::size_t slash = directory.rfind('/');
  if (!fd || slash == std::string::npos) return nullptr;
  const int above = ::inotify_add_watch(fd.get(), directory.substr(0, slash).c_str(), kAbove);
  const int inside = ::inotify_add_watch(fd.get(), directory.c_str(), kInside);
  if (above < 0 && inside < 0) return nullptr;
  const auto concerns = [=, name = directory.substr(slash + 1)](int inotify,
                                                                const inotify_event& event) {
    if (event.wd != above) return event.len > 0 && std::string_view(event.name).ends_with(suffix);
    if (event.len == 0 || event.name != name) return false;
    ::inotify_add_watch(inotify, directory.c_str(), kInside);
    return true;
  };
  return std::make_unique<InotifyWatch>(engine, std::move(fd), concerns, std::move(changed));
}

}  // namespace lull::agent
