// SPDX-License-Identifier: MIT
#include "core/scan/error_list.h"

#include <algorithm>
#include <system_error>
#include <tuple>
#include <utility>

namespace lull::scan {
namespace {

bool before(const model::PathError& a, const model::PathError& b) {
  return std::tie(a.path, a.error) < std::tie(b.path, b.error);
}

}  // namespace

std::string error_words(int os_error) {
  std::string words = std::generic_category().message(os_error);
  if (words.size() > 1 && words[0] >= 'A' && words[0] <= 'Z' && words[1] >= 'a')
    words[0] = static_cast<char>(words[0] - 'A' + 'a');
  return words;
}

void ErrorList::add(std::string path, int os_error) {
  model::PathError error{std::move(path), error_words(os_error)};
  const std::lock_guard lock(mutex_);
  ++count_;
  if (heap_.size() == kKept && !before(error, heap_.front())) return;
  heap_.push_back(std::move(error));
  std::push_heap(heap_.begin(), heap_.end(), before);
  if (heap_.size() <= kKept) return;
  std::pop_heap(heap_.begin(), heap_.end(), before);
  heap_.pop_back();
}

std::uint64_t ErrorList::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

std::vector<model::PathError> ErrorList::take_sorted() {
  const std::lock_guard lock(mutex_);
  std::sort_heap(heap_.begin(), heap_.end(), before);
  return std::exchange(heap_, {});
}

}  // namespace lull::scan
