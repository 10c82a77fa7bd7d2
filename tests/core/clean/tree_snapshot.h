// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <string>

namespace lull::clean {

// What is compared of an entry. Change times tell of every touch, but a rename changes them too.
enum class SnapshotOf { kEverything, kWhatARenameKeeps };

// Every entry below `root` (and the root, as ""): relative path to bytes and metadata in one text.
// Follows no link and leaves access times alone.
std::map<std::string, std::string> snapshot_of(const std::string& root, SnapshotOf what);

}  // namespace lull::clean
