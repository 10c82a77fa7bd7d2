// SPDX-License-Identifier: MIT
#include "agent/services/tree_watcher.h"

#include <algorithm>
#include <utility>

#include "core/base/path_text.h"
#include "core/cache/tree_store.h"

namespace lull::agent {
namespace {

constexpr double kCold = 0.25;

bool overlap(const std::string& a, const std::string& b) {
  return base::is_at_or_below(a, b) || base::is_below(b, a);
}

}  // namespace

void TreeWatcher::take_changes(const std::function<void(const std::string&)>& changed,
                               const std::function<void(const std::string&)>& lost) {
  if (watch_ == nullptr || trees_.empty()) return;
  const auto changes = watch_->take_changes();
  std::set<std::uint32_t> numbers;
  for (const auto& tag : changes.touched) numbers.insert(tag.tree);
  for (auto& [path, tree] : trees_) {
    if (changes.lost) lost(path);
    if (!numbers.contains(tree.number)) continue;
    for (const auto& tag : changes.touched)
      if (tag.tree == tree.number) tree.touched.insert(tag.inode);
    changed(path);
  }
  if (changes.lost) forget_all();
}

std::vector<std::uint64_t> TreeWatcher::touched(const std::string& path) const {
  const std::string normal = cache::normal_path(path);
  std::set<std::uint64_t> inodes;
  for (const auto& [root, tree] : trees_)
    if (overlap(root, normal)) inodes.insert(tree.touched.begin(), tree.touched.end());
  return {inodes.begin(), inodes.end()};
}

std::map<std::string, TreeWatcher::Tree>::const_iterator TreeWatcher::covering(
    const std::string& path) const {
  const std::string normal = cache::normal_path(path);
  return std::find_if(trees_.begin(), trees_.end(),
                      [&](const auto& tree) { return base::is_at_or_below(normal, tree.first); });
}

bool TreeWatcher::watches(std::uint32_t number) const {
  return std::any_of(trees_.begin(), trees_.end(),
                     [&](const auto& tree) { return tree.second.number == number; });
}

std::optional<TreeWatcher::Cover> TreeWatcher::cover_of(const std::string& path) const {
  const auto tree = covering(path);
  if (tree == trees_.end()) return std::nullopt;
  return Cover{tree->second.number, tree->first != cache::normal_path(path)};
}

std::optional<std::uint32_t> TreeWatcher::wanted(const std::string& path, std::uint64_t directories,
                                                 double uses) const {
  if (watch_ == nullptr || uses < kHot) return std::nullopt;
  const std::string normal = cache::normal_path(path);
  if (const auto tree = trees_.find(normal); tree != trees_.end()) return tree->second.number;
  for (const auto& [root, tree] : trees_)
    if (base::is_below(normal, root)) return std::nullopt;  // as a part of that
  if (directories > watch_->room()) return std::nullopt;
  return last_number_ + 1;
}

std::optional<std::uint32_t> TreeWatcher::number_of(const std::string& path) const {
  const auto tree = trees_.find(cache::normal_path(path));
  return tree == trees_.end() ? std::nullopt : std::optional(tree->second.number);
}

void TreeWatcher::begin(const std::string& path, std::uint32_t tree) {
  const std::string normal = cache::normal_path(path);
  if (trees_.contains(normal)) return;
  Tree whole{tree, {}};
  // A directory has one watch: those of trees below become this one's.
  std::erase_if(trees_, [&](const auto& other) {
    if (!base::is_below(other.first, normal)) return false;
    watch_->remove_tree(other.second.number);
    whole.touched.insert(other.second.touched.begin(), other.second.touched.end());
    return true;
  });
  last_number_ = std::max(last_number_, tree);
  trees_[normal] = std::move(whole);
}

void TreeWatcher::measured(const std::string& path,
                           const std::vector<std::uint64_t>& known_touched) {
  const auto tree = covering(path);
  if (tree == trees_.end()) return;
  auto& touched = trees_.at(tree->first).touched;
  for (const std::uint64_t inode : known_touched) touched.erase(inode);
}

void TreeWatcher::forget(const std::string& path) {
  const auto tree = trees_.find(cache::normal_path(path));
  if (tree == trees_.end()) return;
  watch_->remove_tree(tree->second.number);
  trees_.erase(tree);
}

void TreeWatcher::forget_all() {
  for (const auto& [path, tree] : trees_) watch_->remove_tree(tree.number);
  trees_.clear();
}

void TreeWatcher::forget_cold(const std::function<double(const std::string&)>& uses) {
  std::erase_if(trees_, [&](const auto& tree) {
    if (uses(tree.first) >= kCold) return false;
    watch_->remove_tree(tree.second.number);
    return true;
  });
}

}  // namespace lull::agent
