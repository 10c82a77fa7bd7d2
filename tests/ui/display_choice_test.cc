// SPDX-License-Identifier: MIT
#include "ui/window/display_choice.h"

#include <map>

#include <gmock/gmock.h>

namespace lull::ui {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

base::EnvironmentLookup session(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

constexpr GlfwKnows kBoth{true, true}, kX11Alone{true, false}, kWaylandAlone{false, true};

TEST(DisplayChoice, tries_x11_first_since_a_window_may_be_placed_there) {
  EXPECT_THAT(named_window_systems(session({{"DISPLAY", ":0"}, {"WAYLAND_DISPLAY", "wayland-0"}})),
              ElementsAre(WindowSystem::kX11, WindowSystem::kWayland));
}

TEST(DisplayChoice, tries_only_what_the_session_names) {
  EXPECT_THAT(named_window_systems(session({{"DISPLAY", ":0"}, {"WAYLAND_DISPLAY", ""}})),
              ElementsAre(WindowSystem::kX11));
  EXPECT_THAT(named_window_systems(session({{"WAYLAND_DISPLAY", "wayland-0"}})),
              ElementsAre(WindowSystem::kWayland));
  EXPECT_THAT(named_window_systems(session({})), IsEmpty());
}

TEST(DisplayChoice, says_that_no_display_is_named) {
  EXPECT_THAT(why_no_display(session({}), kBoth),
              HasSubstr("neither DISPLAY nor WAYLAND_DISPLAY is set"));
}

TEST(DisplayChoice, says_which_display_does_not_answer) {
  EXPECT_THAT(why_no_display(session({{"DISPLAY", ":42"}}), kX11Alone),
              HasSubstr("DISPLAY is :42, which does not answer"));
  const std::string both =
      why_no_display(session({{"DISPLAY", ":42"}, {"WAYLAND_DISPLAY", "wayland-7"}}), kBoth);
  EXPECT_THAT(both, HasSubstr("DISPLAY is :42, which does not answer; "));
  EXPECT_THAT(both, HasSubstr("WAYLAND_DISPLAY is wayland-7, which does not answer"));
}

TEST(DisplayChoice, says_what_to_install_where_glfw_knows_no_wayland) {
  const std::string why = why_no_display(session({{"WAYLAND_DISPLAY", "wayland-0"}}), kX11Alone);
  EXPECT_THAT(why, HasSubstr("XWayland"));
  EXPECT_THAT(why, HasSubstr("libglfw3-wayland"));
  EXPECT_THAT(why, Not(HasSubstr("\n")));
}

TEST(DisplayChoice, says_that_glfw_knows_no_x11) {
  const std::string why = why_no_display(session({{"DISPLAY", ":0"}}), kWaylandAlone);
  EXPECT_THAT(why, HasSubstr("built without X11"));
  EXPECT_THAT(why, Not(HasSubstr("does not answer")));
}

}  // namespace
}  // namespace lull::ui
