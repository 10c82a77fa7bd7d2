// SPDX-License-Identifier: MIT
#include "core/cache/store_disk.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/path_text.h"
#include "core/base/result.h"
#include "core/cache/memory_tree_store.h"
#include "core/cache/store_env.h"

namespace lull::cache {
namespace {

using Bytes = std::span<const std::byte>;
using Kind = StoreTransaction::Kind;

// Of what is in the file as a whole; summaries have a version of their own.
constexpr std::uint8_t kStoreVersion = 1;
constexpr std::array kVersionValue{std::byte{kStoreVersion}};
constexpr int kEvictionsForOnePut = 64;
constexpr auto kPatience = std::chrono::milliseconds(100);

// A tree's records lie side by side: the hash of its path, then the number of the record. 0 is the
// summary, the others are pages. Tree 0 is none: its record says of which version the file is.
class Key {
 public:
  Key(std::uint64_t tree, std::uint32_t record) {
    for (std::size_t i = 0; i < 8; ++i) bytes_[i] = std::byte(tree >> (56 - 8 * i));
    for (std::size_t i = 0; i < 4; ++i) bytes_[8 + i] = std::byte(record >> (24 - 8 * i));
  }
  static std::optional<Key> from(Bytes bytes) {
    if (bytes.size() != 12) return std::nullopt;
    Key key(0, 0);
    std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
    return key;
  }
  std::uint64_t tree() const { return number(0, 8); }
  std::uint32_t record() const { return static_cast<std::uint32_t>(number(8, 4)); }
  Bytes bytes() const { return bytes_; }

 private:
  std::uint64_t number(std::size_t from, std::size_t width) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
      value = value << 8 | static_cast<std::uint8_t>(bytes_[from + i]);
    return value;
  }
  std::array<std::byte, 12> bytes_{};
};

std::uint64_t hash_of(std::string_view path) {
  const std::uint64_t hash =
      checksum_of({reinterpret_cast<const std::byte*>(path.data()), path.size()}, 1);
  return std::max<std::uint64_t>(hash, 1);
}

enum class Version { kNone, kOurs, kOther };
Version version_in(const StoreTransaction& transaction) {
  const auto version = transaction.get(Key(0, 0).bytes());
  if (!version) return Version::kNone;
  return std::equal(version->begin(), version->end(), kVersionValue.begin(), kVersionValue.end())
             ? Version::kOurs
             : Version::kOther;
}

std::optional<TreeSummary> summary_in(const StoreTransaction& transaction, std::uint64_t tree) {
  const auto bytes = transaction.get(Key(tree, 0).bytes());
  return bytes ? decode_summary(*bytes) : std::nullopt;
}

// Calls visit(key) for the first record of each tree, summary or not.
template <class Visit>
void for_each_tree(const StoreTransaction& transaction, Visit&& visit) {
  for (Key next(1, 0);;) {
    const auto found = transaction.at_or_after(next.bytes());
    if (!found) return;
    const auto key = Key::from(*found);
    if (!key) return;
    visit(*key);
    if (key->tree() == ~std::uint64_t{0}) return;
    next = Key(key->tree() + 1, 0);
  }
}

class DiskTree final : public StoredTree {
 public:
  DiskTree(std::shared_ptr<StoreEnv> env, std::unique_ptr<StoreTransaction> transaction,
           TreeSummary tree, std::vector<Bytes> pages)
      : StoredTree(std::move(tree)),
        env_(std::move(env)),
        transaction_(std::move(transaction)),
        pages_(std::move(pages)) {}

  const StoreEnv* env() const { return env_.get(); }

 private:
  Bytes bytes_of(std::size_t index) const override { return pages_[index]; }

  const std::shared_ptr<StoreEnv> env_;  // outlives the transaction
  const std::unique_ptr<StoreTransaction> transaction_;
  const std::vector<Bytes> pages_;
};

// Erases the records of a tree that are not among `kept` (sorted).
int erase_records(StoreTransaction& transaction, std::uint64_t tree,
                  const std::vector<std::uint32_t>& kept) {
  for (std::uint64_t record = 0; record <= ~std::uint32_t{0};) {
    const auto found =
        transaction.at_or_after(Key(tree, static_cast<std::uint32_t>(record)).bytes());
    const auto key = found ? Key::from(*found) : std::nullopt;
    if (!key || key->tree() != tree) return 0;
    if (!std::binary_search(kept.begin(), kept.end(), key->record()))
      if (const int error = transaction.erase(key->bytes()); error != 0) return error;
    record = std::uint64_t{key->record()} + 1;
  }
  return 0;
}

class DiskSink final : public PageSink {
 public:
  DiskSink(StoreTransaction& transaction, std::uint64_t tree, TreeSummary& summary,
           const TreeSummary* base)
      : transaction_(transaction), tree_(tree), summary_(summary), base_(base) {}

