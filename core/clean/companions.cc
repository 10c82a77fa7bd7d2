// SPDX-License-Identifier: MIT
#include "core/clean/companions.h"

#include <array>
#include <cstdint>
#include <span>

#include "core/base/unique_fd.h"
#include "core/clean/in_use.h"
#include "core/scan/dir_reader.h"

namespace lull::clean {

std::optional<Companions> Companions::list(int directory, std::size_t most) {
  scan::OpenManner manner;
  const int opened = scan::open_directory_at(directory, ".", manner);
  if (opened < 0) return std::nullopt;
  const base::UniqueFd fd(opened);
  scan::DirReader reader(opened, scan::probe_directory_traits(opened));
  alignas(std::uint64_t) std::array<std::byte, std::size_t{32} * 1024> buffer;
  Companions companions;
  std::size_t entries = 0;
  while (true) {
    const ssize_t length = reader.fill(buffer);
    if (length < 0) return std::nullopt;
    if (length == 0) return companions;
    std::span<const std::byte> filled(buffer.data(), static_cast<std::size_t>(length));
    scan::DirEntry entry;
    while (scan::next_entry(filled, entry)) {
      if (++entries > most) return std::nullopt;
      const std::string_view name(entry.name);
      const std::string_view database = database_of(name);
      if (database != name) companions.databases_.emplace(database);
    }
  }
}

bool Companions::may_have_others(std::string_view name) const {
  const std::string_view database = database_of(name);
  return database != name || databases_.contains(database);
}

}  // namespace lull::clean
