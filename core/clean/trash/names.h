// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

// Names of entries in a trash.
namespace lull::clean {

inline constexpr std::string_view kInfoSuffix = ".trashinfo";

// May NAME be in files/, with NAME.trashinfo in info/? One entry, not "." or "..", and short
// enough.
bool is_trash_name(std::string_view name);

// "NAME.trashinfo"
std::string info_name(std::string_view name);

// Is `path` absolute, without ".." and NUL: a place something can have been in?
bool is_plain_path(std::string_view path);

// "DIRECTORY/NAME", also for the directory "/".
std::string joined(std::string_view directory, std::string_view name);

}  // namespace lull::clean