  void add(Bytes page, std::uint32_t rows, std::optional<std::size_t> like) override {
    if (error != 0) return;
    const std::uint64_t checksum = checksum_of(page);
    if (like && base_ != nullptr && base_->pages[*like].checksum == checksum) {
      summary_.pages.push_back(base_->pages[*like]);
      return;
    }
    const std::uint32_t id = summary_.next_page_id++;
    error = transaction_.put(Key(tree_, id).bytes(), page);
    summary_.pages.push_back({id, rows, checksum});
  }

  int error = 0;

 private:
  StoreTransaction& transaction_;
  const std::uint64_t tree_;
  TreeSummary& summary_;
  const TreeSummary* const base_;
};

class DiskTreeStore final : public TreeStore {
 public:
  explicit DiskTreeStore(DiskStoreOptions options)
      : options_(std::move(options)), memory_(options_.memory_bytes) {}

  std::shared_ptr<const StoredTree> find(std::string_view path) override {
    if (auto tree = memory_.find(path)) return tree;
    const auto env = open_env(false);
    if (env == nullptr) return nullptr;
    auto transaction = std::make_unique<StoreTransaction>(*env, Kind::kRead);
    if (transaction->error() != 0 || version_in(*transaction) != Version::kOurs) return nullptr;
    const std::uint64_t tree = hash_of(path);
    auto summary = summary_in(*transaction, tree);
    if (!summary || summary->path != path) return nullptr;
    std::vector<Bytes> pages;
    for (const auto& page : summary->pages) {
      const auto bytes = transaction->get(Key(tree, page.id).bytes());
      pages.push_back(bytes.value_or(Bytes()));
    }
    return std::make_shared<DiskTree>(env, std::move(transaction), *std::move(summary),
                                      std::move(pages));
  }

  bool put(std::string_view path, const StoredTree* base, const Fill& fill) override {
    const std::lock_guard writing(write_mutex_);
    const Outcome outcome = put_on_disk(path, base, fill);
    if (outcome == Outcome::kStored) {
      memory_.erase(path);
      return true;
    }
    if (outcome == Outcome::kRefused) return false;
    const bool is_in_memory = base != nullptr && dynamic_cast<const DiskTree*>(base) == nullptr;
    return memory_.put(path, is_in_memory ? base : nullptr, fill);
  }

  void erase(std::string_view path) override {
    memory_.erase(path);
    const std::lock_guard writing(write_mutex_);
    const auto env = open_env(false);
    const WriteLock lock(env);
    if (!lock.held()) return;
    StoreTransaction transaction(*env, Kind::kWrite);
    if (transaction.error() != 0) return;
    const auto unwanted = [&](const TreeSummary& tree) {
      return base::is_at_or_below(tree.path, path);
    };
    if (erase_trees(transaction, unwanted) == 0) (void)transaction.commit();
  }

  Stats stats() override {
    Stats stats = memory_.stats();
    const auto env = open_env(false);
    if (env == nullptr) return stats;
    const StoreTransaction transaction(*env, Kind::kRead);
    if (transaction.error() != 0) return stats;
    for_each_tree(transaction, [&](const Key& key) { stats.trees += key.record() == 0 ? 1 : 0; });
    stats.bytes += env->bytes_in_use();
    stats.evictions += evictions_;
    return stats;
  }

  void rest() override {
    const std::lock_guard lock(mutex_);
    // Not while somebody reads: the file must not be opened a second time beside that.
    if (env_.use_count() == 1) env_.reset();
  }

  std::string take_note() override {
    const std::lock_guard lock(mutex_);
    return std::exchange(note_, {});
  }

 private:
  enum class Outcome {
    kStored,
    kRefused,      // nothing to store, or somebody else was faster
    kUnavailable,  // the disk does not take it
  };

