// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Which directories a file watch of macOS watches, and what it makes of what it is told. Pure but
// for the question whether a directory is there, which is a parameter.
namespace lull::agent {

// A directory, and which of the names in it matter.
struct WatchedPlace {
  std::string directory;  // absolute
  std::function<bool(std::string_view name)> ours;
};
// Those of the files' parents, and of every file with this ending in a directory.
std::vector<WatchedPlace> places_of_files(const std::vector<std::string>& files);
std::vector<WatchedPlace> place_of_directory(const std::string& directory,
                                             const std::string& suffix);

// The nearest directory on the way to `directory` that is there: itself if it is. Empty if not even
// "/" is.
std::string nearest_there(const std::string& directory,
                          const std::function<bool(const std::string&)>& is_there);

// Whether FSEvents speaks of one of the places: by the path of a file that matters, or of the
// directory itself. `must_look` (MustScanSubDirs, a drop): something happened at or below `path`,
// and nobody knows what. Paths may end in a slash.
bool concerns(const std::vector<WatchedPlace>& places, std::string_view path, bool must_look);

}  // namespace lull::agent
