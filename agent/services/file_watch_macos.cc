// SPDX-License-Identifier: MIT
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include <CoreServices/CoreServices.h>
#include <dispatch/dispatch.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/services/file_watch.h"
#include "agent/services/mac_watch_plan.h"
#include "scheduler/event.h"
#include "scheduler/task_group.h"

namespace lull::agent {
namespace {

// Editors write in several steps; what is read after this pause is the whole file.
constexpr auto kBurst = std::chrono::milliseconds(200);
constexpr CFTimeInterval kLatency = 0.2;  // seconds

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// FSEvents speaks of files by their real paths: /var is /private/var.
std::string real_path(const std::string& path) {
  char* const real = ::realpath(path.c_str(), nullptr);
  std::string result(real != nullptr ? real : path);
  std::free(real);
  return result;
}

struct News {
  bool ours = false;  // about a file that matters
  bool moved =
      false;  // a directory may have appeared or gone: what is watched is to be chosen anew
};

// What hears of changes on threads of the system's: it outlives the watch, which closes it.
class Ear {
 public:
  explicit Ear(std::function<void(News)> heard) : heard_(std::move(heard)) {}
  void tell(News news) {
    const std::lock_guard lock(mutex_);
    if (heard_) heard_(news);
  }
  void close() {
    const std::lock_guard lock(mutex_);
    heard_ = nullptr;
  }

