// SPDX-License-Identifier: MIT
#include "core/cache/tree_store.h"

#include "core/cache/byte_codec.h"

namespace lull::cache {
namespace {

// Grows with the format of summaries or pages.
constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kLeastPageBytes = 10;

bool read_pages(ByteReader& reader, std::vector<TreeSummary::Page>& pages) {
  const std::uint64_t count = reader.varint();
  if (count > reader.left() / kLeastPageBytes) return false;
  pages.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    TreeSummary::Page page;
    page.id = static_cast<std::uint32_t>(reader.varint());
    page.rows = static_cast<std::uint32_t>(reader.varint());
    page.checksum = reader.fixed(8);
    pages.push_back(page);
  }
  return reader.ok();
}

TreeTotals read_totals(ByteReader& reader) {
  TreeTotals totals;
  totals.allocated_bytes = reader.varint();
  totals.apparent_bytes = reader.varint();
  totals.files = reader.varint();
  totals.directories = reader.varint();
  totals.oldest_ms = reader.zigzag();
  totals.failed = reader.byte() != 0;
  return totals;
}

}  // namespace

std::size_t TreeSummary::rows() const {
  std::size_t sum = 0;
  for (const Page& page : pages) sum += page.rows;
  return sum;
}

std::vector<std::byte> encode_summary(const TreeSummary& summary) {
  ByteWriter writer;
  writer.varint(kFormat);
  writer.text(summary.path);
  writer.varint(summary.device);
  writer.varint(summary.inode);
  writer.zigzag(summary.mtime_ns);
  writer.zigzag(summary.ctime_ns);
  writer.varint(summary.totals.allocated_bytes);
  writer.varint(summary.totals.apparent_bytes);
  writer.varint(summary.totals.files);
  writer.varint(summary.totals.directories);
  writer.zigzag(summary.totals.oldest_ms);
  writer.byte(summary.totals.failed ? 1 : 0);
  writer.zigzag(summary.written_ms);
  writer.fixed(summary.generation, 8);
  writer.varint(summary.next_page_id);
  writer.varint(summary.pages.size());
  for (const TreeSummary::Page& page : summary.pages) {
    writer.varint(page.id);
    writer.varint(page.rows);
    writer.fixed(page.checksum, 8);
  }
  writer.fixed(checksum_of(writer.bytes()), kChecksumBytes);
  return {writer.bytes().begin(), writer.bytes().end()};
}

std::optional<TreeSummary> decode_summary(std::span<const std::byte> bytes) {
  if (bytes.size() < kChecksumBytes) return std::nullopt;
  const auto body = bytes.first(bytes.size() - kChecksumBytes);
  ByteReader sum(bytes.last(kChecksumBytes));
  if (sum.fixed(kChecksumBytes) != checksum_of(body)) return std::nullopt;
  ByteReader reader(body);
  if (reader.varint() != kFormat) return std::nullopt;
  TreeSummary summary;
  summary.path = reader.text();
  summary.device = reader.varint();
  summary.inode = reader.varint();
  summary.mtime_ns = reader.zigzag();
  summary.ctime_ns = reader.zigzag();
  summary.totals = read_totals(reader);
  summary.written_ms = reader.zigzag();
  summary.generation = reader.fixed(8);
  summary.next_page_id = static_cast<std::uint32_t>(reader.varint());
  if (!read_pages(reader, summary.pages) || reader.left() != 0) return std::nullopt;
  return summary;
}

std::span<const std::byte> StoredTree::page(std::size_t index) const {
  const auto bytes = bytes_of(index);
  if (checksum_of(bytes) != summary_.pages[index].checksum) return {};
  return bytes;
}

std::string normal_path(std::string_view path) {
  std::string normal;
  normal.reserve(path.size());
  for (const char c : path)
    if (c != '/' || normal.empty() || normal.back() != '/') normal += c;
  if (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

std::string_view path_below(std::string_view path, std::string_view above) {
  if (path == above) return {};
  return path.substr(above == "/" ? 1 : above.size() + 1);
}

std::shared_ptr<const StoredTree> find_covering(TreeStore& store, std::string_view path) {
  for (;;) {
    if (auto tree = store.find(path)) return tree;
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos || path.size() == 1) return nullptr;
    path = path.substr(0, slash == 0 ? 1 : slash);
  }
}

}  // namespace lull::cache
