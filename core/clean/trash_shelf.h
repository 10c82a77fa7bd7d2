// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <sys/types.h>

#include "core/base/result.h"
#include "core/clean/trash.h"

namespace lull::clean {

// How a run comes by its trashes.
struct TrashPort {
  // The one for what is on a volume: Trash::open_for() with the user's places.
  std::function<base::Result<std::unique_ptr<Trash>>(dev_t device, const std::string& path)>
      open_for;
  // Trash::open(): the one at a path that the journal has. kNotFound: there is none any more, or
  // its volume is away. Makes nothing.
  std::function<base::Result<std::unique_ptr<Trash>>(const std::string& trash)> open_again;
};

// The trashes of one run, each opened once; that a volume has none is remembered as well. One
// thread at a time; what it returns lives as long as it does.
class TrashShelf {
 public:
  explicit TrashShelf(const TrashPort& port) : port_(port) {}

  // What fails for `path` alone says nothing about the next one.
  base::Result<Trash*> for_volume(dev_t device, const std::string& path) {
    auto trash = remembered(by_device_, device, [&] { return port_.open_for(device, path); });
    if (!trash && trash.error().code != base::ErrorCode::kUnavailable) by_device_.erase(device);
    return trash;
  }
  base::Result<Trash*> again(const std::string& trash) {
    return remembered(by_path_, trash, [&] { return port_.open_again(trash); });
  }
  // At the end of a run: what it noted of sizes. They are a cache, so a failure is none of its.
  void save_sizes() {
    for (auto& [device, trash] : by_device_)
      if (trash) (void)(*trash)->save_sizes();
    for (auto& [path, trash] : by_path_)
      if (trash) (void)(*trash)->save_sizes();
  }

 private:
  using Opened = base::Result<std::unique_ptr<Trash>>;

  template <class Key, class Open>
  static base::Result<Trash*> remembered(std::map<Key, Opened>& known, const Key& key,
                                         const Open& open) {
    auto found = known.find(key);
    if (found == known.end()) found = known.emplace(key, open()).first;
    if (!found->second) return tl::unexpected(found->second.error());
    return found->second->get();
  }

  const TrashPort& port_;
  std::map<dev_t, Opened> by_device_;
  std::map<std::string, Opened> by_path_;
};

}  // namespace lull::clean