  // Between processes; LMDB's own lock would wait for one that was stopped while it wrote.
  class WriteLock {
   public:
    explicit WriteLock(const std::shared_ptr<StoreEnv>& env) : env_(env) {
      if (env == nullptr) return;
      const auto until = std::chrono::steady_clock::now() + kPatience;
      while (!(held_ = ::flock(env->descriptor(), LOCK_EX | LOCK_NB) == 0)) {
        if (errno != EWOULDBLOCK || std::chrono::steady_clock::now() > until) return;
        std::this_thread::yield();
      }
    }
    ~WriteLock() {
      if (held_) ::flock(env_->descriptor(), LOCK_UN);
    }
    WriteLock(const WriteLock&) = delete;
    WriteLock& operator=(const WriteLock&) = delete;
    bool held() const { return held_; }

   private:
    const std::shared_ptr<StoreEnv> env_;
    bool held_ = false;
  };

  // ---- the file -----------------------------------------------------------------------------

  std::string file() const { return options_.directory + "/sizes.mdb"; }

  // Null if there is none, or none that can be used. With `create`, makes what is missing.
  std::shared_ptr<StoreEnv> open_env(bool create) {
    const std::lock_guard lock(mutex_);
    if (env_ != nullptr && env_->is_in_place()) return env_;
    env_.reset();
    if (options_.directory.empty() || options_.directory.front() != '/') return nullptr;
    if (!create && ::access(file().c_str(), F_OK) != 0) return nullptr;
    if (!prepare_directory(create)) return nullptr;
    // A lock file without its data speaks of a file that is gone.
    if (::access(file().c_str(), F_OK) != 0) ::unlink((file() + "-lock").c_str());
    auto opened = StoreEnv::open(file(), options_.file_bytes);
    // Two that make it at the same moment take the lock file from each other.
    for (int i = 0; i < 3 && !opened && opened.error().code == base::ErrorCode::kNotFound; ++i)
      opened = StoreEnv::open(file(), options_.file_bytes);
    if (!opened && opened.error().code == base::ErrorCode::kMalformed) {
      note("the size cache was damaged and starts empty");
      ::unlink(file().c_str());
      ::unlink((file() + "-lock").c_str());
      opened = StoreEnv::open(file(), options_.file_bytes);
    }
    if (!opened) {
      note("the size cache cannot be used: " + opened.error().to_string());
      return nullptr;
    }
    env_ = *std::move(opened);
    return env_;
  }

  // A directory of this user, so that nobody else can put something in our way.
  bool prepare_directory(bool create) {
    const std::string& directory = options_.directory;
    for (std::size_t slash = directory.find('/', 1); create && slash != std::string::npos;
         slash = directory.find('/', slash + 1))
      ::mkdir(directory.substr(0, slash).c_str(), 0700);
    const int refused = !create || ::mkdir(directory.c_str(), 0700) == 0 ? 0 : errno;
    struct stat status {};
    if (::stat(directory.c_str(), &status) != 0) {
      const int os_error = refused != 0 ? refused : errno;
      note("the size cache has no directory: " +
           base::fail_errno(os_error, directory).value().to_string());
      return false;
    }
    if (!S_ISDIR(status.st_mode)) {
      note("the size cache has no directory: " + directory + " is something else");
      return false;
    }
    if (status.st_uid == ::geteuid()) return true;
    note("the size cache's directory is somebody else's: " + directory);
    return false;
  }

  // The first one stays until somebody has read it; each sentence is said once.
  void note(const std::string& sentence) {
    if (std::find(noted_.begin(), noted_.end(), sentence) != noted_.end()) return;
    noted_.push_back(sentence);
    if (note_.empty()) note_ = sentence;
  }
  void note_error(int error) {
    const std::lock_guard lock(mutex_);
    note(std::string("the size cache cannot be written: ") + ::mdb_strerror(error));
  }

  // ---- writing ------------------------------------------------------------------------------

  Outcome put_on_disk(std::string_view path, const StoredTree* base, const Fill& fill) {
    for (int i = 0; i < kEvictionsForOnePut; ++i) {
      const auto env = open_env(true);
      const WriteLock lock(env);
      if (env == nullptr) return Outcome::kUnavailable;
      if (!lock.held()) return Outcome::kRefused;
      if (env->bytes_in_use() > options_.file_bytes / 2 && evict(*env, path)) continue;
      int error = 0;
      const Outcome outcome = try_put(*env, path, base, fill, error);
      if (error == 0) return outcome;
      if ((error == MDB_MAP_FULL || error == MDB_TXN_FULL)) {
        if (evict(*env, path)) continue;
        return Outcome::kRefused;  // larger than everything
      }
      note_error(error);
      return Outcome::kUnavailable;
    }
    return Outcome::kRefused;
  }

