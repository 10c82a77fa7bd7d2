// SPDX-License-Identifier: MIT
#include "core/relief/temp_allocations.h"

#include <algorithm>

#include "core/base/bytes.h"
#include "core/base/count_text.h"
#include "core/base/text.h"
#include "core/relief/own_files.h"

namespace lull::relief {
namespace {

struct Candidate {
  std::string path;
  dev_t device;
  ino_t inode;
  std::uint64_t bytes;
};

bool is_stale(const struct ::stat& status, base::WallTime now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  const auto latest =
      std::chrono::seconds(std::max({status.st_atime, status.st_mtime, status.st_ctime}));
  return status.st_nlink == 1 && seconds - latest >= kStaleAfter;
}

// systemd keeps a directory for each service with PrivateTmp.
bool is_of_the_system(const std::string& path) {
  return path.find("/systemd-private-") != std::string::npos;
}

std::vector<Candidate> candidates(const StaleSearch& search, StaleFiles& stale) {
  std::vector<Candidate> found;
  OwnFilesOptions options{search.owner, search.most_entries, search.stop};
  for (const std::string& root : stale.roots) {
    const OwnFilesEnd end = visit_own_files(root, options, [&](const OwnFile& file) {
      if (!is_stale(file.status, search.now) || is_of_the_system(file.directory_path)) return;
      found.push_back({file.directory_path + "/" + file.name, file.status.st_dev,
                       file.status.st_ino,
                       static_cast<std::uint64_t>(file.status.st_blocks) * 512});
    });
    stale.complete = stale.complete && end.complete;
    options.most_entries -= std::min<std::size_t>(options.most_entries, end.entries);
  }
  return found;
}

}  // namespace

StaleFiles find_stale_files(const StaleSearch& search) {
  StaleFiles stale;
  for (const std::string& root : search.roots)
    if (search.is_in_memory(root)) stale.roots.push_back(root);
  const std::vector<Candidate> found = candidates(search, stale);
  if (found.empty()) return stale;
  const auto is_in_use = search.find_users ? search.find_users() : nullptr;
  for (const Candidate& file : found) {
    if (!is_in_use || is_in_use(file.device, file.inode)) continue;
    ++stale.files;
    stale.bytes += file.bytes;
    if (file.bytes < stale.largest_bytes) continue;
    stale.largest_bytes = file.bytes;
    stale.largest = file.path;
  }
  return stale;
}

OperationVerdict temp_allocations_verdict(const StaleFiles& stale) {
  if (stale.roots.empty())
    return without_bytes(ReliefOutcome::kUnavailable,
                         "no directory for temporary files is in memory here");
  if (stale.bytes < kNoiseBytes)
    return without_bytes(ReliefOutcome::kNoEffect,
                         "no temporary file in memory has been unused for a week");
  return without_bytes(
      ReliefOutcome::kUnavailable,
      base::format_bytes(stale.bytes) + " in " + base::count_text(stale.files, "file") +
          " unused for a week; taking them out of memory is a copy to a disk, which Lull does not "
          "do: remove what you do not need, first " +
          stale.largest);
}

}  // namespace lull::relief
