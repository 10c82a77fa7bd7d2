// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/unique_fd.h"
#include "core/clean/trash/removal.h"

namespace lull::clean {

// Removes one directory with everything in it on this thread, with three descriptors however deep
// it is: it holds the lowest only, and comes up again through "..", which must then be the
// directory it came down from.
class DeepRemover {
 public:
  // `path_of` names what is in `parent`.
  DeepRemover(Removal& removal, RemovalCount& count, const PathOf& path_of)
      : removal_(removal), count_(count), path_of_(path_of) {}

  // False if anything stays, with the reason in failures.
  bool remove(int parent, const Found& top);

 private:
  struct Level {
    Found self;
    std::uint64_t bytes = 0;
    std::vector<Found> directories{};  // still to be removed
    bool complete = true;              // everything else in it is gone
  };

  bool descend(int parent, const Found& found);
  bool ascend(int parent);
  bool step_up();
  std::string path_of(std::string_view name) const;

  Removal& removal_;
  RemovalCount& count_;
  const PathOf& path_of_;
  std::vector<Level> levels_;
  base::UniqueFd at_;  // the last of levels_
};

}  // namespace lull::clean
