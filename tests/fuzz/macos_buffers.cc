// SPDX-License-Identifier: MIT
#include <cstring>
#include <span>
#include <string>

#include "core/scan/bulk_attributes.h"
#include "core/scan/running_names.h"
#include "tests/fuzz/fuzz.h"

// What macOS's kernel leaves in buffers: entries of directories, arguments of processes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using lull::fuzz::must;
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  std::span<const std::byte> rest = bytes;
  lull::scan::BulkEntry entry;
  std::size_t count = 0;
  for (; lull::scan::take_bulk_entry(rest, entry); ++count) {
    must(entry.name != nullptr && std::strlen(entry.name) < size);
    must(!entry.has_status || entry.type != 0);
  }
  // So many records can be counted, and not one more.
  must(lull::scan::bulk_length(bytes, count) <= size);
  must(count == 0 || lull::scan::bulk_length(bytes, count) > 0);
  must(lull::scan::bulk_length(bytes, count + 1) == 0);

  const std::string text(lull::fuzz::text_of(data, size));
  const auto words = lull::scan::detail::words_of_procargs(text);
  must(words.size() <= text.size());
  lull::scan::detail::Names names;
  lull::scan::detail::add_command_line(words, names);
  return 0;
}
