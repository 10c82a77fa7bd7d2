// SPDX-License-Identifier: MIT
// Somebody swaps directories and links in the trash while it is emptied: nothing outside changes.
#include <atomic>
#include <random>
#include <thread>

#include "tests/core/clean/trash_fixture.h"

namespace lull::clean {
namespace {

// Everything below a directory: type, mode, times, bytes.
std::map<std::string, std::string> picture_of(const std::string& top) {
  std::map<std::string, std::string> picture;
  for (const auto& entry : fs::recursive_directory_iterator(top)) {
    struct stat status {};
    ::lstat(entry.path().c_str(), &status);
    picture[entry.path().string().substr(top.size())] =
        std::to_string(status.st_mode) + " " + std::to_string(status.st_nlink) + " " +
        std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) + " " +
        std::to_string(status.st_ino) + " " + std::to_string(status.st_size);
  }
  return picture;
}

// Does `act` again and again on a thread of its own, until it is dropped.
class Adversary {
 public:
  explicit Adversary(std::function<void(std::mt19937&)> act)
      : thread_([this, act = std::move(act)] {
          std::mt19937 random(7);  // NOLINT: the same every time
          while (!done_.load()) {
            act(random);
            ++steps_;
          }
        }) {
    while (steps_.load() == 0) std::this_thread::yield();
  }
  ~Adversary() { stop(); }
  std::uint64_t stop() {
    done_.store(true);
    if (thread_.joinable()) thread_.join();
    return steps_.load();
  }

 private:
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> steps_{0};
  std::thread thread_;
};

class TrashAdversaryTest : public TrashTest {
 protected:
  static constexpr int kRounds = 100;

  // The same names as outside, so that whoever follows a link finds what they look for.
  void build(const std::string& top) {
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 3; ++j)
        for (int k = 0; k < 3; ++k)
          temp_.write(
              top + "/d" + std::to_string(i) + "/e" + std::to_string(j) + "/f" + std::to_string(k),
              "canary");
  }
  // Puts the directory aside and a link to its like outside in its place, and back again.
  void swap_for_link(const std::string& directory, const std::string& outside) {
    const std::string aside = temp_ / "aside";
    if (::rename(directory.c_str(), aside.c_str()) != 0) return;
    if (::symlink(outside.c_str(), directory.c_str()) == 0) {
      std::this_thread::yield();
      ::unlink(directory.c_str());
    }
    if (::rename(aside.c_str(), directory.c_str()) != 0) fs::remove_all(aside, ignored_);
  }

  std::error_code ignored_;
};

TEST_F(TrashAdversaryTest, links_put_in_the_place_of_directories_lead_nowhere) {
  build("outside/tree");
  const auto before = picture_of(temp_ / "outside");
  const std::string tree = trashed("files/tree"), outside = temp_ / "outside/tree";
  std::uint64_t removed = 0;
  Adversary adversary([&](std::mt19937& random) {
    const std::string one = "/d" + std::to_string(random() % 4);
    const std::string two = one + "/e" + std::to_string(random() % 3);
    const std::string& below = random() % 2 == 0 ? one : two;
    swap_for_link(tree + below, outside + below);
  });
  for (int round = 0; round < kRounds; ++round) {
    fs::remove_all(home("tree"), ignored_);
    build("home/tree");
    const auto trash = trash_for(home("x"));
    const auto name = trash->reserve("tree", "t", home("tree"), at(0));
    if (!name) continue;
    if (!trash->take(open_parent(home("tree")).get(), "tree", *name)) continue;
    for (int tries = 0; tries < 3; ++tries) {
      Problems problems;
      removed += purge(list(&problems)).removed;
    }
  }
  const std::uint64_t steps = adversary.stop();
  EXPECT_EQ(picture_of(temp_ / "outside"), before);
  EXPECT_GT(removed, 0u);
  RecordProperty("swaps", std::to_string(steps));
}

TEST_F(TrashAdversaryTest, directories_swapped_for_others_are_left_alone) {
  build("outside/tree");
  const auto before = picture_of(temp_ / "outside/tree");
  const std::string canary = temp_ / "outside/tree";
  // One step: what is outside and what is to be purged change places, or back.
  const auto exchange = [&] {
    return ::renameat2(AT_FDCWD, canary.c_str(), AT_FDCWD, trashed("files/tree").c_str(),
                       RENAME_EXCHANGE);
  };
  const ino_t inode = status_of(canary).st_ino;
  std::uint64_t removed = 0;
  for (int round = 0; round < kRounds; ++round) {
    build("home/tree");
    discard(home("tree"));
    const auto items = list();
    ASSERT_EQ(items.size(), 1u);
    Adversary adversary([&](std::mt19937&) { (void)exchange(); });
    removed += purge(items).removed;
    adversary.stop();
    if (status_of(canary).st_ino != inode) {
      if (!exists(canary)) fs::create_directory(canary);
      ASSERT_EQ(exchange(), 0);
    }
    ASSERT_EQ(status_of(canary).st_ino, inode);
    ASSERT_EQ(picture_of(canary), before) << round;
    for (const char* place : {"files/tree", "info/tree.trashinfo"})
      fs::remove_all(trashed(place), ignored_);
  }
  RecordProperty("removed", std::to_string(removed));
}

TEST_F(TrashAdversaryTest,
       a_trash_that_is_moved_away_while_it_is_used_stays_the_one_that_was_opened) {
  build("outside/files/tree");
  fs::create_directories(temp_ / "outside/info");
  const auto before = picture_of(temp_ / "outside");
  build("home/tree");
  const auto trash = trash_for(home("x"));
  const auto name = trash->reserve("tree", "t", home("tree"), at(0));
  fs::rename(trashed(""), temp_ / "moved");
  fs::create_directory_symlink(temp_ / "outside", temp_ / "data/Trash");
  ASSERT_TRUE(trash->take(open_parent(home("tree")).get(), "tree", *name));
  EXPECT_TRUE(exists(temp_ / "moved/files/tree/d0"));
  EXPECT_EQ(picture_of(temp_ / "outside"), before);
  struct stat status = status_of(temp_ / "moved/files/tree");
  const PurgeResult result = purge(
      {{temp_ / "data/Trash", "tree", home("tree"), at(0), status.st_dev, status.st_ino, true}});
  EXPECT_EQ(result.removed, 0u);
  EXPECT_THAT(result.failures.at(0).error, ::testing::HasSubstr("is a link"));
  EXPECT_EQ(picture_of(temp_ / "outside"), before);
}

}  // namespace
}  // namespace lull::clean
