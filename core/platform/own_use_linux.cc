// SPDX-License-Identifier: MIT
#include <string_view>

#include "core/platform/kernel_file_linux.h"
#include "core/platform/own_cpu_time.h"
#include "core/platform/own_use.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

// "read_bytes: 4096" and the like; what is not there stays unknown.
void read_io(std::string_view text, OwnUse& use) {
  std::string_view line;
  while (take_line(text, line)) {
    const std::string_view name = take_word(line);
    std::uint64_t value = 0;
    if (!take_number(line, value)) continue;
    if (name == "read_bytes:") use.read_bytes = value;
    if (name == "write_bytes:") use.written_bytes = value;
  }
}

}  // namespace

OwnUse own_use() {
  OwnUse use;
  use.cpu = own_cpu_time();
  if (const auto text = read_kernel_file("/proc/self/io")) read_io(*text, use);
  return use;
}

}  // namespace lull::platform
