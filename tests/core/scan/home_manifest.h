// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/base/result.h"
#include "tests/core/scan/installation.h"

namespace lull::scan::testing {

// The evidence of rules (tests/core/scan/homes/NAME.home): a home directory as a program leaves it,
// and exactly what each rule takes of it and leaves, why. Line by line:
//
//   # a comment; those at the top say how the tree was made and what was thinned out
//   recorded firefox-esr 153.7.0esr (Debian 12)   or: documented https://…
//   [home]
//   KIND MODE BYTES DAYS PATH [MORE]
//   [goes RULE]
//   PATH          or PATH/** : every entry of [home] below PATH
//   [stays RULE]
//   PATH REASON   as the report says it; "-": not even mentioned by the report
//   [nothing RULE] or, if only that is concerned: [nothing RULE PATH]
//   runs NAME | runs-flatpak ID | locked PATH | there KIND MODE BYTES DAYS PATH [MORE]
//
// KIND is dir, file, link, fifo or socket; MODE is octal; DAYS is the age on the day of the scan.
// PATH is one word with %XX for blanks, '%' and what is not UTF-8; it begins with home, tmp, vartmp
// or volumes/NAME, and "{uid}" in it stands for the user's number. MORE is a link's target, or what
// is in a file where that matters: =sqlite, =cachedir-tag, =elf-core, =elf-program, =png, =gzip,
// =text:ESCAPED, =trashinfo:DAYS:PATH, =git-index:NAME,NAME. Directories above what is named are
// there too, 0755 and as old as the oldest entry.
struct HomeEntry {
  enum class Kind : std::uint8_t { kDirectory, kFile, kLink, kFifo, kSocket };
  Kind kind = Kind::kFile;
  mode_t mode = 0;
  std::uint64_t bytes = 0;
  int days = 0;
  std::string path;
  std::string more;
};

// Under this circumstance nothing of the rule goes, or nothing at and below a path.
struct Circumstance {
  enum class Kind : std::uint8_t { kRuns, kRunsFlatpak, kLocked, kThere };
  Kind kind = Kind::kRuns;
  std::string name;   // of a program or an app; or a path
  HomeEntry entry;    // kThere
  std::string below;  // empty: nothing at all
  std::string text;   // the line, for messages
};

// What a manifest says of one rule.
struct Claim {
  std::string rule;
  std::vector<std::string> goes;
  struct Stay {
    std::string path, reason;
  };
  std::vector<Stay> stays;
  std::vector<Circumstance> nothing;
};

struct HomeManifest {
  std::string name;
  bool recorded = false;
  std::string origin;  // what was installed and run, or where it is documented
  std::vector<HomeEntry> entries;
  std::vector<Claim> claims;

  const Claim* claim(std::string_view rule) const;
  const HomeEntry* entry(std::string_view path) const;
  // "PATH/**" as the entries below it, sorted; another line as itself. Fails if it means nothing.
  base::Result<std::vector<std::string>> expand(const std::string& line) const;
  int oldest() const;
};

// Fails with file, line and what is wrong.
base::Result<HomeManifest> parse_home(std::string_view text, const std::string& name);
// All manifests of the source tree, by name; throws std::runtime_error for one that is wrong.
std::vector<HomeManifest> all_homes();

// Makes the entries in `home` and sets the day of the scan so that each is as old as it says.
// Entries of which the path exists already are left out: several manifests share one home.
void build_home(const HomeManifest& manifest, Installation& home);
// The same for a home in which several are built: the day comes first.
void set_scan_day(Installation& home, int oldest_days);
void make_entry(const HomeEntry& entry, Installation& home);

}  // namespace lull::scan::testing
