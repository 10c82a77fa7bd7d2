// SPDX-License-Identifier: MIT
#include "core/cache/file_metadata_cache.h"

#include <cstdint>
#include <limits>
#include <utility>

#include "core/scan/status_values.h"

namespace lull::cache {
namespace {

// Reasons may hold an age or the name of a program; when there are more different ones than this,
// it is cheaper to begin anew than to keep them.
constexpr std::size_t kMostWords = 4096;
constexpr std::uint64_t kUnknownBytes = std::numeric_limits<std::uint64_t>::max();

}  // namespace

FileIdentity identity_of(const struct stat& status) {
  const scan::StatusTimes times = scan::times_of(status);
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
          static_cast<std::uint64_t>(status.st_size), times.mtime_ns, times.ctime_ns};
}

FileMetadataCache::FileMetadataCache(std::size_t capacity, base::Duration ttl,
                                     const base::Clock& clock, base::KeyedHash hash)
    : clock_(clock), ttl_(ttl), hash_(hash), entries_(capacity) {}

void FileMetadataCache::put(const FileIdentity& identity, const model::FileVerdict& verdict) {
  if (entries_.capacity() == 0) return;
  if (words_.size() + 2 > kMostWords) shed();
  Entry entry;
  entry.identity = identity;
  entry.bytes = verdict.bytes.value_or(kUnknownBytes);
  entry.as_of = verdict.as_of;
  entry.judged = clock_.now();
  entry.rule = word(verdict.rule);
  entry.reason = word(verdict.reason);
  entry.tier = verdict.tier;
  entry.goes = verdict.goes;
  if (verdict.score && *verdict.score <= 100)
    entry.score = static_cast<std::int8_t>(*verdict.score);
  entries_.put(hash_(verdict.path), entry);
}

std::optional<model::FileVerdict> FileMetadataCache::get(const std::string& path,
                                                         const FileIdentity& identity) {
  const std::uint64_t key = hash_(path);
  const Entry* entry = entries_.get(key);
  if (entry == nullptr || !holds(*entry, identity)) {
    ++misses_;
    if (entry != nullptr) entries_.erase(key);
    return std::nullopt;
  }
  ++hits_;
  return answer(path, *entry);
}

std::optional<model::FileVerdict> FileMetadataCache::peek(const std::string& path,
                                                          const FileIdentity& identity) const {
  const Entry* entry = entries_.peek(hash_(path));
  if (entry == nullptr || !holds(*entry, identity)) return std::nullopt;
  return answer(path, *entry);
}

model::FileVerdict FileMetadataCache::answer(const std::string& path, const Entry& entry) const {
  model::FileVerdict verdict;
  verdict.path = path;
  if (entry.bytes != kUnknownBytes) verdict.bytes = entry.bytes;
  verdict.rule = words_[entry.rule];
  verdict.tier = entry.tier;
  verdict.goes = entry.goes;
  verdict.reason = words_[entry.reason];
  if (entry.score >= 0) verdict.score = static_cast<unsigned>(entry.score);
  verdict.from_cache = true;
  verdict.as_of = entry.as_of;
  return verdict;
}

std::uint32_t FileMetadataCache::word(const std::string& text) {
  const auto [place, added] = places_.emplace(text, static_cast<std::uint32_t>(words_.size()));
  if (added) words_.push_back(text);
  return place->second;
}

void FileMetadataCache::shed() {
  entries_.clear();
  words_ = {};
  places_ = {};
}

void FileMetadataCache::drop_expired() {
  const base::SteadyTime now = clock_.now();
  entries_.erase_if([&](std::uint64_t, const Entry& entry) { return now - entry.judged >= ttl_; });
  if (entries_.size() == 0) shed();
}

FileMetadataCache::Stats FileMetadataCache::stats() const {
  // What malloc takes for a list node (two pointers, key, entry) and an index node (pointer, key,
  // iterator), each with its own 8 bytes, and a bucket.
  constexpr std::size_t kPerEntry = (2 * sizeof(void*) + 8 + sizeof(Entry) + 8) + (3 * 8 + 8) + 8;
  constexpr std::size_t kPerWord = 2 * sizeof(std::string) + 4 * sizeof(void*);
  Stats stats{hits_, misses_, entries_.evictions(), entries_.size(), 0};
  stats.bytes = kPerEntry * entries_.size();
  for (const std::string& text : words_) stats.bytes += kPerWord + 2 * text.capacity();
  return stats;
}

}  // namespace lull::cache
