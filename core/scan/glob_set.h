// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lull::scan {

// Many globs (glob.h) at once, matched name by name on the way down a tree, so that no path need be
// put together: a directory has a state, what is in it is matched by its name alone. Immutable
// while it is used; any thread.
class GlobSet {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  // Where patterns go on in a directory. Empty for most: what holds anywhere ("**/Cookies") is in
  // no state.
  using State = std::vector<std::uint32_t>;

  // Each pattern has the label of its number, from 0.
  void add(std::string_view pattern);
  bool empty() const { return parts_.empty(); }

  // In the directory that the patterns begin in.
  const State& begin() const { return begin_; }
  // In the directory `name` of one in `state`.
  State descend(const State& state, std::string_view name) const;
  // From the beginning down a whole path.
  State descend_path(std::string_view path) const;
  // Could anything match in a directory in `state`, or below it?
  bool may_match(const State& state) const { return !state.empty() || !always_.empty(); }

  // Calls `see` with the label of each pattern that matches exactly `name` in a directory in
  // `state`, until it returns true; then the result is true.
  template <class See>
  bool find(const State& state, std::string_view name, See see) const {
    for (const std::uint32_t at : state)
      if (ends_at(at, name) && see(parts_[at].label)) return true;
    for (const State* waiting : always_by_byte(name))
      for (const std::uint32_t at : *waiting)
        if (ends_at(at, name) && see(parts_[at].label)) return true;
    for (const std::uint32_t at : always_literal_[bucket_of(name)])
      if (parts_[at].label != kNone && parts_[at].text == name && see(parts_[at].label))
        return true;
    return false;
  }
  bool matches(const State& state, std::string_view name) const {
    return find(state, name, [](std::uint32_t) { return true; });
  }

 private:
  enum class Kind : std::uint8_t { kLiteral, kPrefix, kSuffix, kAny, kGlob, kDeep, kEnd };
  struct Part {
    Kind kind = Kind::kEnd;
    std::string text;             // of kPrefix and kSuffix without the star
    std::uint32_t label = kNone;  // the pattern may end behind this part
  };
  static constexpr std::size_t kBuckets = 64;
  static std::size_t bucket_of(std::string_view name) { return name.size() % kBuckets; }

  std::array<const State*, 3> always_by_byte(std::string_view name) const {
    const auto state_of = [](const std::vector<State>& states, char byte) {
      return states.empty() ? &kNowhere : &states[static_cast<unsigned char>(byte)];
    };
    if (name.empty()) return {&always_other_, &kNowhere, &kNowhere};
    return {&always_other_, state_of(always_prefix_, name.front()),
            state_of(always_suffix_, name.back())};
  }
  void wait_always(std::uint32_t at);

  static const State kNowhere;
  static Part compiled(std::string_view component);
  bool accepts(const Part& part, std::string_view name) const;
  bool ends_at(std::uint32_t at, std::string_view name) const {
    return parts_[at].label != kNone && accepts(parts_[at], name);
  }
  void advance(std::uint32_t at, std::string_view name, State& next) const;
  void enter(std::uint32_t at, State& state) const;

  std::vector<Part> parts_;  // pattern after pattern, each with a kEnd behind it
  std::uint32_t labels_ = 0;
  State begin_;
  // What waits for its next name in every directory, the part behind a leading "**", in the way
  // that spares most names most of it: literals by their length, "x*" by its first byte, "*x" by
  // its last.
  State always_, always_other_;
  std::array<State, kBuckets> always_literal_;
  std::vector<State> always_prefix_, always_suffix_;  // empty or 256
};

}  // namespace lull::scan
