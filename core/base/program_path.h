// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lull::base {

// Whether a path is a file that we may run. Blocks on the disk.
bool is_program(const std::string& path);

// The first program of this name in the directories of `path`, a value of PATH; relative entries do
// not count. Blocks on the disk.
std::optional<std::string> find_in_path(std::string_view name, std::string_view path);

}  // namespace lull::base
