// SPDX-License-Identifier: MIT
#include "core/clean/parts.h"

#include <utility>

#include "core/clean/beneath.h"
#include "core/clean/in_use.h"
#include "core/scan/parallel.h"

namespace lull::clean {
namespace {

// So few that two tasks have about the same to do in a directory of a hundred files; so many that
// the way down to it does not count.
constexpr std::size_t kPart = 16;

std::string_view directory_of(std::string_view path) { return path.substr(0, path.rfind('/')); }

}  // namespace

std::vector<std::vector<std::size_t>> parts_of(
    std::size_t count, const std::function<std::string_view(std::size_t index)>& path_of) {
  std::vector<std::vector<std::size_t>> parts;
  for (std::size_t at = 0, next = 0; at < count; at = next) {
    const std::string_view directory = directory_of(path_of(at));
    while (next < count && directory_of(path_of(next)) == directory) ++next;
    const std::size_t wanted = next - at < 2 * kPart ? 1 : (next - at) / kPart;
    const std::size_t first = parts.size();
    parts.resize(first + wanted);
    for (std::size_t index = at; index < next; ++index) {
      const std::string_view database = database_of(name_of(path_of(index)));
      parts[first + std::hash<std::string_view>()(database) % wanted].push_back(index);
    }
  }
  return parts;
}

void side_by_side(const std::function<void()>& one, const std::function<void()>& other) {
  scan::WalkOptions two;
  two.width = 2;
  scan::for_each_index(2, two, [&](unsigned, std::size_t index) { index == 0 ? one() : other(); });
}

}  // namespace lull::clean
