// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cache/byte_codec.h"

// The rows of a measured tree as they lie on disk: one per directory, parents before children,
// children in the order of their names' bytes, packed into pages of about 32 KiB that can each be
// read without the others.
namespace lull::cache {

// A file with more than one name: counted once a tree, whatever names it has there.
struct LinkedFile {
  std::uint64_t inode = 0;
  std::uint64_t allocated_bytes = 0;
  std::uint64_t apparent_bytes = 0;
};

// One directory: who it is, and what is in it apart from its subdirectories.
struct DirRow {
  enum Flags : std::uint8_t {
    // It changed so shortly before it was read that its times cannot tell the next change.
    kUnsettled = 1,
    // Something in it is on another file system; mounting and unmounting change no times.
    kHasMounts = 2,
    // It or an entry of it could not be read.
    kFailed = 4,
  };
  std::string_view name;    // empty for the tree's root; lives as long as the page's bytes
  std::uint32_t depth = 0;  // 0: the root
  std::uint8_t flags = 0;
  std::uint64_t inode = 0;
  std::int64_t mtime_ns = 0, ctime_ns = 0;
  // Its own blocks and those of its entries that are no directories and have one name; a multiple
  // of 512. Linked files are in `links`.
  std::uint64_t own_bytes = 0;
  std::uint64_t own_apparent = 0;
  std::uint64_t files = 0;
  std::int64_t read_at_ms = 0;  // wall clock
  std::span<const LinkedFile> links;
};

// What decode_page() made of a page; reused from page to page.
struct DecodedPage {
  std::string
      base;  // path of the first row's parent, from the tree's root: "a/b", empty at the top
  std::vector<DirRow> rows;
  std::vector<LinkedFile> links;
};

// False if the bytes are not a page: truncated, changed, or never one. Then `page` is empty. What
// is accepted has sane depths and names only (no slash, no NUL, not "." or ".."). `bytes` must
// outlive the rows.
bool decode_page(std::span<const std::byte> bytes, DecodedPage& page);

// Where a page begins, without the rest. False as above.
struct PageStart {
  std::string_view base, name;
  std::uint32_t depth = 0;
};
bool peek_page(std::span<const std::byte> bytes, PageStart& start);

class PageWriter {
 public:
  // A page whose first row lies at `depth` below the directory `base`.
  void begin(std::string_view base, std::uint32_t depth, std::int64_t about_ms);
  void add(const DirRow& row);
  std::size_t size() const { return writer_.size(); }
  std::uint32_t rows() const { return rows_; }
  // Valid until begin().
  std::span<const std::byte> finish();

 private:
  void add_links(std::span<const LinkedFile> links);

  ByteWriter writer_;
  std::uint32_t rows_ = 0;
  std::uint32_t depth_ = 0;
  std::int64_t about_ms_ = 0;
  std::uint64_t inode_ = 0;
};

// The path of the row at hand, from the root, while rows are passed in order: enter() one after the
// other. Components of any depth above can be cut off.
class PathStack {
 public:
  void restart(std::string_view base);
  void enter(std::uint32_t depth, std::string_view name);
  std::string_view path() const { return path_; }
  // What follows the ancestor at `depth`: "c/d" of "a/b/c/d" for 2.
  std::string_view below(std::uint32_t depth) const {
    return depth == 0 ? std::string_view(path_) : std::string_view(path_).substr(ends_[depth] + 1);
  }
  // The way from the ancestor at `from` to the one at `to`.
  std::string_view between(std::uint32_t from, std::uint32_t to) const {
    const std::size_t begin = from == 0 ? 0 : ends_[from] + 1;
    return std::string_view(path_).substr(begin, ends_[to] - begin);
  }
  std::uint32_t depth() const { return static_cast<std::uint32_t>(ends_.size() - 1); }

 private:
  std::string path_;
  std::vector<std::size_t> ends_{0};  // of the component at each depth
};

// The order of rows: as if '/' came before every other byte. Negative, 0 or positive.
int compare_paths(std::string_view a, std::string_view b);

}  // namespace lull::cache