  Outcome try_put(const StoreEnv& env, std::string_view path, const StoredTree* base,
                  const Fill& fill, int& error) {
    StoreTransaction transaction(env, Kind::kWrite);
    if ((error = transaction.error()) != 0) return Outcome::kUnavailable;
    if ((error = set_version(transaction)) != 0) return Outcome::kUnavailable;
    const std::uint64_t tree = hash_of(path);
    const auto before = summary_in(transaction, tree);
    const auto* known = dynamic_cast<const DiskTree*>(base);
    if (known != nullptr && known->env() != &env) known = nullptr;  // of a file that is gone
    if (known != nullptr && (!before || before->generation != known->summary().generation))
      return Outcome::kRefused;
    TreeSummary summary;
    summary.path = path;
    if (before) summary.next_page_id = before->next_page_id;
    DiskSink sink(transaction, tree, summary, known != nullptr ? &*before : nullptr);
    if (!fill(sink, summary)) return Outcome::kRefused;
    if ((error = sink.error) != 0) return Outcome::kUnavailable;
    summary.generation = ::mdb_txn_id(transaction.get());
    if ((error = finish_put(transaction, tree, summary)) != 0) return Outcome::kUnavailable;
    error = transaction.commit();
    return error == 0 ? Outcome::kStored : Outcome::kUnavailable;
  }

  static int finish_put(StoreTransaction& transaction, std::uint64_t tree,
                        const TreeSummary& summary) {
    std::vector<std::uint32_t> kept{0};
    for (const auto& page : summary.pages) kept.push_back(page.id);
    std::sort(kept.begin(), kept.end());
    if (const int error = erase_records(transaction, tree, kept); error != 0) return error;
    if (const int error = transaction.put(Key(tree, 0).bytes(), encode_summary(summary));
        error != 0)
      return error;
    return erase_trees(transaction, [&](const TreeSummary& other) {
      return other.device == summary.device && base::is_below(other.path, summary.path);
    });
  }

  // What another version left is of no use.
  int set_version(StoreTransaction& transaction) {
    const Version version = version_in(transaction);
    if (version == Version::kOurs) return 0;
    if (version == Version::kOther) {
      const std::lock_guard lock(mutex_);
      note("the size cache was of another version and starts empty");
    }
    if (const int error = transaction.erase_all(); error != 0) return error;
    return transaction.put(Key(0, 0).bytes(), kVersionValue);
  }

  // Also those that cannot be understood.
  template <class Unwanted>
  static int erase_trees(StoreTransaction& transaction, Unwanted&& unwanted) {
    std::vector<std::uint64_t> trees;
    for_each_tree(transaction, [&](const Key& key) {
      const auto summary = summary_in(transaction, key.tree());
      if (!summary || unwanted(*summary)) trees.push_back(key.tree());
    });
    for (const std::uint64_t tree : trees)
      if (const int error = erase_records(transaction, tree, {}); error != 0) return error;
    return 0;
  }

  // The tree that was written longest ago, but not the one at `but`. False: there is none.
  bool evict(const StoreEnv& env, std::string_view but) {
    StoreTransaction transaction(env, Kind::kWrite);
    if (transaction.error() != 0) return false;
    std::optional<std::pair<std::int64_t, std::uint64_t>> oldest;
    for_each_tree(transaction, [&](const Key& key) {
      const auto summary = summary_in(transaction, key.tree());
      if (summary && summary->path == but) return;
      const std::pair candidate{summary ? summary->written_ms : 0, key.tree()};
      if (!oldest || candidate < *oldest) oldest = candidate;
    });
    if (!oldest || erase_records(transaction, oldest->second, {}) != 0) return false;
    if (transaction.commit() != 0) return false;
    ++evictions_;
    return true;
  }

  const DiskStoreOptions options_;
  MemoryTreeStore memory_;
  std::mutex write_mutex_;  // one writer at a time; taken before mutex_
  std::mutex mutex_;        // guards what follows
  std::shared_ptr<StoreEnv> env_;
  std::string note_;
  std::vector<std::string> noted_;
  std::atomic<std::uint64_t> evictions_{0};
};

}  // namespace

std::unique_ptr<TreeStore> make_disk_store(const DiskStoreOptions& options) {
  return std::make_unique<DiskTreeStore>(options);
}

}  // namespace lull::cache
