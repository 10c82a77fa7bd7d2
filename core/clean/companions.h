// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

// Which files of a directory may belong to an SQLite database of several files, by one listing
// instead of three questions for each of them: those are a third of what a move costs.
namespace lull::clean {

class Companions {
 public:
  // By the open directory `directory`, which may be one that only serves as a parent. Nothing if it
  // cannot be listed, or has more than `most` entries. Blocks.
  static std::optional<Companions> list(int directory, std::size_t most);

  // False: when it was listed, there was no other file of the database that `name` would be one of.
  // Should one have come since, then whoever made it has opened the database, of which the lease
  // tells.
  bool may_have_others(std::string_view name) const;

 private:
  std::set<std::string, std::less<>> databases_;  // of which there is a -wal, -shm or -journal
};

// So many entries for each file of a directory that is to be moved are listed rather than asked
// for one by one: a question about a name that is not there takes about 15 entries' time, and there
// are three.
inline constexpr std::size_t kEntriesWorthAFile = 24;
// Of fewer, each is asked.
inline constexpr std::size_t kFilesWorthAListing = 8;

}  // namespace lull::clean
