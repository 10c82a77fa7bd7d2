// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "core/scan/category_scan.h"
#include "core/scan/glob.h"

namespace lull::scan {

// Why an entry goes or stays; the first that applies, in about this order.
enum class Fate : std::uint8_t {
  kGoes,
  kUnmatched,  // not what the rule is about: not even mentioned
  kNever,      // on the list of what is never touched
  kKeptByUser,
  kKeptByRule,
  kForeign,  // another user's
  kLink,
  kSpecial,  // socket, pipe, device
  kOtherDevice,
  kRunning,
  kLocked,
  kOpen,
  kRecent,
  kFamily,           // belongs to a database of which another file stays
  kLinkedElsewhere,  // has a name outside of what goes: removing this one frees nothing
  kClaimed,          // another rule of this scan takes it
  kTooDeep,          // more directories in each other than any cache has
};
inline constexpr std::size_t kFates = 17;

// What an entry inherits from the directories above it, up to its root.
struct Inherited {
  bool matched = false;      // a directory above is what the rule is about
  Fate stays = Fate::kGoes;  // kKept…, kLocked or kOpen hold for everything below
};

// Judges single entries by a rule. Read-only after construction; any thread.
class Judge {
 public:
  Judge(const CategoryContext& context, const std::vector<RuleRoot>& roots);

  // `relative` is the path below the root, without a leading slash.
  Fate entry(std::uint32_t root, std::string_view relative, const struct stat& status,
             const Inherited& above) const;
  Fate directory(std::uint32_t root, std::string_view relative, const struct stat& status,
                 const Inherited& above, Inherited& below) const;
  // What a directory that is a root hands down.
  Inherited root(std::uint32_t root) const;

  // In words: the reason of a sum.
  std::string words(Fate fate) const;
  // Why it may go.
  std::string reason_to_go(std::int64_t youngest_ns) const;

 private:
  struct Place {  // a root's path in its two spellings, and what is guarded below each
    std::vector<std::string> paths;
    std::vector<PathGuard> never, keep;
    bool locked = false;
  };
  const std::string* guarded(const std::vector<PathGuard>& guards, const Place& place,
                             std::string_view relative) const;
  bool matched(std::string_view relative, const Inherited& above) const;
  Fate path_fate(const Place& place, std::string_view relative, const Inherited& above) const;
  Fate last_checks(const struct stat& status, const Inherited& above) const;

  const CategoryContext& context_;
  std::vector<Place> places_;
  std::vector<Glob> match_, keep_;
};

// The youngest of a file's three times, in nanoseconds since 1970: the first two can be set to
// anything by anybody, the change time cannot.
std::int64_t youngest_of(const struct stat& status);

}  // namespace lull::scan
