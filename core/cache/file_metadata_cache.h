// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sys/stat.h>

#include "core/base/clock.h"
#include "core/base/keyed_hash.h"
#include "core/base/lru_cache.h"
#include "core/model/file_verdict.h"

namespace lull::cache {

// What tells whether a file is still the one that was judged. Nobody can change the contents, the
// owner, the links or the name of a file without its change time (ctime) moving.
struct FileIdentity {
  std::uint64_t device = 0, inode = 0;
  std::uint64_t length = 0;
  std::int64_t mtime_ns = 0, ctime_ns = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};
FileIdentity identity_of(const struct stat& status);

// What single files are and whether they may go, as a scan found it: so that asking about one, or
// about a thousand of the same folder, needs one lstat each instead of a scan. An answer holds
// while it is younger than the time to live *and* (device, inode, length, mtime, ctime) are as
// judged; the time to live is for what a file does not show: a program that was started, a keep
// list. Never a permission to delete: a cleaner judges again.
//
// Bounded, least recently used out first. Paths are not kept: an entry is found by a keyed hash of
// its path, so that it takes the same little memory whatever the path (see stats().bytes), and
// another path that hashed alike would still have to be the same file. One thread at a time.
class FileMetadataCache {
 public:
  struct Stats {
    std::uint64_t hits = 0, misses = 0, evictions = 0;
    std::size_t entries = 0;
    std::size_t bytes = 0;  // estimate of the memory it takes
  };

  FileMetadataCache(std::size_t capacity, base::Duration ttl, const base::Clock& clock,
                    base::KeyedHash hash = base::KeyedHash::random());

  // Of a file that was `identity` when it was judged. verdict.path is the key; as_of goes with it.
  void put(const FileIdentity& identity, const model::FileVerdict& verdict);
  // Of the file that is `identity` now: nullopt if it was never judged, too long ago, or is another
  // one by now (which is then forgotten). Counts a hit or a miss.
  std::optional<model::FileVerdict> get(const std::string& path, const FileIdentity& identity);
  // The same without counting, forgetting or moving.
  std::optional<model::FileVerdict> peek(const std::string& path,
                                         const FileIdentity& identity) const;

  void resize(std::size_t capacity) { entries_.resize(capacity); }
  std::size_t capacity() const { return entries_.capacity(); }
  void set_ttl(base::Duration ttl) { ttl_ = ttl; }
  void shed();          // forgets everything; counters stay
  void drop_expired();  // gives back what is too old to answer
  Stats stats() const;

 private:
  struct Entry {
    FileIdentity identity;
    std::uint64_t bytes = 0;  // the greatest: not known
    base::WallTime as_of{};
    base::SteadyTime judged{};
    std::uint32_t rule = 0, reason = 0;  // places in words_
    model::Tier tier = model::Tier::kReview;
    bool goes = false;
    std::int8_t score = -1;  // -1: unknown
  };
  bool holds(const Entry& entry, const FileIdentity& identity) const {
    return entry.identity == identity && clock_.now() - entry.judged < ttl_;
  }
  model::FileVerdict answer(const std::string& path, const Entry& entry) const;
  // Rules and reasons are few and repeat: each is kept once.
  std::uint32_t word(const std::string& text);

  const base::Clock& clock_;
  base::Duration ttl_;
  const base::KeyedHash hash_;
  base::LruCache<std::uint64_t, Entry> entries_;
  std::vector<std::string> words_;
  std::unordered_map<std::string, std::uint32_t> places_;
  std::uint64_t hits_ = 0, misses_ = 0;  // what is too old or another file is a miss
};

}  // namespace lull::cache
