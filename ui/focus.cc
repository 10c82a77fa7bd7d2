// SPDX-License-Identifier: MIT
#include "ui/focus.h"

#include <algorithm>
#include <utility>

namespace lull::ui {

void Focus::begin_frame() {
  if (!drawing_.empty()) order_ = std::exchange(drawing_, {});
}

bool Focus::add(const std::string& control) {
  drawing_.push_back(control);
  return visible_ && control == current_;
}

bool Focus::take_activation(const std::string& control) {
  if (activated_ != control || activated_.empty()) return false;
  activated_.clear();
  return true;
}

bool Focus::take_arrival(const std::string& control) {
  if (arrived_ != control || arrived_.empty()) return false;
  arrived_.clear();
  return true;
}

void Focus::step(int direction) {
  begin_frame();
  if (order_.empty()) return;
  const auto count = std::ssize(order_);
  const auto found = std::find(order_.begin(), order_.end(), current_);
  std::ptrdiff_t at = direction > 0 ? 0 : count - 1;
  if (found != order_.end()) {
    // The first key after the pointer shows where the focus is.
    at = found - order_.begin();
    if (visible_) at = (at + direction + count) % count;
  }
  current_ = arrived_ = order_[static_cast<std::size_t>(at)];
  visible_ = true;
}

void Focus::activate() {
  if (visible_) activated_ = current_;
}

void Focus::forget() {
  current_.clear();
  activated_.clear();
  arrived_.clear();
  order_.clear();
  drawing_.clear();
}

}  // namespace lull::ui
