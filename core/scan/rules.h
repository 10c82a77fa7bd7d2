// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/reports.h"

namespace lull::scan {

// What the bytes of a file must be for it to go; anything else stays.
enum class FileFormat : std::uint8_t { kAny, kElfCore, kSqlite, kPng, kGzip };
inline constexpr std::array<std::string_view, 4> kFileFormatNames{"elf-core", "sqlite", "png",
                                                                  "gzip"};  // without kAny

// Rules about a special kind of entry. Each needs the tier "review".
enum class Only : std::uint8_t {
  kFiles,               // the ordinary rule: files, and directories that become empty
  kDeadLinks,           // links whose target is gone from a directory that is there
  kBrokenDesktopFiles,  // .desktop files whose program is gone
  kTrashOrphans,        // files/x without info/x.trashinfo, and the reverse
  kEmptyDirectories,    // directories with nothing in them
};
inline constexpr std::array<std::string_view, 4> kOnlyNames{
    "dead-links", "broken-desktop-files", "trash-orphans", "empty-directories"};  // without kFiles

// Which times of a file `older_than` counts; the youngest of them decides.
struct AgeBy {
  bool mtime = true, ctime = true, atime = true;
  friend bool operator==(const AgeBy&, const AgeBy&) = default;
};
inline constexpr std::array<std::string_view, 3> kTimeNames{"mtime", "ctime", "atime"};

// One rule of a rule file (TOML, core/scan/rules/*/*.toml). A category of `lull scan` is a rule.
struct Rule {
  std::string id;     // "pip", "thumbnails": lower case, digits, hyphens
  std::string title;  // for people
  model::Tier tier = model::Tier::kReview;
  std::string cost;                // what losing it costs, for people
  std::string source;              // where that is documented
  std::string evidence;            // the recorded tree that proves it: "homes/firefox-esr"
  std::vector<std::string> roots;  // "$CACHE/thumbnails/{normal,large}", variables of
                                   // rule_pattern.h, globs
  std::vector<std::string> match;  // globs on the path below the root; empty: everything
  std::vector<std::string> keep;   // globs that always stay

  std::optional<base::Duration> older_than;  // by the youngest of the times in age_by
  AgeBy age_by;
  std::uint64_t min_size = 0;  // bytes of st_size; smaller files stay
  FileFormat file_format = FileFormat::kAny;
  bool sqlite_family_as_one = true;
  // The roots are trash directories: an item goes as a whole, by the age of its DeletionDate.
  bool by_deletion_date = false;
  Only only = Only::kFiles;

  std::vector<std::string> not_running;  // process names; running or unknown: all stays
  bool not_running_flatpak = false;      // not_running_app = "flatpak": the app of the root's path
  std::vector<std::string> lock_files;   // if one exists beside the root, or at "$VAR/…": in use
  std::vector<std::string> locks_held;   // "$VAR/…": in use while a process holds a lock on it
  bool cachedir_tag = false;             // a root counts only with a valid CACHEDIR.TAG in it
  std::uint32_t newest_stay = 0;         // so many of the newest versions among the roots stay
  std::vector<std::string> beside;       // a root counts only with one of these files beside it
  bool finished_beside = false;  // the file of the name without its last suffix, beside it, counts:
                                 // while that is open or too young, both stay
  bool not_in_git_index = false;  // a root with a tracked file or a repository in it stays

  std::string file;  // where it came from, for messages
};

// Does the rule look into trashes? What is there has been moved already: it is for purging.
inline bool is_about_trash(const Rule& rule) {
  return rule.by_deletion_date || rule.only == Only::kTrashOrphans;
}

// What the sum of what lies in an advice's places says about what its command would free.
enum class AdviceSize : std::uint8_t {
  kWhole,    // all of it
  kAtMost,   // a part of it: the sum is only shown as "up to"
  kUnknown,  // so small a part that the sum says nothing: none is made
};
inline constexpr std::array<std::string_view, 3> kAdviceSizeNames{"whole", "at-most", "unknown"};

// What Lull does not clean: a command for people to run themselves. Shown, never run.
struct Advice {
  std::string id, title;
  std::string why;      // what it is about, and why it is not ours to do
  std::string command;  // to be copied
  std::string source;
  bool needs_root = false;
  // Where it would act: "$VAR/…" or "/…". A scan shows it if there is more in one of them than
  // empty directories; without any, only the list of rules does.
  std::vector<std::string> roots;
  // "$VAR/…" or "/…" without wildcards: a place counts only if none of these directories has, or
  // may have, something of its name in it.
  std::vector<std::string> not_in;
  AdviceSize size = AdviceSize::kAtMost;
  std::string program;  // shown only where PATH has it; empty: everywhere
  std::string file;
};

// Rules in a fixed order. Immutable after loading; any thread.
class RuleSet {
 public:
  explicit RuleSet(std::vector<Rule> rules, std::vector<Advice> advice = {})
      : rules_(std::move(rules)), advice_(std::move(advice)) {}
  const std::vector<Rule>& rules() const { return rules_; }
  const std::vector<Advice>& advice() const { return advice_; }
  const Rule* find(std::string_view id) const;

 private:
  std::vector<Rule> rules_;
  std::vector<Advice> advice_;
};

// The rules built into the program.
base::Result<RuleSet> builtin_rules();
// The rules of one file; the first of its errors (rule_file.h has them all).
base::Result<std::vector<Rule>> parse_rules(std::string_view toml, const std::string& file);

}  // namespace lull::scan
