// SPDX-License-Identifier: MIT
#include "core/cache/tree_store.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/cache/memory_tree_store.h"
#include "core/cache/store_disk.h"
#include "tests/contract/tree_store_contract.h"
#include "tests/support/temp_dir.h"

namespace lull::contract {
namespace {

// One directory for the program's life; each store begins with an empty one of its own.
std::unique_ptr<cache::TreeStore> new_disk_store() {
  static const support::TempDir temp;
  static int number = 0;
  return cache::make_disk_store({.directory = temp / std::to_string(++number)});
}

INSTANTIATE_TEST_SUITE_P(
    Stores, TreeStoreContract,
    testing::Values(TreeStoreCase{"disk", new_disk_store},
                    TreeStoreCase{"memory",
                                  [] { return std::make_unique<cache::MemoryTreeStore>(1 << 20); }},
                    TreeStoreCase{"memory_for_want_of_a_disk",
                                  [] { return cache::make_disk_store({.directory = ""}); }}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace lull::contract

namespace lull::cache {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class DiskStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<TreeStore> open(std::size_t file_bytes = std::size_t{64} << 20) const {
    return make_disk_store({directory(), file_bytes, std::size_t{1} << 20});
  }
  // `rows` rows of some 250 bytes, in pages of 100.
  static bool put(TreeStore& store, const std::string& path, std::uint32_t rows,
                  std::int64_t when = 0) {
    return store.put(path, nullptr, [&](PageSink& sink, TreeSummary& summary) {
      for (std::uint32_t done = 0; done < rows; done += 100) {
        PageWriter writer;
        writer.begin({}, 1, 0);
        for (std::uint32_t i = 0; i < 100; ++i) {
          const std::string name = std::string(200, 'n') + std::to_string(done + i);
          DirRow row;
          row.depth = 1;
          row.name = name;
          row.inode = done + i;
          row.own_bytes = 512 * when;
          writer.add(row);
        }
        sink.add(writer.finish(), 100, std::nullopt);
      }
      summary.written_ms = when;
      summary.totals.directories = rows;
      return true;
    });
  }
  static bool is_whole(const StoredTree& tree) {
    DecodedPage page;
    for (std::size_t i = 0; i < tree.summary().pages.size(); ++i)
      if (!decode_page(tree.page(i), page)) return false;
    return true;
  }
  std::string directory() const { return temp_ / "cache/lull"; }
  std::string file() const { return directory() + "/sizes.mdb"; }

  const support::TempDir temp_;
};

TEST_F(DiskStoreTest, ARestartFindsWhatWasStored) {
  ASSERT_TRUE(put(*open(), "/a", 1000));
  const auto store = open();
  const auto tree = store->find("/a");
  ASSERT_NE(tree, nullptr);
  EXPECT_EQ(tree->summary().totals.directories, 1000u);
  EXPECT_TRUE(is_whole(*tree));
  EXPECT_EQ(store->take_note(), "");
}

TEST_F(DiskStoreTest, ADirectoryIsMadeForTheUserAloneAndOnlyWhenSomethingIsStored) {
  const auto store = open();
  EXPECT_EQ(store->find("/a"), nullptr);
  EXPECT_EQ(store->stats().trees, 0u);
  EXPECT_FALSE(fs::exists(temp_ / "cache"));
  ASSERT_TRUE(put(*store, "/a", 100));
  struct stat status {};
  ASSERT_EQ(::stat(directory().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(DiskStoreTest, ItMayBeDeletedAtAnyTime) {
  const auto store = open();
  ASSERT_TRUE(put(*store, "/a", 500));
  const auto held = store->find("/a");
  fs::remove_all(directory());
  EXPECT_EQ(store->find("/a"), nullptr);
  EXPECT_TRUE(is_whole(*held));
  ASSERT_TRUE(put(*store, "/b", 500));
  EXPECT_NE(store->find("/b"), nullptr);
  fs::remove(file() + "-lock");
  EXPECT_NE(store->find("/b"), nullptr);
  fs::remove(file());
  EXPECT_EQ(store->find("/b"), nullptr);
  EXPECT_EQ(store->take_note(), "");
}

TEST_F(DiskStoreTest, AFileThatIsNoStoreIsReplacedAndToldOfOnce) {
  fs::create_directories(directory());
  for (const std::string& content :
       {std::string("x"), std::string(100'000, 'x'), std::string(8192, '\0')}) {
    std::ofstream(file(), std::ios::binary) << content;
    const auto store = open();
    EXPECT_EQ(store->find("/a"), nullptr);
    EXPECT_THAT(store->take_note(), HasSubstr("damaged"));
    EXPECT_EQ(store->take_note(), "");
    ASSERT_TRUE(put(*store, "/a", 100));
    EXPECT_NE(store->find("/a"), nullptr);
  }
}

TEST_F(DiskStoreTest, AnythingInPlaceOfTheFileDoesNoHarm) {
  fs::create_directories(directory());
  ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);
  EXPECT_EQ(open()->find("/a"), nullptr);
  fs::remove(file());
  fs::create_symlink("/etc/passwd", file());
  const auto store = open();
  EXPECT_TRUE(put(*store, "/a", 100));
  EXPECT_TRUE(fs::exists("/etc/passwd"));
  store->rest();
  fs::remove(file());
  fs::create_directory(file());
  EXPECT_EQ(store->find("/a"), nullptr);
  EXPECT_TRUE(put(*store, "/a", 100));  // in memory
  EXPECT_NE(store->find("/a"), nullptr);
}

TEST_F(DiskStoreTest, WithoutAPlaceToWriteItWorksInMemory) {
  for (const std::string& place :
       {std::string(), std::string("relative"), std::string("/proc/nothing"), file()}) {
    if (place == file()) temp_.write("cache/lull", "a file");
    const auto store = make_disk_store({.directory = place});
    ASSERT_TRUE(put(*store, "/a", 100)) << place;
    EXPECT_NE(store->find("/a"), nullptr) << place;
  }
}

TEST_F(DiskStoreTest, ADirectoryOfSomebodyElseIsNotUsed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  fs::create_directories(directory());
  ASSERT_EQ(::chown(directory().c_str(), 65534, 65534), 0);
  const auto store = open();
  ASSERT_TRUE(put(*store, "/a", 100));
  EXPECT_FALSE(fs::exists(file()));
  EXPECT_THAT(store->take_note(), HasSubstr("somebody else"));
}

TEST_F(DiskStoreTest, AFullDiskLeavesWhatWasThereAndWorksInMemory) {
  const auto store = open();
  ASSERT_TRUE(put(*store, "/a", 100));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{fs::file_size(file()), before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_TRUE(put(*store, "/b", 2000));
  EXPECT_NE(store->find("/b"), nullptr);
  EXPECT_NE(store->find("/a"), nullptr);
  EXPECT_THAT(store->take_note(), HasSubstr("cannot be written"));
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_TRUE(is_whole(*store->find("/a")));
  EXPECT_EQ(open()->find("/b"), nullptr);
}

TEST_F(DiskStoreTest, ItsSizeIsBoundedAndTheOldestTreesGoFirst) {
  constexpr std::size_t kBound = 4 << 20;
  const auto store = open(kBound);
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(put(*store, "/" + std::to_string(i), 1000, i)) << i;
    ASSERT_LE(fs::file_size(file()), kBound);
  }
  EXPECT_GT(store->stats().evictions, 10u);
  EXPECT_LE(store->stats().bytes, kBound / 2 + (kBound / 4));
  EXPECT_EQ(store->find("/0"), nullptr);
  for (const char* path : {"/39", "/38", "/37"}) ASSERT_NE(store->find(path), nullptr) << path;
  EXPECT_FALSE(put(*store, "/huge", 40'000, 99));
  EXPECT_EQ(store->find("/huge"), nullptr);
  EXPECT_TRUE(put(*store, "/last", 1000, 100));
}

TEST_F(DiskStoreTest, AStoreOfAnotherVersionStartsEmpty) {
  ASSERT_TRUE(put(*open(), "/a", 100));
  // The only value of one byte is the version.
  std::string bytes = temp_.read("cache/lull/sizes.mdb");
  const std::string key(12, '\0');
  std::size_t found = 0;
  for (std::size_t at = bytes.find(key + '\1'); at != std::string::npos;
       at = bytes.find(key + '\1', at + 1)) {
    // Its node says: one byte of data, no flags, twelve of key.
    if (at < 8 || bytes.substr(at - 8, 8) != std::string("\1\0\0\0\0\0\14\0", 8)) continue;
    bytes[at + key.size()] = '\2';
    ++found;
  }
  ASSERT_GT(found, 0u);
  std::ofstream(file(), std::ios::binary) << bytes;
  const auto store = open();
  EXPECT_EQ(store->find("/a"), nullptr);
  ASSERT_TRUE(put(*store, "/b", 100));
  EXPECT_THAT(store->take_note(), HasSubstr("another version"));
  EXPECT_EQ(store->find("/a"), nullptr);
  EXPECT_NE(store->find("/b"), nullptr);
  EXPECT_EQ(store->stats().trees, 1u);
}

TEST_F(DiskStoreTest, TwoProcessesMayUseItAtOnce) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto store = open();
    bool whole = true;
    for (int i = 0; i < 60; ++i) {
      put(*store, "/child/" + std::to_string(i), 300, i);
      if (const auto tree = store->find("/parent/" + std::to_string(i)))
        whole = whole && is_whole(*tree);
    }
    ::_exit(whole ? 0 : 1);
  }
  const auto store = open();
  for (int i = 0; i < 60; ++i) {
    put(*store, "/parent/" + std::to_string(i), 300, i);
    const auto tree = store->find("/child/" + std::to_string(i));
    EXPECT_TRUE(tree == nullptr || is_whole(*tree));
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_GT(store->stats().trees, 60u);
  EXPECT_EQ(store->take_note(), "");
}

TEST_F(DiskStoreTest, AProcessKilledWhileItWritesLeavesASoundStore) {
  std::mt19937 random(7);
  for (int round = 0; round < 12; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto store = open();
      for (int i = 0;; ++i) {
        put(*store, "/" + std::to_string(i % 7), 800, i);
        (void)!::write(pipe[1], "x", 1);
      }
    }
    char byte = 0;
    for (unsigned i = 0; i < 1 + random() % 6; ++i) ASSERT_EQ(::read(pipe[0], &byte, 1), 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(pipe[0]);
    ::close(pipe[1]);
    const auto store = open();
    ASSERT_TRUE(put(*store, "/after", 300, round));
    for (int i = 0; i < 7; ++i) {
      const auto tree = store->find("/" + std::to_string(i));
      EXPECT_TRUE(tree == nullptr || is_whole(*tree));
    }
    EXPECT_EQ(store->take_note(), "");
  }
}

// Whatever became of the file: no crash, no hang, and what is found is what was put.
class DamagedStoreTest : public DiskStoreTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  std::string sound_file() {
    const auto store = open();
    for (int i = 0; i < 30; ++i) put(*store, "/" + std::to_string(i % 20), 50 + 40 * (i % 9), i);
    store->erase("/3");
    return temp_.read("cache/lull/sizes.mdb");
  }
  void use(const std::string& bytes) {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes;
    const auto store = open();
    for (int i = 0; i < 20; ++i)
      if (const auto tree = store->find("/" + std::to_string(i))) (void)is_whole(*tree);
    (void)store->stats();
    ASSERT_TRUE(put(*store, "/new", 700, 100));
    store->erase("/5");
    ASSERT_TRUE(put(*store, "/6", 300, 101));
    const auto tree = store->find("/new");
    ASSERT_NE(tree, nullptr);
    EXPECT_TRUE(is_whole(*tree));
  }
};

TEST_P(DamagedStoreTest, DoesNoHarm) {
  const std::string sound = sound_file();
  std::mt19937 random(GetParam());
  for (int round = 0; round < 60; ++round) {
    std::string bytes = sound;
    const auto kind = random() % 5;
    if (kind == 0) bytes.resize(random() % bytes.size());
    const auto flips = 1 + random() % (kind == 1 ? 200 : 3);
    for (unsigned i = 0; i < flips && !bytes.empty(); ++i) {
      std::size_t at = random() % bytes.size();
      // Where the structure is: the first bytes of pages, and the meta pages.
      if (kind == 2) at = at / 4096 * 4096 + random() % 160;
      if (kind == 3) at = random() % std::min<std::size_t>(bytes.size(), 8192);
      bytes[std::min(at, bytes.size() - 1)] = static_cast<char>(random());
    }
    if (kind == 4)  // a page in place of another
      bytes.replace(random() % (bytes.size() / 4096) * 4096, 4096, bytes,
                    random() % (bytes.size() / 4096) * 4096, 4096);
    ASSERT_NO_FATAL_FAILURE(use(bytes)) << "round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, DamagedStoreTest, ::testing::Range(1u, 7u));

}  // namespace
}  // namespace lull::cache
