// SPDX-License-Identifier: MIT
#include "core/scan/cachedir_tag.h"

#include <array>
#include <string_view>

#include <unistd.h>

#include "core/scan/peek.h"

namespace lull::scan {

bool has_cachedir_tag(int directory) {
  constexpr std::string_view kSignature = "Signature: 8a477f597d28d172789f06886806bc55";
  struct stat status {};
  const base::UniqueFd fd = open_to_peek(directory, "CACHEDIR.TAG", status);
  std::array<char, kSignature.size()> bytes;
  return fd &&
         ::pread(fd.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()) &&
         std::string_view(bytes.data(), bytes.size()) == kSignature;
}

}  // namespace lull::scan