 private:
  std::mutex mutex_;
  std::function<void(News)> heard_;
};

// Changes below directories that are there, file by file.
class Stream {
 public:
  Stream(std::vector<WatchedPlace> places, std::shared_ptr<Ear> ear)
      : told_{std::move(places), std::move(ear)} {
    std::vector<const void*> paths;
    for (const WatchedPlace& place : told_.places)
      paths.push_back(
          ::CFStringCreateWithCString(nullptr, place.directory.c_str(), kCFStringEncodingUTF8));
    const CFArrayRef list = ::CFArrayCreate(
        nullptr, paths.data(), static_cast<CFIndex>(paths.size()), &kCFTypeArrayCallBacks);
    for (const void* path : paths) ::CFRelease(path);
    FSEventStreamContext context{0, &told_, nullptr, nullptr, nullptr};
    stream_ = ::FSEventStreamCreate(
        nullptr, &heard, &context, list, kFSEventStreamEventIdSinceNow, kLatency,
        kFSEventStreamCreateFlagFileEvents | kFSEventStreamCreateFlagWatchRoot);
    ::CFRelease(list);
    if (stream_ == nullptr) return;
    queue_ = ::dispatch_queue_create("org.lull.file-watch", nullptr);
    ::FSEventStreamSetDispatchQueue(stream_, queue_);
    ::FSEventStreamStart(stream_);
  }
  // After invalidating nothing is delivered any more; what is being delivered is waited for.
  ~Stream() {
    if (stream_ == nullptr) return;
    ::FSEventStreamStop(stream_);
    ::FSEventStreamInvalidate(stream_);
    ::dispatch_sync_f(queue_, nullptr, [](void*) {});
    ::FSEventStreamRelease(stream_);
    ::dispatch_release(queue_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

 private:
  struct Told {
    const std::vector<WatchedPlace> places;
    const std::shared_ptr<Ear> ear;
  };
  static void heard(ConstFSEventStreamRef, void* info, size_t count, void* paths,
                    const FSEventStreamEventFlags* flags, const FSEventStreamEventId*) {
    constexpr FSEventStreamEventFlags kLost = kFSEventStreamEventFlagMustScanSubDirs |
                                              kFSEventStreamEventFlagUserDropped |
                                              kFSEventStreamEventFlagKernelDropped;
    const auto& told = *static_cast<const Told*>(info);
    const auto* const names = static_cast<const char* const*>(paths);
    News news;
    for (size_t i = 0; i < count; ++i) {
      news.moved = news.moved || (flags[i] & kFSEventStreamEventFlagRootChanged) != 0;
      news.ours = news.ours || concerns(told.places, names[i], (flags[i] & kLost) != 0);
    }
    if (news.moved || news.ours) told.ear->tell(news);
  }

  Told told_;
  FSEventStreamRef stream_ = nullptr;
  dispatch_queue_t queue_ = nullptr;
};

// A directory above one that is missing: its own entries, nothing below, so that a busy home wakes
// nobody.
class Ancestor {
 public:
  Ancestor(const std::string& directory, std::shared_ptr<Ear> ear)
      : fd_(::open(directory.c_str(), O_EVTONLY | O_CLOEXEC)) {
    if (fd_ < 0) return;
    source_ = ::dispatch_source_create(
        DISPATCH_SOURCE_TYPE_VNODE, static_cast<uintptr_t>(fd_),
        DISPATCH_VNODE_WRITE | DISPATCH_VNODE_DELETE | DISPATCH_VNODE_RENAME,
        ::dispatch_get_global_queue(QOS_CLASS_UTILITY, 0));
    if (source_ == nullptr) {
      ::close(fd_);
      return;
    }
    auto* const context = new Context{std::move(ear), fd_};
    ::dispatch_set_context(source_, context);
    ::dispatch_source_set_event_handler_f(
        source_, [](void* at) { static_cast<Context*>(at)->ear->tell({.moved = true}); });
    ::dispatch_source_set_cancel_handler_f(source_, [](void* at) {
      const std::unique_ptr<Context> last(static_cast<Context*>(at));
      ::close(last->fd);
    });
    ::dispatch_activate(source_);
  }
  ~Ancestor() {
    if (source_ == nullptr) return;
    ::dispatch_source_cancel(source_);
    ::dispatch_release(source_);
  }
  Ancestor(const Ancestor&) = delete;
  Ancestor& operator=(const Ancestor&) = delete;

 private:
  struct Context {
    std::shared_ptr<Ear> ear;
    int fd;
  };
  const int fd_;
  dispatch_source_t source_ = nullptr;
};

class MacFileWatch final : public FileWatch {
 public:
  MacFileWatch(scheduler::Engine& engine, std::vector<WatchedPlace> places,
               std::function<void()> changed)
      : engine_(engine),
        places_(std::move(places)),
        changed_(std::move(changed)),
        news_(engine),
        life_(std::make_shared<bool>(true)),
        ear_(std::make_shared<Ear>([this, alive = std::weak_ptr(life_)](News news) {
          engine_.post([this, alive, news] {
            if (alive.expired()) return;
            heard_.ours = heard_.ours || news.ours;
            heard_.moved = heard_.moved || news.moved;
            news_.set();
          });
        })),
        reader_(engine) {
    arm();
    reader_.spawn("file watch", [this](const base::CancelToken& cancel) { follow(cancel); });
  }
  ~MacFileWatch() override {
    ear_->close();
    life_.reset();
    reader_.cancel(base::CancelReason::kShutdown);
    reader_.join();
  }

 private:
  // Chooses anew what is watched; true if directories of ours have appeared or gone.
  bool arm() {
    std::vector<WatchedPlace> there;
    std::set<std::string> above;
    for (const WatchedPlace& place : places_) {
      const std::string nearest = nearest_there(place.directory, is_directory);
      if (nearest == place.directory)
        there.push_back({real_path(place.directory), place.ours});
      else
        above.insert(nearest);
    }
    const bool others = there.size() != std::exchange(watched_, there.size());
    stream_ = there.empty() ? nullptr : std::make_unique<Stream>(std::move(there), ear_);
    ancestors_.clear();
    for (const std::string& directory : above)
      ancestors_.push_back(std::make_unique<Ancestor>(directory, ear_));
    return others;
  }

  void follow(const base::CancelToken& cancel) {
    while (news_.wait(cancel)) {
      if (engine_.sleep_for(kBurst, {}, cancel) == scheduler::Wake::kCancelled) return;
      news_.reset();
      const News heard = std::exchange(heard_, {});
      // The entries of a directory above are nobody's news, unless ours is among them.
      const bool others = heard.moved && arm();
      if (heard.ours || others) changed_();
    }
  }

  scheduler::Engine& engine_;
  const std::vector<WatchedPlace> places_;
  const std::function<void()> changed_;
  scheduler::Event news_;
  News heard_;
  std::size_t watched_ = 0;
  std::shared_ptr<bool> life_;
  const std::shared_ptr<Ear> ear_;
  std::unique_ptr<Stream> stream_;
  std::vector<std::unique_ptr<Ancestor>> ancestors_;
  scheduler::TaskGroup reader_;
};

}  // namespace

std::unique_ptr<FileWatch> watch_files(scheduler::Engine& engine,
                                       const std::vector<std::string>& files,
                                       std::function<void()> changed) {
  return std::make_unique<MacFileWatch>(engine, places_of_files(files), std::move(changed));
}

std::unique_ptr<FileWatch> watch_directory(scheduler::Engine& engine, const std::string& directory,
                                           const std::string& suffix,
                                           std::function<void()> changed) {
  return std::make_unique<MacFileWatch>(engine, place_of_directory(directory, suffix),
                                        std::move(changed));
}

}  // namespace lull::agent
