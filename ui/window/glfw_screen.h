// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>
#include <utility>

#include "ui/window/native.h"
#include "ui/window/window.h"

// Private to the GLFW window.
namespace lull::ui {

// GLFW is initialised as long as this lives.
class GlfwScreen final : public Screen {
 public:
  explicit GlfwScreen(std::unique_ptr<Native> native) : native_(std::move(native)) {}
  ~GlfwScreen() override;
  GlfwScreen(const GlfwScreen&) = delete;
  GlfwScreen& operator=(const GlfwScreen&) = delete;

  std::vector<Monitor> monitors() override;
  bool monitors_changed() override;
  std::optional<Point> pointer() override;
  bool places_windows() const override { return native_->places_windows(); }
  double pixels_per_unit() override;
  bool has_compositor() override;
  Native& native() { return *native_; }

 private:
  std::unique_ptr<Native> native_;  // goes before GLFW ends
};

// What GLFW said last of what it could not do.
std::string glfw_complaint();

}  // namespace lull::ui
