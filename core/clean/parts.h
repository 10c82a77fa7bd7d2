// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

// How the things of a batch are shared out among tasks.
namespace lull::clean {

// The indexes 0 … count − 1, whose paths stand in the order of their directories, in parts that may
// be worked on at the same time, each by one task: a directory of a few things is one, a larger one
// several. The files of one SQLite database are in one part, since who tests one of them for use
// has it open.
std::vector<std::vector<std::size_t>> parts_of(
    std::size_t count, const std::function<std::string_view(std::size_t index)>& path_of);

// Does both: at the same time if the caller's oneTBB arena has room for two tasks, else `one`
// first.
void side_by_side(const std::function<void()>& one, const std::function<void()>& other);

}  // namespace lull::clean
