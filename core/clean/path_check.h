// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/base/environment.h"

// The first of the guards before a move: what a path may look like. Nothing is repaired, since a
// path that needs repair was not made by a scan; a doubled slash alone has defeated keep lists.
namespace lull::clean {

// What stays where it is, whatever a plan says. Absolute paths without a trailing slash.
struct ProtectedPlaces {
  std::vector<std::string> whole;  // may be cleaned inside, never moved; nor what is above them
  std::vector<std::string> own;    // nor anything in these: our settings, journal, stores; trashes
};

// Those of a user: home, the XDG directories and everything of our own, each also by the name that
// it has without links (this looks at the disk). `extra` joins `own`.
ProtectedPlaces protected_places(const base::UserDirectories& directories,
                                 const std::vector<std::string>& extra = {});

// Why a path is no plain absolute path, in words for people; null if it is one: begins with a
// slash, has no empty component, no "." or "..", no control character, and is not "/" itself.
const char* plainness_refusal(std::string_view path);

// Why the thing at `path`, found by a rule that looks in `root`, is not moved; null if nothing in
// its name speaks against it. Pure; safe on any bytes.
const char* path_refusal(std::string_view path, std::string_view root,
                         const ProtectedPlaces& places);

}  // namespace lull::clean
