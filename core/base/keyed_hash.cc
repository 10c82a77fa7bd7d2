// SPDX-License-Identifier: MIT
#include "core/base/keyed_hash.h"

#include <bit>
#include <cstddef>
#include <random>

namespace lull::base {
namespace {

struct State {
  std::uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void absorb(std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

// At most eight bytes, the first one lowest.
std::uint64_t word_of(std::string_view bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return word;
}

}  // namespace

KeyedHash KeyedHash::random() {
  std::random_device device;
  const auto word = [&] { return (std::uint64_t{device()} << 32) | device(); };
  const std::uint64_t low = word();
  return {low, word()};
}

std::uint64_t KeyedHash::operator()(std::string_view bytes) const {
  State state{low_ ^ 0x736f6d6570736575ull, high_ ^ 0x646f72616e646f6dull,
              low_ ^ 0x6c7967656e657261ull, high_ ^ 0x7465646279746573ull};
  const std::uint64_t length = std::uint64_t{bytes.size()} << 56;
  while (bytes.size() >= 8) {
    state.absorb(word_of(bytes.substr(0, 8)));
    bytes.remove_prefix(8);
  }
  state.absorb(length | word_of(bytes));
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace lull::base
