// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <memory>

#include "core/base/result.h"
#include "ui/draw/surface.h"

struct wl_buffer;
struct wl_display;
struct wl_event_queue;
struct wl_shm;

// Pictures that a Wayland compositor shows, in memory both share (wl_shm). Private to the Wayland
// window.
namespace lull::ui {

// The compositor's wl_shm, on a queue of its own beside GLFW's. The display outlives it.
class WaylandShm {
 public:
  // kUnavailable if the connection is broken. Waits for one answer of the compositor.
  static base::Result<std::unique_ptr<WaylandShm>> bind(wl_display* display);
  ~WaylandShm();
  WaylandShm(const WaylandShm&) = delete;
  WaylandShm& operator=(const WaylandShm&) = delete;

  wl_shm* shm() const { return shm_; }
  // Takes in what the compositor has said of buffers; never waits.
  void take_events();

 private:
  explicit WaylandShm(wl_display* display);

  wl_display* const display_;
  wl_event_queue* const queue_;
  wl_shm* shm_ = nullptr;
};

// One picture. Premultiplied 0xAARRGGBB, as Surface says, of a machine that has the low byte first
// (WL_SHM_FORMAT_ARGB8888).
class WaylandBuffer {
 public:
  static base::Result<std::unique_ptr<WaylandBuffer>> make(const WaylandShm& shm, int width,
                                                           int height);
  ~WaylandBuffer();
  WaylandBuffer(const WaylandBuffer&) = delete;
  WaylandBuffer& operator=(const WaylandBuffer&) = delete;

  Surface surface() const { return {pixels_, width_, height_, width_}; }
  // The compositor reads it from now until it says that it is done.
  wl_buffer* lend();
  bool is_lent() const { return lent_; }
  void take_back() { lent_ = false; }

 private:
  WaylandBuffer(int width, int height) : width_(width), height_(height) {}
  std::size_t size() const;
  base::Status share(const WaylandShm& shm);

  const int width_, height_;
  std::uint32_t* pixels_ = nullptr;
  wl_buffer* buffer_ = nullptr;
  bool lent_ = false;
};

}  // namespace lull::ui
