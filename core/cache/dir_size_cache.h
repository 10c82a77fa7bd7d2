// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/lru_cache.h"
#include "core/base/result.h"
#include "core/model/reports.h"

namespace lull::cache {

// Sizes of trees by path, least recently used out first, each with an age. An answer is fresh while
// it is younger than the time to live *and* the root's (device, inode, mtime, ctime) are unchanged;
// the root says nothing about grandchildren, hence the time to live. Remembers how often paths are
// asked for, so that the idle refresh knows the hot ones. One thread at a time (the engine's).
class DirSizeCache {
 public:
  struct Stats {
    std::uint64_t hits = 0, misses = 0, evictions = 0;
    std::size_t entries = 0;
    std::size_t bytes = 0;  // estimate of the memory it takes
  };
  // What identifies the state of a root directory; read it before the walk.
  struct Stamp {
    std::uint64_t device = 0, inode = 0;
    std::int64_t mtime_ns = 0, ctime_ns = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  DirSizeCache(std::size_t capacity, base::Duration ttl, const base::Clock& clock);

  // A fresh answer, or nullopt; counts a hit or a miss and a use of `path`.
  std::optional<model::TreeSize> get(const std::string& path, const Stamp& now);
  // Complete results only; a partial one is ignored. Its age counts from its as_of.
  void put(const std::string& path, const Stamp& stamp, model::TreeSize size);
  // Forgets `path`, everything below it, and every ancestor (their sums contain it). The use count
  // of `path` itself goes too, so that a path which no longer exists does not come back as a hot
  // one.
  void invalidate(std::string_view path);
  // The same, but the paths are asked for as before: what is there has changed.
  void forget(std::string_view path);
  // How often `path` was asked for, halved every day.
  double uses(std::string_view path) const;
  // Paths worth refreshing: by frecency (uses, halved every day) × staleness, at most `limit`, only
  // those whose answer is older than half the time to live or gone.
  std::vector<std::string> hot_paths(std::size_t limit) const;

  // Calls hot(path, size) for each answer in memory whose path counts at least so many uses, the
  // latest asked for first, until that returns false.
  void for_each_hot(
      double least_uses,
      const std::function<bool(const std::string&, const model::TreeSize&)>& hot) const;

  // The hottest paths with their uses as they count now, hottest first; for keeping over a restart.
  std::vector<std::pair<std::string, double>> hottest(std::size_t limit) const;
  // Puts one back that counted so much `age` ago.
  void restore_use(const std::string& path, double score, base::Duration age);

  void resize(std::size_t capacity);
  void set_ttl(base::Duration ttl);
  void shed();  // forgets all sizes, keeps the use counts
  void forget_uses() { uses_.clear(); }
  Stats stats() const;

 private:
  struct Entry {
    Stamp stamp;
    model::TreeSize size;
    base::SteadyTime measured;
  };
  struct Use {
    double score = 0;  // uses, decayed to `at`
    base::SteadyTime at{};
  };
  void count_use(const std::string& key);
  const base::Clock& clock_;
  base::Duration ttl_;
  base::LruCache<std::string, Entry> entries_;
  base::LruCache<std::string, Use> uses_;
  std::uint64_t hits_ = 0, misses_ = 0;  // a stale answer is a miss
};

// The stamp of a path; kNotFound and friends as for lstat.
base::Result<DirSizeCache::Stamp> stamp_of(const std::string& path);

}  // namespace lull::cache
