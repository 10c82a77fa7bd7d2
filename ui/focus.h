// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

// Which control the keyboard is at. Our own rather than ImGui's, whose Tab reaches only text fields
// before 1.89. Controls are known by name, in the order in which they were drawn last.
namespace lull::ui {

class Focus {
 public:
  // Between two frames. What was drawn in the last one is where step() goes.
  void begin_frame();
  // Each enabled control once per frame; true if the keyboard is at it and that is to be seen.
  bool add(const std::string& control);
  // True once after activate() for the control it was about.
  bool take_activation(const std::string& control);
  // True once after step() for the control it went to, so that it can be scrolled into view.
  bool take_arrival(const std::string& control);

  void step(int direction);                   // +1 next, -1 previous; around the ends
  void activate();                            // nothing, if no focus is to be seen
  void hide() { visible_ = false; }           // the pointer is used
  void forget();                              // another page
  void show_again() { arrived_ = current_; }  // where it is, is elsewhere
  const std::string& current() const { return current_; }
  bool visible() const { return visible_; }
  const std::vector<std::string>& order() const { return order_; }

 private:
  std::vector<std::string> order_, drawing_;
  std::string current_, activated_, arrived_;
  bool visible_ = false;
};

}  // namespace lull::ui
