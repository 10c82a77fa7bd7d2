// SPDX-License-Identifier: MIT
#include "core/cache/tree_page.h"

#include <algorithm>

namespace lull::cache {
namespace {

constexpr std::uint64_t kBlock = 512;
// A row's first byte: DirRow::Flags and how it is written.
constexpr std::uint8_t kFlagBits = 7, kSameTimes = 8, kHasLinks = 16, kKnownBits = 31;
constexpr std::size_t kLeastRowBytes = 16;
constexpr std::size_t kLeastLinkBytes = 3;
constexpr int kCountWidth = 4;

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > 255 || name == "." || name == "..") return false;
  return name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

// Are these `count` names with slashes between?
bool is_path(std::string_view path, std::uint32_t count) {
  if (count == 0) return path.empty();
  for (; count > 1; --count) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos || !is_name(path.substr(0, slash))) return false;
    path.remove_prefix(slash + 1);
  }
  return is_name(path);
}

struct Header {
  std::uint64_t rows = 0;
  std::uint32_t depth = 0;
  std::int64_t about_ms = 0;
  std::string_view base;
};

bool read_header(ByteReader& reader, Header& header) {
  header.rows = reader.fixed(kCountWidth);
  const std::uint64_t depth = reader.varint();
  header.about_ms = reader.zigzag();
  header.base = reader.text();
  // A base of that many components has that many bytes.
  if (!reader.ok() || depth > header.base.size() + 1 || header.rows == 0) return false;
  header.depth = static_cast<std::uint32_t>(depth);
  return is_path(header.base, header.depth > 1 ? header.depth - 1 : 0) &&
         header.rows <= reader.left() / kLeastRowBytes;
}

// Sums of hostile numbers may wrap, which is defined; products must not be undefined either.
bool read_links(ByteReader& reader, std::vector<LinkedFile>& links) {
  const std::uint64_t count = reader.varint();
  if (count == 0 || count > reader.left() / kLeastLinkBytes) return false;
  std::uint64_t inode = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    inode += static_cast<std::uint64_t>(reader.zigzag());
    const std::uint64_t blocks = reader.varint();
    links.push_back({inode, blocks * kBlock, reader.varint()});
  }
  return reader.ok();
}

class RowReader {
 public:
  RowReader(ByteReader& reader, const Header& header) : reader_(reader), header_(header) {}

  // Everything but the links' span, which must wait until their vector has stopped growing.
  bool next(DirRow& row, bool is_first, std::vector<LinkedFile>& links, std::size_t& link_count) {
    const std::uint8_t head = reader_.byte();
    row.flags = head & kFlagBits;
    if (!read_place(row, is_first) || (head & ~kKnownBits) != 0) return false;
    inode_ += static_cast<std::uint64_t>(reader_.zigzag());
    row.inode = inode_;
    row.mtime_ns = static_cast<std::int64_t>(reader_.fixed(8));
    row.ctime_ns = row.mtime_ns;
    if ((head & kSameTimes) == 0) row.ctime_ns = wrapped_sum(row.mtime_ns, reader_.zigzag());
    row.own_bytes = reader_.varint() * kBlock;
    row.own_apparent = reader_.varint();
    row.files = reader_.varint();
    row.read_at_ms = wrapped_sum(header_.about_ms, reader_.zigzag());
    const std::size_t before = links.size();
    if ((head & kHasLinks) != 0 && !read_links(reader_, links)) return false;
    link_count = links.size() - before;
    return reader_.ok();
  }

 private:
  bool read_place(DirRow& row, bool is_first) {
    const std::uint64_t rise = reader_.varint();
    row.name = reader_.text();
    if (is_first) {
      if (rise != 0) return false;
      depth_ = header_.depth;
    } else {
      if (rise > depth_) return false;
      depth_ = static_cast<std::uint32_t>(depth_ + 1 - rise);
    }
    row.depth = depth_;
    if (depth_ == 0) return is_first && row.name.empty();
    return is_name(row.name);
  }
  static std::int64_t wrapped_sum(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }

  ByteReader& reader_;
  const Header& header_;
  std::uint32_t depth_ = 0;
  std::uint64_t inode_ = 0;
};

