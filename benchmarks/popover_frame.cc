// SPDX-License-Identifier: MIT
// A frame of the popover from the view model to pixels, at scale 1 and 2 (claim: at most 4 and 12
// ms), beside its floor: copying the backdrop, which every frame begins with.
#include <cstring>

#include <benchmark/benchmark.h>

#include "ui/client/decode.h"
#include "ui/draw/backdrop.h"
#include "ui/draw/raster.h"
#include "ui/frame_geometry.h"
#include "ui/popover.h"

namespace lull::ui {
namespace {

struct World {
  explicit World(double scale)
      : scene(*read_scene(LULL_SCENE)),
        view(make_view(scene.state, scene.now)),
        gui(find_font_files(), scale),
        popover(gui, dark_theme()),
        geometry(frame_geometry(Popover::kMaxHeight, scale, true)),
        backdrop(geometry.width, geometry.height),
        target(geometry.width, geometry.height) {
    popover.resize(geometry.width, geometry.height, geometry.margin);
    draw_backdrop(backdrop.surface(), geometry.shape(), dark_theme());
  }
  void copy() {
    std::memcpy(target.surface().pixels, backdrop.surface().pixels,
                backdrop.pixels().size() * sizeof(std::uint32_t));
    benchmark::DoNotOptimize(target.surface().pixels);
  }

  Scene scene;
  ViewModel view;
  Gui gui;
  Popover popover;
  FrameGeometry geometry;
  Image backdrop, target;
};

void floor_copy(benchmark::State& state) {
  World world(static_cast<double>(state.range(0)));
  for ([[maybe_unused]] const auto _ : state) world.copy();
}

void view_model(benchmark::State& state) {
  World world(1);
  for ([[maybe_unused]] const auto _ : state)
    benchmark::DoNotOptimize(make_view(world.scene.state, world.scene.now));
}

void layout(benchmark::State& state) {
  World world(static_cast<double>(state.range(0)));
  for ([[maybe_unused]] const auto _ : state)
    benchmark::DoNotOptimize(&world.popover.frame(world.view, 0.016));
}

void whole_frame(benchmark::State& state) {
  World world(static_cast<double>(state.range(0)));
  for ([[maybe_unused]] const auto _ : state) {
    world.copy();
    draw_on(world.target.surface(), world.gui.texture(), world.popover.frame(world.view, 0.016));
  }
}

BENCHMARK(floor_copy)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);
BENCHMARK(view_model)->Unit(benchmark::kMillisecond);
BENCHMARK(layout)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);
BENCHMARK(whole_frame)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lull::ui
