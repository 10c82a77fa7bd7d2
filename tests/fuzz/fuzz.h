// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

// What the fuzzer calls; its name and shape are libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace lull::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}
// Ends the run; the fuzzer keeps the input.
inline void must(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace lull::fuzz
