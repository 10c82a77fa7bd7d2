// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <oneapi/tbb/task_group.h>

#include "core/base/cancel.h"
#include "core/base/unique_fd.h"
#include "core/clean/trash/removal.h"
#include "core/clean/trash/trash_directory.h"

namespace lull::clean {

// One item of a trash that is to go.
struct Condemned {
  const TrashDirectory* trash = nullptr;
  const TrashedItem* item = nullptr;
};

// At most `width` tasks of the caller's oneTBB arena remove items. Each takes the next item when it
// has nothing to do; a task with more than one directory gives half of them to a new task while
// fewer run than may. A directory stays open until all below it are gone, as long as there are
// descriptors for that; below, one task removes what is left of a branch alone (DeepRemover).
class RemovalCrew {
 public:
  RemovalCrew(Removal& removal, const std::vector<Condemned>& items, unsigned width,
              base::CancelToken cancel);
  ~RemovalCrew() noexcept = default;
  RemovalCrew(const RemovalCrew&) = delete;
  RemovalCrew& operator=(const RemovalCrew&) = delete;

  // Returns when everything is done, or, cancelled, when the items that were begun are.
  RemovalCount run();
  // After run(): is anything of items[`index`] gone, or any directory of it given rights?
  bool is_touched(std::size_t index) const {
    return touched_[index].load(std::memory_order_relaxed);
  }

 private:
  struct Node;
  using Nodes = std::vector<Node*>;
  struct Task;

  void start(std::unique_ptr<Nodes> nodes);
  void work(Nodes& nodes);
  bool begin_next_item(Nodes& nodes, RemovalCount& count);
  void begin_item(const Condemned& condemned, Nodes& nodes, RemovalCount& count);
  void share(Nodes& nodes);
  void take(Node& node, Nodes& nodes, RemovalCount& count);
  void open_and_clear(Node& node, Nodes& nodes, RemovalCount& count);
  void finish(Node* node, RemovalCount& count);
  void finish_item(const Condemned& condemned, RemovalCount& count);
  void note_changes(const Condemned& condemned, std::uint64_t before, const RemovalCount& count);
  static int parent_of(const Node& node);
  static std::string path_of(const Node& node, const std::string& below);
  static std::string path_beside(const Node& node, std::string below);

  Removal& removal_;
  const std::vector<Condemned>& items_;
  const unsigned width_;
  const base::CancelToken cancel_;
  std::vector<std::atomic<bool>> touched_;  // of each item
  std::atomic<std::size_t> next_{0};
  std::atomic<unsigned> active_{0};
  std::atomic<int> descriptors_;  // for directories that wait for those below them
  std::mutex mutex_;
  RemovalCount sum_;
  tbb::task_group tasks_;
};

}  // namespace lull::clean
