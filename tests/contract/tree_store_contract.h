// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/cache/tree_store.h"

// What every TreeStore promises. Include once, then instantiate with a name and a factory.
namespace lull::contract {

struct TreeStoreCase {
  std::string name;
  std::function<std::unique_ptr<cache::TreeStore>()> make;
};

// A page of one row, told apart by `files`.
inline std::vector<std::byte> page_of(const std::string& name, std::uint64_t files) {
  cache::PageWriter writer;
  cache::DirRow row;
  row.depth = name.empty() ? 0 : 1;
  row.name = name;
  row.files = files;
  writer.begin({}, row.depth, 0);
  writer.add(row);
  const auto bytes = writer.finish();
  return {bytes.begin(), bytes.end()};
}

class TreeStoreContract : public testing::TestWithParam<TreeStoreCase> {
 protected:
  // A root and one subdirectory.
  bool put(const std::string& path, std::uint64_t files, const cache::StoredTree* base = nullptr,
           std::uint64_t device = 1) {
    return store_->put(path, base, [&](cache::PageSink& sink, cache::TreeSummary& summary) {
      const auto like = [&](std::size_t index) {
        return base == nullptr ? std::nullopt : std::optional(index);
      };
      sink.add(page_of("", files), 1, like(0));
      sink.add(page_of("sub", 7), 1, like(1));
      summary.device = device;
      summary.totals.files = files + 7;
      return true;
    });
  }
  std::uint64_t files_of(const cache::StoredTree& tree, std::size_t index) {
    cache::DecodedPage page;
    EXPECT_TRUE(cache::decode_page(tree.page(index), page));
    return page.rows.empty() ? 0 : page.rows.front().files;
  }

  std::unique_ptr<cache::TreeStore> store_ = GetParam().make();
};

TEST_P(TreeStoreContract, GivesBackWhatWasPut) {
  EXPECT_EQ(store_->find("/a"), nullptr);
  ASSERT_TRUE(put("/a", 3));
  const auto tree = store_->find("/a");
  ASSERT_NE(tree, nullptr);
  EXPECT_EQ(tree->summary().path, "/a");
  EXPECT_EQ(tree->summary().totals.files, 10u);
  ASSERT_EQ(tree->summary().pages.size(), 2u);
  EXPECT_EQ(files_of(*tree, 0), 3u);
  EXPECT_EQ(files_of(*tree, 1), 7u);
  EXPECT_EQ(store_->find("/a/b"), nullptr);
  EXPECT_EQ(store_->stats().trees, 1u);
  EXPECT_GT(store_->stats().bytes, 0u);
}

TEST_P(TreeStoreContract, AReaderKeepsWhatItFoundWhateverIsWrittenLater) {
  ASSERT_TRUE(put("/a", 3));
  const auto before = store_->find("/a");
  ASSERT_TRUE(put("/a", 4));
  store_->erase("/");
  store_->rest();
  EXPECT_EQ(files_of(*before, 0), 3u);
  EXPECT_EQ(store_->find("/a"), nullptr);
}

TEST_P(TreeStoreContract, AnUnchangedPageStaysAndAChangedOneIsReplaced) {
  ASSERT_TRUE(put("/a", 3));
  const auto before = store_->find("/a");
  ASSERT_TRUE(put("/a", 4, before.get()));
  const auto after = store_->find("/a");
  EXPECT_NE(after->summary().pages[0].id, before->summary().pages[0].id);
  EXPECT_EQ(after->summary().pages[1].id, before->summary().pages[1].id);
  EXPECT_EQ(files_of(*after, 0), 4u);
  EXPECT_EQ(files_of(*after, 1), 7u);
}

TEST_P(TreeStoreContract, AChangeOfWhatSomebodyChangedMeanwhileIsRefused) {
  ASSERT_TRUE(put("/a", 3));
  const auto before = store_->find("/a");
  ASSERT_TRUE(put("/a", 4));
  EXPECT_FALSE(put("/a", 5, before.get()));
  EXPECT_EQ(store_->find("/a")->summary().totals.files, 11u);
  store_->erase("/a");
  EXPECT_FALSE(put("/a", 5, before.get()));
  EXPECT_EQ(store_->find("/a"), nullptr);
}

TEST_P(TreeStoreContract, NothingIsStoredIfThereIsNothingToStore) {
  ASSERT_TRUE(put("/a", 3));
  EXPECT_FALSE(store_->put("/a", nullptr, [](cache::PageSink& sink, cache::TreeSummary&) {
    sink.add(page_of("", 9), 1, std::nullopt);
    return false;
  }));
  EXPECT_EQ(store_->find("/a")->summary().totals.files, 10u);
}

TEST_P(TreeStoreContract, ATreeTakesTheTreesBelowItOnTheSameDevice) {
  for (const char* path : {"/a/b", "/a/b/c", "/ab"}) ASSERT_TRUE(put(path, 1));
  ASSERT_TRUE(put("/a/mount", 1, nullptr, 2));
  ASSERT_TRUE(put("/a", 1));
  EXPECT_EQ(store_->find("/a/b"), nullptr);
  EXPECT_EQ(store_->find("/a/b/c"), nullptr);
  EXPECT_NE(store_->find("/ab"), nullptr);
  EXPECT_NE(store_->find("/a/mount"), nullptr);
}

TEST_P(TreeStoreContract, ErasesATreeAndThoseBelow) {
  for (const char* path : {"/a", "/x", "/ab"}) ASSERT_TRUE(put(path, 1));
  ASSERT_TRUE(put("/x/y", 1));
  store_->erase("/x");
  EXPECT_EQ(store_->find("/x"), nullptr);
  EXPECT_EQ(store_->find("/x/y"), nullptr);
  EXPECT_NE(store_->find("/a"), nullptr);
  store_->erase("/");
  EXPECT_EQ(store_->stats().trees, 0u);
}

TEST_P(TreeStoreContract, FindsTheNearestTreeAbove) {
  ASSERT_TRUE(put("/a", 1));
  ASSERT_TRUE(put("/a/b/c", 2));
  EXPECT_EQ(cache::find_covering(*store_, "/a/b/c/d/e")->summary().path, "/a/b/c");
  EXPECT_EQ(cache::find_covering(*store_, "/a/b")->summary().path, "/a");
  EXPECT_EQ(cache::find_covering(*store_, "/b"), nullptr);
  ASSERT_TRUE(put("/", 3));
  EXPECT_EQ(cache::find_covering(*store_, "/b")->summary().path, "/");
}

TEST_P(TreeStoreContract, AnyPathIsAKey) {
  const std::string odd = "/\xff\n" + std::string(5000, 'x') + "/y";
  ASSERT_TRUE(put(odd, 1));
  EXPECT_EQ(store_->find(odd)->summary().path, odd);
}

}  // namespace lull::contract
