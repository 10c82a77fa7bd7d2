// SPDX-License-Identifier: MIT
#include "core/cache/store_check.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace lull::cache {
namespace {

constexpr std::uint64_t kNoPage = ~std::uint64_t{0};
constexpr std::size_t kHeaderBytes = 16, kNodeBytes = 8, kMetaBytes = 136;
constexpr std::uint16_t kBranch = 1, kLeaf = 2, kOverflow = 4, kMeta = 8;
constexpr std::uint16_t kBigData = 1;
// What LMDB gives its list of free pages: integer keys, and the file's own flag that it is no
// folder.
constexpr std::uint16_t kFreeListFlags = 0x4008;
constexpr unsigned kMostDepth = 24;  // LMDB's own limit is 32
constexpr std::uint64_t kMostPages = std::uint64_t{1} << 20;

template <class Number>
Number number_at(const std::byte* bytes, std::size_t offset) {
  Number value;
  std::memcpy(&value, bytes + offset, sizeof value);
  return value;
}

struct Database {
  std::uint16_t flags = 0, depth = 0;
  std::uint64_t entries = 0, root = kNoPage;
};

struct Meta {
  std::uint64_t page_bytes = 0;
  Database free, main;
  std::uint64_t last_page = 0, transaction = 0;
};

Database database_at(const std::byte* bytes, std::size_t offset) {
  return {number_at<std::uint16_t>(bytes, offset + 4), number_at<std::uint16_t>(bytes, offset + 6),
          number_at<std::uint64_t>(bytes, offset + 32),
          number_at<std::uint64_t>(bytes, offset + 40)};
}

std::optional<Meta> meta_at(const ReadAt& read, std::uint64_t offset) {
  std::array<std::byte, kHeaderBytes + kMetaBytes> bytes;
  if (!read(offset, bytes)) return std::nullopt;
  const std::byte* meta = bytes.data() + kHeaderBytes;
  const auto page_bytes = number_at<std::uint32_t>(meta, 24);
  const bool is_one = (number_at<std::uint16_t>(bytes.data(), 10) & kMeta) != 0 &&
                      number_at<std::uint32_t>(meta, 0) == 0xBEEFC0DE &&
                      number_at<std::uint32_t>(meta, 4) == 1;
  const bool has_page_size =
      page_bytes >= 512 && page_bytes <= 32768 && (page_bytes & (page_bytes - 1)) == 0;
  if (!is_one || !has_page_size) return std::nullopt;
  Meta found{page_bytes, database_at(meta, 24), database_at(meta, 72),
             number_at<std::uint64_t>(meta, 120), number_at<std::uint64_t>(meta, 128)};
  if (found.last_page < 1 || found.last_page >= kMostPages || found.main.flags != 0 ||
      found.free.flags != kFreeListFlags)
    return std::nullopt;
  return found;
}

// Both, or nothing; they must agree on the page size.
std::optional<std::array<Meta, 2>> metas_of(const ReadAt& read) {
  const auto first = meta_at(read, 0);
  if (!first) return std::nullopt;
  const auto second = meta_at(read, first->page_bytes);
  if (!second || second->page_bytes != first->page_bytes) return std::nullopt;
  return std::array{*first, *second};
}

class PageCheck {
 public:
  PageCheck(const ReadAt& read, std::uint64_t file_bytes, const Meta& meta)
      : read_(read),
        meta_(meta),
        pages_(std::min(meta.last_page + 1, file_bytes / meta.page_bytes)),
        used_(meta.last_page + 1) {
    used_[0] = used_[1] = true;
  }

  bool run() { return check_database(meta_.main, false) && check_database(meta_.free, true); }

 private:
  using Page = std::vector<std::byte>;

  bool check_database(const Database& database, bool is_free_list) {
    if (database.root == kNoPage) return database.depth == 0 && database.entries == 0;
    if (database.depth == 0 || database.depth > kMostDepth) return false;
    entries_ = 0;
    return check_page(database.root, database.depth, is_free_list) && entries_ == database.entries;
  }

  // `levels` pages deep, leaves at the last one.
  bool check_page(std::uint64_t number, unsigned levels, bool is_free_list) {
    Page page(meta_.page_bytes);
    if (!take(number, 1) || !read_(number * meta_.page_bytes, page)) return false;
    const bool is_leaf = levels == 1;
    if (number_at<std::uint64_t>(page.data(), 0) != number ||
        number_at<std::uint16_t>(page.data(), 10) != (is_leaf ? kLeaf : kBranch))
      return false;
    const auto lower = number_at<std::uint16_t>(page.data(), 12);
    const auto upper = number_at<std::uint16_t>(page.data(), 14);
    if (lower < kHeaderBytes || lower % 2 != 0 || upper < lower || upper > page.size())
      return false;
    const std::size_t count = (lower - kHeaderBytes) / 2;
    if (count < (is_leaf ? 1u : 2u)) return false;
    return check_nodes(page, count, upper, levels, is_free_list);
  }

