// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace lull::benchmarks {

// What a program claims of itself, judged one by one. What could not be compared is named, and is
// not said to hold.
class Claims {
 public:
  void claim(bool holds, std::string_view what) {
    ++judged_;
    if (!holds) missed_.emplace_back(what);
  }
  // Once is enough for each.
  void leave_out(std::string_view what) {
    if (std::find(left_out_.begin(), left_out_.end(), what) == left_out_.end())
      left_out_.emplace_back(what);
  }

  // Of those that were judged.
  bool hold() const { return missed_.empty(); }
  // "every claim holds"; "5 claims hold; not compared: gdu, dua"; "MISSED: at most 24 MiB".
  std::string words() const {
    std::string text = "every claim holds";
    if (!left_out_.empty())
      text = std::to_string(judged_ - missed_.size()) +
             " claims hold; not compared: " + joined(left_out_);
    if (!missed_.empty())
      text = "MISSED: " + joined(missed_) +
             (left_out_.empty() ? std::string() : "; not compared: " + joined(left_out_));
    return text;
  }

 private:
  static std::string joined(const std::vector<std::string>& all) {
    std::string text;
    for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
    return text;
  }

  std::size_t judged_ = 0;
  std::vector<std::string> missed_, left_out_;
};

}  // namespace lull::benchmarks
