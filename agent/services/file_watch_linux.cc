// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <set>
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

class InotifyWatch final : public FileWatch {
 public:
  InotifyWatch(scheduler::Engine& engine, base::UniqueFd fd, std::set<std::string> names,
               std::function<void()> changed)
      : engine_(engine),
        descriptor_(engine.io(), fd.release()),
        names_(std::move(names)),
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
        if (event->len > 0 && names_.contains(event->name)) ours = true;
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      }
    }
    return ours;
  }

  scheduler::Engine& engine_;
  boost::asio::posix::stream_descriptor descriptor_;
  const std::set<std::string> names_;
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
  return std::make_unique<InotifyWatch>(engine, std::move(fd), std::move(names),
                                        std::move(changed));
}

}  // namespace lull::agent
