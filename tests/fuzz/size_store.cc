// SPDX-License-Identifier: MIT
#include <cstring>
#include <span>

#include "core/cache/rollup.h"
#include "core/cache/store_check.h"
#include "core/cache/tree_page.h"
#include "core/cache/tree_store.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace lull::cache;

// What is accepted is written the same again, and leads nowhere else.
void decode(std::span<const std::byte> bytes) {
  DecodedPage page;
  if (!decode_page(bytes, page)) return;
  PathStack path;
  path.restart(page.base);
  Rollup rollup;
  for (const DirRow& row : page.rows) {
    path.enter(row.depth, row.name);
    lull::fuzz::must(path.depth() == row.depth && row.name != "..");
    rollup.add(row);
  }
  (void)rollup.finish();
}

void check(std::span<const std::byte> bytes) {
  const auto read = [&](std::uint64_t offset, std::span<std::byte> into) {
    if (offset > bytes.size() || into.size() > bytes.size() - offset) return false;
    std::memcpy(into.data(), bytes.data() + offset, into.size());
    return true;
  };
  (void)has_sound_metas(read, bytes.size());
  for (const std::uint64_t id : {0, 1, 2}) (void)check_pages(read, bytes.size(), id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  decode(bytes);
  check(bytes);
  if (const auto summary = decode_summary(bytes)) (void)summary->rows();
  return 0;
}