bool decode(std::span<const std::byte> bytes, DecodedPage& page) {
  ByteReader reader(bytes);
  Header header;
  if (!read_header(reader, header)) return false;
  page.base = header.base;
  page.rows.reserve(header.rows);
  RowReader rows(reader, header);
  std::vector<std::size_t> counts;
  for (std::uint64_t i = 0; i < header.rows; ++i) {
    DirRow row;
    std::size_t count = 0;
    if (!rows.next(row, i == 0, page.links, count)) return false;
    // The length stands in for the span until the vector rests.
    row.links = {static_cast<const LinkedFile*>(nullptr), 0};
    page.rows.push_back(row);
    if (count > 0) {
      counts.push_back(i);
      counts.push_back(count);
    }
  }
  if (reader.left() != 0) return false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < counts.size(); i += 2) {
    page.rows[counts[i]].links = {page.links.data() + begin, counts[i + 1]};
    begin += counts[i + 1];
  }
  return true;
}

}  // namespace

bool decode_page(std::span<const std::byte> bytes, DecodedPage& page) {
  const auto forget = [&page] {
    page.base.clear();
    page.rows.clear();
    page.links.clear();
  };
  forget();
  if (decode(bytes, page)) return true;
  forget();
  return false;
}

bool peek_page(std::span<const std::byte> bytes, PageStart& start) {
  ByteReader reader(bytes);
  Header header;
  if (!read_header(reader, header)) return false;
  reader.byte();
  const bool at_start = reader.varint() == 0;
  start = {header.base, reader.text(), header.depth};
  if (!reader.ok() || !at_start) return false;
  return header.depth == 0 ? start.name.empty() : is_name(start.name);
}

void PageWriter::begin(std::string_view base, std::uint32_t depth, std::int64_t about_ms) {
  writer_.clear();
  rows_ = 0;
  inode_ = 0;
  depth_ = depth;
  about_ms_ = about_ms;
  writer_.fixed(0, kCountWidth);
  writer_.varint(depth);
  writer_.zigzag(about_ms);
  writer_.text(base);
}

void PageWriter::add(const DirRow& row) {
  const bool same_times = row.mtime_ns == row.ctime_ns;
  std::uint8_t head = row.flags & kFlagBits;
  if (same_times) head |= kSameTimes;
  if (!row.links.empty()) head |= kHasLinks;
  writer_.byte(head);
  writer_.varint(rows_ == 0 ? 0 : depth_ + 1 - row.depth);
  writer_.text(row.name);
  writer_.zigzag(static_cast<std::int64_t>(row.inode - inode_));
  writer_.fixed(static_cast<std::uint64_t>(row.mtime_ns), 8);
  if (!same_times)
    writer_.zigzag(static_cast<std::int64_t>(static_cast<std::uint64_t>(row.ctime_ns) -
                                             static_cast<std::uint64_t>(row.mtime_ns)));
  writer_.varint(row.own_bytes / kBlock);
  writer_.varint(row.own_apparent);
  writer_.varint(row.files);
  writer_.zigzag(row.read_at_ms - about_ms_);
  if (!row.links.empty()) add_links(row.links);
  depth_ = row.depth;
  inode_ = row.inode;
  ++rows_;
}

void PageWriter::add_links(std::span<const LinkedFile> links) {
  writer_.varint(links.size());
  std::uint64_t inode = 0;
  for (const LinkedFile& link : links) {
    writer_.zigzag(static_cast<std::int64_t>(link.inode - inode));
    writer_.varint(link.allocated_bytes / kBlock);
    writer_.varint(link.apparent_bytes);
    inode = link.inode;
  }
}

std::span<const std::byte> PageWriter::finish() {
  writer_.patch(0, rows_, kCountWidth);
  return writer_.bytes();
}

void PathStack::restart(std::string_view base) {
  path_ = base;
  ends_.assign(1, 0);
  if (base.empty()) return;
  for (std::size_t at = base.find('/'); at != std::string_view::npos; at = base.find('/', at + 1))
    ends_.push_back(at);
  ends_.push_back(base.size());
}

void PathStack::enter(std::uint32_t depth, std::string_view name) {
  if (depth == 0) {
    restart({});
    return;
  }
  ends_.resize(depth);
  path_.resize(ends_.back());
  if (depth > 1) path_ += '/';
  path_ += name;
  ends_.push_back(path_.size());
}

int compare_paths(std::string_view a, std::string_view b) {
  const auto rank = [](char c) {
    return c == '/' ? 0 : static_cast<int>(static_cast<unsigned char>(c));
  };
  const std::size_t both = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < both; ++i)
    if (a[i] != b[i]) return rank(a[i]) - rank(b[i]);
  return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

}  // namespace lull::cache
