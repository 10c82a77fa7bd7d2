// SPDX-License-Identifier: MIT
#include "core/clean/plan_codec.h"

#include <chrono>
#include <cstddef>
#include <span>

#include "core/cache/byte_codec.h"

namespace lull::clean {
namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::size_t kLeastOfAnItem = 11;  // bytes, with every text empty and every number 0

void write_item(cache::ByteWriter& writer, const PlanItem& item) {
  writer.text(item.rule);
  writer.text(item.root);
  writer.text(item.path);
  writer.byte(item.directory ? 1 : 0);
  writer.varint(item.device);
  writer.varint(item.inode);
  writer.varint(item.size);
  writer.zigzag(item.mtime_ns);
  writer.zigzag(item.ctime_ns);
  writer.varint(item.bytes);
  writer.varint(item.entries);
}

PlanItem read_item(cache::ByteReader& reader) {
  PlanItem item;
  item.rule = reader.text();
  item.root = reader.text();
  item.path = reader.text();
  item.directory = reader.byte() != 0;
  item.device = reader.varint();
  item.inode = reader.varint();
  item.size = reader.varint();
  item.mtime_ns = reader.zigzag();
  item.ctime_ns = reader.zigzag();
  item.bytes = reader.varint();
  item.entries = reader.varint();
  return item;
}

}  // namespace

std::string encode_plan(const Plan& plan) {
  cache::ByteWriter writer;
  writer.byte(kVersion);
  writer.text(plan.id);
  writer.varint(plan.owner);
  writer.zigzag(plan.made_at.time_since_epoch().count());
  writer.text(plan.basis);
  writer.varint(plan.items.size());
  for (const PlanItem& item : plan.items) write_item(writer, item);
  const auto bytes = writer.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

base::Result<Plan> decode_plan(std::string_view bytes) {
  cache::ByteReader reader(std::as_bytes(std::span(bytes.data(), bytes.size())));
  const auto malformed = [] {
    return base::fail(base::ErrorCode::kMalformed, "the stored plan cannot be read; scan again");
  };
  if (reader.byte() != kVersion) return malformed();
  Plan plan;
  plan.id = reader.text();
  plan.owner = static_cast<uid_t>(reader.varint());
  plan.made_at = base::WallTime(std::chrono::milliseconds(reader.zigzag()));
  plan.basis = reader.text();
  const std::uint64_t count = reader.varint();
  if (!reader.ok() || count > bytes.size() / kLeastOfAnItem) return malformed();
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) plan.items.push_back(read_item(reader));
  if (!reader.ok() || reader.left() != 0) return malformed();
  return plan;
}

}  // namespace lull::clean
