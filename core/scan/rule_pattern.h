// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace lull::scan {

// The only places a rule may begin at. $VAR_TEMP is /var/tmp, for what outlives a restart;
// $DOWNLOADS is XDG_DOWNLOAD_DIR; $LIBRARY is ~/Library; $DARWIN_TEMP and $DARWIN_CACHE are what
// macOS keeps per user (confstr); $VOLUMES stands for every volume with a trash of this user.
enum class Variable : std::uint8_t {
  kHome,
  kCache,
  kConfig,
  kData,
  kState,
  kTemp,
  kVarTemp,
  kDownloads,
  kLibrary,
  kDarwinTemp,
  kDarwinCache,
  kVolumes
};
inline constexpr std::array<std::string_view, 12> kVariableNames{
    "HOME",     "CACHE",     "CONFIG",  "DATA",        "STATE",        "TEMP",
    "VAR_TEMP", "DOWNLOADS", "LIBRARY", "DARWIN_TEMP", "DARWIN_CACHE", "VOLUMES"};
// In a name below $VOLUMES: the number of the user.
inline constexpr std::string_view kUidWord = "$UID";

// "$CACHE/mozilla/*/cache2" taken apart: a variable and the names (globs) below it.
struct AnchoredPattern {
  Variable variable = Variable::kHome;
  std::vector<std::string> components;
};

// kNarrow: what a rule may take; kAny: what a refusal may cover.
enum class Width : std::uint8_t { kNarrow, kAny };

// Braces expanded. Fails (message only, the caller knows file and line) for an unknown variable,
// an empty or dotted component, `**`, or a pattern so wide that it would take a whole home.
base::Result<std::vector<AnchoredPattern>> parse_anchored(std::string_view text,
                                                          Width width = Width::kNarrow);
// Is the pattern narrow enough for a rule? Too wide is a directory in which everybody keeps things
// ($CACHE, but also $HOME/.cache and $LIBRARY/Caches), "any name" in one or on the way to one, and
// a wildcard directly below $HOME or $LIBRARY. `whole` is for the message.
base::Status check_width(const AnchoredPattern& pattern, std::string_view whole);
// Where the case of letters is ignored: does the pattern name a shared directory, or go through
// one, in other letters than it has, so that what is asked above would not see it?
bool hides_shared(const AnchoredPattern& pattern);
// Is it such a directory itself, or that of any program in the state directory ("$STATE/*"), where
// most is state? A rule may mean single files of these only.
bool names_files_only(const AnchoredPattern& pattern);
// "core.[0-9]*": a glob of one component that says something about the name.
bool names_some_files(std::string_view glob);
// The names below $HOME when nothing says otherwise: "$CACHE/pip" is .cache, pip. Empty for what is
// not below it.
std::vector<std::string> names_below_home(const AnchoredPattern& pattern);

// "/var/cache/apt/*.deb", braces expanded: for what is only looked at.
base::Result<std::vector<std::string>> parse_absolute_glob(std::string_view text);
// A glob on a path below a root: relative, without "..", braces expanded.
base::Result<std::vector<std::string>> parse_relative_glob(std::string_view text);

}  // namespace lull::scan
