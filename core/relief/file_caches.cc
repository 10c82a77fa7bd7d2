// SPDX-License-Identifier: MIT
#include "core/relief/file_caches.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/count_text.h"
#include "core/base/unique_fd.h"
#include "core/relief/own_files.h"

namespace lull::relief {
namespace {

#ifdef O_NOATIME
constexpr int kRead = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOATIME;
#else
constexpr int kRead = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
#endif

std::uint64_t size_of(const struct ::stat& status) {
  return status.st_size > 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// A clock that was set back must not make everything quiet: the future is not quiet either.
bool is_quiet(const struct ::stat& status, base::WallTime now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  const auto latest = std::chrono::seconds(std::max({status.st_atime, status.st_mtime}));
  return seconds - latest >= kStreamQuiet;
}

class Finder {
 public:
  Finder(const StreamSearch& search, const PageCacheCalls& calls)
      : search_(search), calls_(calls) {}

  Streams run() {
    OwnFilesOptions options{search_.owner, search_.most_entries, search_.stop};
    for (const std::string& root : search_.roots) {
      const OwnFilesEnd end =
          visit_own_files(root, options, [this](const OwnFile& file) { look_at(file); });
      streams_.entries += end.entries;
      streams_.complete = streams_.complete && end.complete;
      options.most_entries -= std::min<std::size_t>(options.most_entries, end.entries);
    }
    if (judged_ > 0) streams_.unavailable.clear();
    keep_largest();
    return std::move(streams_);
  }

 private:
  void look_at(const OwnFile& file) {
    const std::uint64_t size = size_of(file.status);
    if (size < kLeastStream || !is_quiet(file.status, search_.now)) return;
    const base::UniqueFd fd(::openat(file.directory, file.name, kRead));
    if (!fd) return;
    const auto cache = calls_.look(fd.get(), size);
    if (!cache) {
      streams_.unavailable = cache.error().message;
      return;
    }
    ++judged_;
    if (cache->cached_bytes < kLeastStream || cache->dirty_bytes.value_or(0) > 0) return;
    streams_.found.push_back({file.directory_path + "/" + file.name, file.status.st_dev,
                              file.status.st_ino, size, cache->cached_bytes});
  }

  void keep_largest() {
    auto& found = streams_.found;
    std::sort(found.begin(), found.end(), [](const Stream& one, const Stream& other) {
      return one.cached_bytes > other.cached_bytes;
    });
    if (found.size() > kMostStreams) found.resize(kMostStreams);
    for (const Stream& stream : found) streams_.bytes += stream.cached_bytes;
  }

  const StreamSearch& search_;
  const PageCacheCalls& calls_;
  Streams streams_;
  std::uint64_t judged_ = 0;
};

bool is_the_one(int fd, const Stream& stream) {
  struct ::stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_dev == stream.device &&
         status.st_ino == stream.inode && size_of(status) == stream.size_bytes;
}

bool is_over(const DropLimits& limits) { return limits.stop && limits.stop(); }

// False: the kernel refused.
bool drop_in_pieces(int fd, const Stream& stream, const DropLimits& limits,
                    const PageCacheCalls& calls, DroppedStreams& dropped) {
  for (std::uint64_t at = 0; at < stream.size_bytes; at += kDropPiece) {
    if (at > 0 && is_over(limits)) {
      ++dropped.left;
      return true;
    }
    // What went before the kernel refused is measured all the same.
    if (!calls.drop(fd, at, std::min(kDropPiece, stream.size_bytes - at))) return at > 0;
  }
  return true;
}

void drop_one(const Stream& stream, const DropLimits& limits, const PageCacheCalls& calls,
              DroppedStreams& dropped) {
  const base::UniqueFd fd(::open(stream.path.c_str(), kRead));
  if (!fd || !is_the_one(fd.get(), stream)) return;
  const auto before = calls.look(fd.get(), stream.size_bytes);
  if (!before || before->dirty_bytes.value_or(0) > 0) return;
  if (!drop_in_pieces(fd.get(), stream, limits, calls, dropped)) return;
  const auto after = calls.look(fd.get(), stream.size_bytes);
  if (!after) return;
  const std::uint64_t went =
      before->cached_bytes - std::min(before->cached_bytes, after->cached_bytes);
  dropped.bytes += went;
  ++(went > 0 ? dropped.files : dropped.kept);
}

std::string files(std::uint64_t count) { return base::count_text(count, "file"); }

OperationVerdict nothing_found(const Streams& streams) {
  if (!streams.unavailable.empty())
    return without_bytes(ReliefOutcome::kUnavailable,
                         "what is cached of a file cannot be told: " + streams.unavailable);
  return without_bytes(ReliefOutcome::kNoEffect,
                       "no file that was read and is finished with holds 8 MiB of cache");
}

std::string left_words(const DroppedStreams& dropped) {
  if (dropped.left == 0) return {};
  return "; stopped with " + files(dropped.left) + " to go";
}

OperationVerdict of_what_was_dropped(const Streams& streams, const DroppedStreams& dropped) {
  if (dropped.bytes < kNoiseBytes) {
    if (dropped.left > 0)
      return without_bytes(ReliefOutcome::kSkipped, "it was stopped, or there was no more time");
    if (dropped.in_use > 0)
      return without_bytes(ReliefOutcome::kSkipped,
                           files(dropped.in_use) + " with cache to give back are in use");
    return without_bytes(ReliefOutcome::kNoEffect,
                         "the kernel kept the cache of " + files(streams.found.size()));
  }
  return freed(dropped.bytes,
               "cache of " + files(dropped.files) + " that " + (dropped.files == 1 ? "is" : "are") +
                   " finished with; it counted as available before" + left_words(dropped));
}

}  // namespace

Streams find_streams(const StreamSearch& search, const PageCacheCalls& calls) {
  return Finder(search, calls).run();
}

DroppedStreams drop_streams(const Streams& streams, const DropLimits& limits,
                            const PageCacheCalls& calls) {
  DroppedStreams dropped;
  for (std::size_t at = 0; at < streams.found.size(); ++at) {
    const Stream& stream = streams.found[at];
    if (dropped.left > 0 || is_over(limits)) {
      dropped.left += streams.found.size() - at;
      break;
    }
    if (limits.is_in_use(stream.device, stream.inode))
      ++dropped.in_use;
    else
      drop_one(stream, limits, calls, dropped);
  }
  return dropped;
}

OperationVerdict file_caches_verdict(const Streams& streams, const DroppedStreams& dropped) {
  if (streams.found.empty()) return nothing_found(streams);
  OperationVerdict verdict = of_what_was_dropped(streams, dropped);
  verdict.predicted_bytes = streams.bytes;
  return verdict;
}

OperationVerdict file_caches_outlook(const Streams& streams) {
  if (streams.found.empty()) return nothing_found(streams);
  OperationVerdict verdict = without_bytes(
      ReliefOutcome::kSkipped, "would give back up to " + base::format_bytes(streams.bytes) +
                                   " of cache of " + files(streams.found.size()));
  verdict.predicted_bytes = streams.bytes;
  return verdict;
}

}  // namespace lull::relief
