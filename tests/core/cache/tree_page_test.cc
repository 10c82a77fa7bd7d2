// SPDX-License-Identifier: MIT
#include "core/cache/tree_page.h"

#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/cache/rollup.h"

namespace lull::cache {
namespace {

std::vector<std::byte> some_page() {
  const std::vector<LinkedFile> links{{5, 4096, 4000}, {9, 512, 1}};
  PageWriter writer;
  writer.begin("a/b", 3, 1000);
  DirRow row;
  row.name = "c";
  row.depth = 3;
  row.flags = DirRow::kUnsettled;
  row.inode = 77;
  row.mtime_ns = -5;
  row.ctime_ns = 1'700'000'000'000'000'000;
  row.own_bytes = 8192;
  row.own_apparent = 12;
  row.files = 3;
  row.read_at_ms = 900;
  row.links = links;
  writer.add(row);
  row.name = "d\xff";
  row.depth = 4;
  row.ctime_ns = row.mtime_ns;
  row.inode = std::numeric_limits<std::uint64_t>::max();
  row.links = {};
  writer.add(row);
  row.name = "z";
  row.depth = 1;
  row.inode = 0;
  writer.add(row);
  const auto bytes = writer.finish();
  return {bytes.begin(), bytes.end()};
}

TEST(TreePage, SaysWhatWasWritten) {
  const auto bytes = some_page();
  DecodedPage page;
  ASSERT_TRUE(decode_page(bytes, page));
  EXPECT_EQ(page.base, "a/b");
  ASSERT_EQ(page.rows.size(), 3u);
  EXPECT_EQ(page.rows[0].name, "c");
  EXPECT_EQ(page.rows[0].depth, 3u);
  EXPECT_EQ(page.rows[0].flags, DirRow::kUnsettled);
  EXPECT_EQ(page.rows[0].inode, 77u);
  EXPECT_EQ(page.rows[0].mtime_ns, -5);
  EXPECT_EQ(page.rows[0].ctime_ns, 1'700'000'000'000'000'000);
  EXPECT_EQ(page.rows[0].own_bytes, 8192u);
  EXPECT_EQ(page.rows[0].own_apparent, 12u);
  EXPECT_EQ(page.rows[0].files, 3u);
  EXPECT_EQ(page.rows[0].read_at_ms, 900);
  ASSERT_EQ(page.rows[0].links.size(), 2u);
  EXPECT_EQ(page.rows[0].links[1].inode, 9u);
  EXPECT_EQ(page.rows[0].links[1].allocated_bytes, 512u);
  EXPECT_EQ(page.rows[1].inode, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(page.rows[1].ctime_ns, -5);
  EXPECT_EQ(page.rows[2].depth, 1u);
  PageStart start;
  ASSERT_TRUE(peek_page(bytes, start));
  EXPECT_EQ(start.base, "a/b");
  EXPECT_EQ(start.name, "c");
}

TEST(TreePage, ATruncatedPageIsNone) {
  const auto bytes = some_page();
  DecodedPage page;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_page({bytes.data(), length}, page)) << length;
    EXPECT_TRUE(page.rows.empty());
  }
  auto longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(decode_page(longer, page));
}

TEST(TreePage, NamesThatLeadElsewhereAreRefused) {
  for (const std::string& name : {std::string(".."), std::string("."), std::string("a/b"),
                                  std::string("a\0b", 3), std::string(), std::string(256, 'x')}) {
    PageWriter writer;
    writer.begin({}, 1, 0);
    DirRow row;
    row.depth = 1;
    row.name = name;
    writer.add(row);
    DecodedPage page;
    EXPECT_FALSE(decode_page(writer.finish(), page)) << name;
  }
  for (const char* base : {"..", "a/..", "/a", "a//b", "a/"}) {
    PageWriter writer;
    writer.begin(base, 2, 0);
    DirRow row;
    row.depth = 2;
    row.name = "x";
    writer.add(row);
    DecodedPage page;
    EXPECT_FALSE(decode_page(writer.finish(), page)) << base;
  }
}

// Whatever became of the bytes: no crash, and what is accepted is sane.
TEST(TreePage, ForeignBytesDoNoHarm) {
  const auto good = some_page();
  std::mt19937 random(3);
  DecodedPage page;
  for (int round = 0; round < 200'000; ++round) {
    auto bytes = good;
    for (unsigned i = 0; i <= random() % 4; ++i)
      bytes[random() % bytes.size()] = std::byte(static_cast<unsigned char>(random()));
    if (!decode_page(bytes, page)) continue;
    std::uint32_t depth = page.rows.front().depth;
    PathStack path;
    path.restart(page.base);
    Rollup rollup;
    for (const DirRow& row : page.rows) {
      ASSERT_LE(row.depth, depth + 1);
      depth = row.depth;
      path.enter(row.depth, row.name);
      ASSERT_EQ(path.depth(), row.depth);
      rollup.add(row);
    }
    (void)rollup.finish();
  }
}

TEST(PathStack, FollowsTheRows) {
  PathStack path;
  path.restart("a/b");
  path.enter(3, "c");
  EXPECT_EQ(path.path(), "a/b/c");
  EXPECT_EQ(path.below(0), "a/b/c");
  EXPECT_EQ(path.below(2), "c");
  EXPECT_EQ(path.between(0, 2), "a/b");
  EXPECT_EQ(path.between(1, 2), "b");
  path.enter(2, "x");
  EXPECT_EQ(path.path(), "a/x");
  path.enter(1, "y");
  EXPECT_EQ(path.path(), "y");
  path.enter(0, "");
  EXPECT_EQ(path.path(), "");
}

TEST(ComparePaths, ADirectoryComesBeforeWhatIsInItAndThatBeforeItsNeighbours) {
  EXPECT_LT(compare_paths("a", "a/z"), 0);
  EXPECT_LT(compare_paths("a/z", "a b"), 0);
  EXPECT_LT(compare_paths("a/z", "a-"), 0);
  EXPECT_LT(compare_paths("a", "a\xff"), 0);
  EXPECT_GT(compare_paths("\xff", "a"), 0);
  EXPECT_EQ(compare_paths("a/b", "a/b"), 0);
}

TEST(Rollup, ALinkedFileCountsOnceWithItsLatestReading) {
  const std::vector<LinkedFile> old_links{{1, 512, 5}}, new_links{{1, 1024, 9}, {2, 512, 1}};
  DirRow row;
  row.read_at_ms = 10;
  row.links = old_links;
  Rollup first, second;
  first.add(row);
  row.read_at_ms = 20;
  row.links = new_links;
  second.add(row);
  first.merge(std::move(second));
  const TreeTotals totals = first.finish();
  EXPECT_EQ(totals.allocated_bytes, 1536u);
  EXPECT_EQ(totals.apparent_bytes, 10u);
  EXPECT_EQ(totals.files, 2u);
  EXPECT_EQ(totals.directories, 2u);
  EXPECT_EQ(totals.oldest_ms, 10);
}

}  // namespace
}  // namespace lull::cache
