// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "ui/window/window.h"

// Private to the GLFW window.
namespace lull::ui {

// GLFW is initialised as long as this lives.
class GlfwScreen final : public Screen {
 public:
  GlfwScreen() = default;
  ~GlfwScreen() override;
  GlfwScreen(const GlfwScreen&) = delete;
  GlfwScreen& operator=(const GlfwScreen&) = delete;

  std::vector<Monitor> monitors() override;
  bool monitors_changed() override;
  std::optional<Point> pointer() override;
  bool has_compositor() override;
};

// What GLFW said last of what it could not do.
std::string glfw_complaint();

}  // namespace lull::ui
