// SPDX-License-Identifier: MIT
#include "core/relief/temp_allocations.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <sys/statvfs.h>

#include "core/base/bytes.h"
#include "core/base/count_text.h"
#include "core/base/text.h"
#include "core/relief/own_files.h"

namespace lull::relief {
namespace {

StaleFile stale_file(const std::string& root, const OwnFile& file) {
  return {root, file.directory_path + "/" + file.name, file.status,
          static_cast<std::uint64_t>(file.status.st_blocks) * 512};
}

// systemd keeps a directory for each service with PrivateTmp.
bool is_of_the_system(const std::string& path) {
  return path.find("/systemd-private-") != std::string::npos;
}

// That such a file is there means something to a program that may come back; it holds no memory.
bool is_a_mark(const OwnFile& file) {
  const std::string_view name = file.name;
  return file.status.st_blocks == 0 || name.ends_with(".lock") || name.ends_with(".lck") ||
         name.ends_with(".pid");
}

std::vector<StaleFile> candidates(const StaleSearch& search, StaleFiles& stale) {
  std::vector<StaleFile> found;
  OwnFilesOptions options{search.owner, search.most_entries, search.stop};
  for (const std::string& root : stale.roots) {
    const OwnFilesEnd end = visit_own_files(root, options, [&](const OwnFile& file) {
      if (!is_stale(file.status, search.now) || is_a_mark(file)) return;
      if (is_of_the_system(file.directory_path)) return;
      found.push_back(stale_file(root, file));
    });
    stale.complete = stale.complete && end.complete;
    options.most_entries -= std::min<std::size_t>(options.most_entries, end.entries);
  }
  return found;
}

OperationVerdict of_what_went(const MovedStale& moved, std::string words) {
  if (!moved.fallen_bytes)
    return without_bytes(ReliefOutcome::kUnproven, words + "; what that gave cannot be measured");
  const std::uint64_t claim = std::min(moved.bytes, *moved.fallen_bytes);
  if (claim < kNoiseBytes)
    return without_bytes(ReliefOutcome::kUnproven,
                         words + "; as much as before is held in memory there");
  return freed(claim, std::move(words));
}

}  // namespace

std::optional<std::uint64_t> held_bytes(const std::vector<std::string>& roots) {
  std::set<dev_t> counted;
  std::uint64_t sum = 0;
  for (const std::string& root : roots) {
    struct ::stat status {};
    struct ::statvfs volume {};
    if (::stat(root.c_str(), &status) != 0 || ::statvfs(root.c_str(), &volume) != 0 ||
        volume.f_blocks == 0)
      return std::nullopt;
    if (!counted.insert(status.st_dev).second) continue;
    const std::uint64_t used = volume.f_blocks - std::min(volume.f_blocks, volume.f_bfree);
    sum += used * volume.f_frsize;
  }
  return sum;
}

bool is_stale(const struct ::stat& status, base::WallTime now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  const auto latest =
      std::chrono::seconds(std::max({status.st_atime, status.st_mtime, status.st_ctime}));
  return status.st_nlink == 1 && seconds - latest >= kStaleAfter;
}

StaleFiles find_stale_files(const StaleSearch& search) {
  StaleFiles stale;
  for (const std::string& root : search.roots)
    if (search.is_in_memory(root)) stale.roots.push_back(root);
  std::vector<StaleFile> found = candidates(search, stale);
  if (found.empty()) return stale;
  const auto is_in_use = search.find_users ? search.find_users() : nullptr;
  for (StaleFile& file : found) {
    if (!is_in_use || is_in_use(file.status.st_dev, file.status.st_ino)) continue;
    ++stale.files;
    stale.bytes += file.bytes;
    stale.found.push_back(std::move(file));
  }
  std::stable_sort(stale.found.begin(), stale.found.end(),
                   [](const StaleFile& a, const StaleFile& b) { return a.bytes > b.bytes; });
  if (!stale.found.empty()) {
    stale.largest = stale.found.front().path;
    stale.largest_bytes = stale.found.front().bytes;
  }
  if (stale.found.size() > kMostStale) stale.found.resize(kMostStale);
  return stale;
}

OperationVerdict temp_allocations_verdict(const StaleFiles& stale) {
  if (stale.roots.empty())
    return without_bytes(ReliefOutcome::kUnavailable,
                         "no directory for temporary files is in memory here");
  if (stale.bytes < kNoiseBytes)
    return without_bytes(ReliefOutcome::kNoEffect,
                         "no temporary file in memory has been unused for a week");
  OperationVerdict verdict = without_bytes(
      ReliefOutcome::kSkipped,
      "up to " + base::format_bytes(stale.bytes) + " in " + base::count_text(stale.files, "file") +
          " unused for a week would go to the trash on the disk with relief.move_stale_files; "
          "the largest is " +
          stale.largest);
  verdict.predicted_bytes = stale.bytes;
  return verdict;
}

OperationVerdict temp_allocations_verdict(const StaleFiles& stale, const MovedStale& moved) {
  if (stale.roots.empty() || stale.bytes < kNoiseBytes) return temp_allocations_verdict(stale);
  std::string left;
  if (moved.left > 0) left = base::count_text(moved.left, "file") + " stayed: " + moved.why_left;
  if (moved.files == 0)
    return without_bytes(ReliefOutcome::kNoEffect, left.empty() ? moved.why_left : left);
  std::string words = base::count_text(moved.files, "file") +
                      " unused for a week went to the trash on the disk; `lull undo " +
                      std::to_string(moved.run) + "` brings back what was moved";
  if (!left.empty()) words += "; " + left;
  OperationVerdict verdict = of_what_went(moved, std::move(words));
  verdict.predicted_bytes = stale.bytes;
  return verdict;
}

}  // namespace lull::relief