  bool check_nodes(const Page& page, std::size_t count, std::size_t upper, unsigned levels,
                   bool is_free_list) {
    std::vector<std::pair<std::size_t, std::size_t>> places;  // begin and length
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = number_at<std::uint16_t>(page.data(), kHeaderBytes + 2 * i);
      if (at < upper || at % 2 != 0 || at + kNodeBytes > page.size()) return false;
      const auto length = levels == 1 ? check_leaf_node(page, at, is_free_list)
                                      : check_branch_node(page, at, levels, is_free_list);
      if (!length) return false;
      places.emplace_back(at, *length);
    }
    // They lie side by side from `upper` to the end.
    std::sort(places.begin(), places.end());
    std::size_t next = upper;
    for (const auto& [at, length] : places) {
      if (at != next) return false;
      next += length;
    }
    return next == page.size();
  }

  static std::size_t even(std::size_t length) { return length + length % 2; }

  std::optional<std::size_t> check_branch_node(const Page& page, std::size_t at, unsigned levels,
                                               bool is_free_list) {
    const std::byte* node = page.data() + at;
    const std::uint64_t child = number_at<std::uint16_t>(node, 0) |
                                std::uint64_t{number_at<std::uint16_t>(node, 2)} << 16 |
                                std::uint64_t{number_at<std::uint16_t>(node, 4)} << 32;
    const std::size_t length = even(kNodeBytes + number_at<std::uint16_t>(node, 6));
    if (at + length > page.size() || !check_page(child, levels - 1, is_free_list))
      return std::nullopt;
    return length;
  }

  std::optional<std::size_t> check_leaf_node(const Page& page, std::size_t at, bool is_free_list) {
    const std::byte* node = page.data() + at;
    const std::size_t data =
        number_at<std::uint16_t>(node, 0) | std::size_t{number_at<std::uint16_t>(node, 2)} << 16;
    const auto flags = number_at<std::uint16_t>(node, 4);
    const std::size_t key = number_at<std::uint16_t>(node, 6);
    if (flags != 0 && flags != kBigData) return std::nullopt;
    const bool is_big = flags == kBigData;
    const std::size_t length = even(kNodeBytes + key + (is_big ? sizeof(std::uint64_t) : data));
    if (key == 0 || at + length > page.size()) return std::nullopt;
    ++entries_;
    const std::byte* value = node + kNodeBytes + key;
    std::uint64_t first = 0;
    if (is_big) {
      first = number_at<std::uint64_t>(value, 0);
      if (!check_overflow(first, data)) return std::nullopt;
    }
    if (is_free_list && !check_free_list(key, is_big ? first : 0, value, data)) return std::nullopt;
    return length;
  }

  bool check_overflow(std::uint64_t first, std::size_t data) {
    const std::uint64_t count = (kHeaderBytes - 1 + data) / meta_.page_bytes + 1;
    std::array<std::byte, kHeaderBytes> header;
    return take(first, count) && read_(first * meta_.page_bytes, header) &&
           number_at<std::uint64_t>(header.data(), 0) == first &&
           number_at<std::uint16_t>(header.data(), 10) == kOverflow &&
           number_at<std::uint32_t>(header.data(), 12) == count;
  }

  // Pages that a transaction freed: a count and the page numbers, the greatest first.
  bool check_free_list(std::size_t key, std::uint64_t overflow, const std::byte* value,
                       std::size_t data) {
    if (key != sizeof(std::uint64_t) || data < 8 || data % 8 != 0) return false;
    Page big;
    if (overflow != 0) {
      big.resize(data);
      if (!read_(overflow * meta_.page_bytes + kHeaderBytes, big)) return false;
      value = big.data();
    }
    const auto count = number_at<std::uint64_t>(value, 0);
    if (count > data / 8 - 1) return false;
    std::uint64_t before = kNoPage;
    for (std::uint64_t i = 1; i <= count; ++i) {
      const auto page = number_at<std::uint64_t>(value, i * 8);
      if (page >= before || page > meta_.last_page || used_[page]) return false;
      used_[page] = true;
      before = page;
    }
    return true;
  }

  // False if one of them is in use already, or not in the file.
  bool take(std::uint64_t first, std::uint64_t count) {
    if (first >= pages_ || count > pages_ - first) return false;
    for (std::uint64_t page = first; page < first + count; ++page) {
      if (used_[page]) return false;
      used_[page] = true;
    }
    return true;
  }

  const ReadAt& read_;
  const Meta& meta_;
  const std::uint64_t pages_;  // that are in the file
  std::vector<bool> used_;
  std::uint64_t entries_ = 0;
};

}  // namespace

bool has_sound_metas(const ReadAt& read, std::uint64_t file_bytes) {
  const auto metas = metas_of(read);
  return metas && file_bytes >= 2 * metas->front().page_bytes;
}

Soundness check_pages(const ReadAt& read, std::uint64_t file_bytes, std::uint64_t id) {
  const auto metas = metas_of(read);
  if (!metas) return Soundness::kDamaged;
  for (const Meta& meta : *metas)
    if (meta.transaction == id)
      return PageCheck(read, file_bytes, meta).run() ? Soundness::kSound : Soundness::kDamaged;
  return Soundness::kNotThere;
}

}  // namespace lull::cache
