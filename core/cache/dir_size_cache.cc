// SPDX-License-Identifier: MIT
#include "core/cache/dir_size_cache.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <utility>

#include <sys/stat.h>

#include "core/base/path_text.h"
#include "core/cache/tree_store.h"
#include "core/scan/status_values.h"

namespace lull::cache {
namespace {

constexpr double kHalfLifeSeconds = 24 * 3600;
// How much more an answer counts the older it is, in times to live; one that is gone counts as much
// as the oldest.
constexpr double kGreatestStaleness = 4;
constexpr double kForgottenScore = 0.05;  // one use, more than four days ago

double decayed(double score, base::Duration age) {
  return score * std::exp2(-std::max(0.0, base::to_seconds(age)) / kHalfLifeSeconds);
}

// Twice as many as answers: a path may be worth measuring again after its answer was pushed out.
std::size_t use_capacity(std::size_t capacity) { return capacity * 2; }

std::size_t bytes_of(const model::TreeSize& size) {
  std::size_t bytes = sizeof size + size.path.capacity();
  for (const auto& error : size.errors)
    bytes += sizeof error + error.path.capacity() + error.error.capacity();
  return bytes;
}

}  // namespace

DirSizeCache::DirSizeCache(std::size_t capacity, base::Duration ttl, const base::Clock& clock)
    : clock_(clock), ttl_(ttl), entries_(capacity), uses_(use_capacity(capacity)) {}

std::optional<model::TreeSize> DirSizeCache::get(const std::string& path, const Stamp& now) {
  const std::string key = normal_path(path);
  count_use(key);
  const Entry* entry = entries_.get(key);
  if (entry == nullptr || entry->stamp != now || clock_.now() - entry->measured >= ttl_) {
    ++misses_;
    return std::nullopt;
  }
  ++hits_;
  model::TreeSize size = entry->size;
  size.path = path;
  size.from_cache = true;
  return size;
}

void DirSizeCache::count_use(const std::string& key) {
  const base::SteadyTime now = clock_.now();
  Use use{1, now};
  if (const Use* before = uses_.get(key)) use.score += decayed(before->score, now - before->at);
  uses_.put(key, use);
}

void DirSizeCache::put(const std::string& path, const Stamp& stamp, model::TreeSize size) {
  if (size.partial) return;
  size.from_cache = false;
  // The answer is as old as its oldest part.
  const base::Duration age =
      std::max<base::Duration>(base::Duration(0), clock_.wall_now() - size.as_of);
  entries_.put(normal_path(path), Entry{stamp, std::move(size), clock_.now() - age});
}

void DirSizeCache::forget(std::string_view path) {
  const std::string key = normal_path(path);
  entries_.erase_if([&](const std::string& entry, const Entry&) {
    return base::is_at_or_below(entry, key) || base::is_below(key, entry);
  });
}

double DirSizeCache::uses(std::string_view path) const {
  const Use* use = uses_.peek(normal_path(path));
  return use == nullptr ? 0 : decayed(use->score, clock_.now() - use->at);
}

void DirSizeCache::invalidate(std::string_view path) {
  forget(path);
  uses_.erase(normal_path(path));
}

std::vector<std::string> DirSizeCache::hot_paths(std::size_t limit) const {
  struct Hot {
    double weight;
    const std::string* path;
  };
  const base::SteadyTime now = clock_.now();
  std::vector<Hot> hot;
  for (const auto& [path, use] : uses_) {
    const Entry* entry = entries_.peek(path);
    if (entry != nullptr && now - entry->measured <= ttl_ / 2) continue;
    const double score = decayed(use.score, now - use.at);
    if (score < kForgottenScore) continue;
    const double staleness =
        entry == nullptr || ttl_.count() <= 0
            ? kGreatestStaleness
            : std::min(kGreatestStaleness,
                       base::to_seconds(now - entry->measured) / base::to_seconds(ttl_));
    hot.push_back({score * staleness, &path});
  }
  std::sort(hot.begin(), hot.end(), [](const Hot& a, const Hot& b) {
    return a.weight != b.weight ? a.weight > b.weight : *a.path < *b.path;
  });
  std::vector<std::string> paths;
  for (const Hot& one : hot) {
    if (paths.size() == limit) break;
    paths.push_back(*one.path);
  }
  return paths;
}

void DirSizeCache::for_each_hot(
    double least_uses,
    const std::function<bool(const std::string&, const model::TreeSize&)>& hot) const {
  const base::SteadyTime now = clock_.now();
  for (const auto& [path, use] : uses_) {
    if (decayed(use.score, now - use.at) < least_uses) continue;
    const Entry* entry = entries_.peek(path);
    if (entry != nullptr && !hot(path, entry->size)) return;
  }
}

std::vector<std::pair<std::string, double>> DirSizeCache::hottest(std::size_t limit) const {
  const base::SteadyTime now = clock_.now();
  std::vector<std::pair<std::string, double>> hottest;
  for (const auto& [path, use] : uses_) {
    const double score = decayed(use.score, now - use.at);
    if (score >= kForgottenScore) hottest.emplace_back(path, score);
  }
  std::sort(hottest.begin(), hottest.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  if (hottest.size() > limit) hottest.resize(limit);
  return hottest;
}

void DirSizeCache::restore_use(const std::string& path, double score, base::Duration age) {
  score = decayed(score, age);
  if (!path.starts_with('/') || !std::isfinite(score) || score < kForgottenScore) return;
  uses_.put(normal_path(path), Use{score, clock_.now()});
}

void DirSizeCache::resize(std::size_t capacity) {
  entries_.resize(capacity);
  uses_.resize(use_capacity(capacity));
}

void DirSizeCache::set_ttl(base::Duration ttl) { ttl_ = ttl; }

void DirSizeCache::shed() { entries_.clear(); }

DirSizeCache::Stats DirSizeCache::stats() const {
  // A list node, an index node and the key twice, besides what is stored.
  constexpr std::size_t kPerEntry = 2 * (sizeof(std::string) + 4 * sizeof(void*));
  Stats stats{hits_, misses_, entries_.evictions(), entries_.size(), 0};
  for (const auto& [path, entry] : entries_)
    stats.bytes +=
        kPerEntry + 2 * path.capacity() + sizeof(Entry) - sizeof entry.size + bytes_of(entry.size);
  for (const auto& [path, use] : uses_) stats.bytes += kPerEntry + 2 * path.capacity() + sizeof use;
  return stats;
}

base::Result<DirSizeCache::Stamp> stamp_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return base::fail_errno(errno, path);
  const scan::StatusTimes times = scan::times_of(status);
  return DirSizeCache::Stamp{static_cast<std::uint64_t>(status.st_dev),
                             static_cast<std::uint64_t>(status.st_ino), times.mtime_ns,
                             times.ctime_ns};
}

}  // namespace lull::cache
