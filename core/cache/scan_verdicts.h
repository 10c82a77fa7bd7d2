// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/cache/file_metadata_cache.h"
#include "core/model/file_verdict.h"
#include "core/model/reports.h"
#include "core/scan/rules.h"

// From a report with items to what FileMetadataCache keeps.
namespace lull::cache {

struct KnownFile {
  FileIdentity identity;
  model::FileVerdict verdict;
};

// How many kinds of guards (age, programs, locks, format, …) each rule has, by id: all that is
// needed of the rules, which may be replaced meanwhile.
using RuleGuards = std::map<std::string, unsigned, std::less<>>;
RuleGuards guards_of(const scan::RuleSet& rules);

// Looks (lstat) at the items of a report right after the scan and gives those that are certainly
// still what the scan judged: the same (device, inode), with a change time before the scan's begin,
// report.as_of. (The kernel stamps changes with a clock that is up to a tick behind; kTick is more
// than any tick.) What lies on a file system that may hang and does not hold `home` is left out.
// Where the report does not say which inode was judged, no directory above the item
// may have changed since then either: another file may have come with it. Of more than `limit`
// items the largest. May block on the disk; any thread.
std::vector<KnownFile> verdicts_of(const model::ScanReport& report, const RuleGuards& guards,
                                   std::size_t limit, std::string_view home = {});
inline constexpr auto kTick = std::chrono::milliseconds(20);

// What the report says about `path`: the item itself, or the item it lies in and shares the fate
// of; without one, that no rule is about it. Entries are sorted by path, as in every report.
model::FileVerdict verdict_in(const model::ScanReport& report, const scan::RuleSet& rules,
                              std::string_view path);

}  // namespace lull::cache
