// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <vector>

// What is said to a person outside of any window. A plain value.
namespace lull::agent::notify {

struct NoticeAction {
  std::string key;    // ours; not shown
  std::string label;  // on the button
};

struct Notice {
  // Of each topic one notice is on the screen at most: the next one takes its place.
  std::string topic;
  std::string title;
  std::string body;  // plain text
  std::vector<NoticeAction> actions;
  bool urgent = false;     // stays until it is closed, where the desktop does that
  bool asked_for = false;  // the answer to what a person did just now: never held back
};

// Whether a notice was shown, as far as whoever shows notices has said so.
using Answered = std::function<void(bool shown)>;

}  // namespace lull::agent::notify
