// SPDX-License-Identifier: MIT
#include "ui/window/x11_image.h"

#include <sys/ipc.h>
#include <sys/shm.h>

namespace lull::ui {
namespace {

bool attach_failed = false;
int note_failure(Display*, XErrorEvent*) {
  attach_failed = true;
  return 0;
}

}  // namespace

X11Image::X11Image(Display* display, Visual* visual, int depth, int width, int height)
    : display_(display), visual_(visual), depth_(depth), width_(width), height_(height) {
  shared_ = XShmQueryExtension(display) != False && share();
  if (shared_) return;
  own_.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  image_ = XCreateImage(display, visual, static_cast<unsigned>(depth), ZPixmap, 0,
                        reinterpret_cast<char*>(own_.data()), static_cast<unsigned>(width),
                        static_cast<unsigned>(height), 32, width * 4);
}

bool X11Image::share() {
  image_ =
      XShmCreateImage(display_, visual_, static_cast<unsigned>(depth_), ZPixmap, nullptr, &segment_,
                      static_cast<unsigned>(width_), static_cast<unsigned>(height_));
  if (image_ == nullptr) return false;
  const auto size =
      static_cast<std::size_t>(image_->bytes_per_line) * static_cast<std::size_t>(image_->height);
  segment_.shmid = ::shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
  void* memory =
      segment_.shmid < 0 ? reinterpret_cast<void*>(-1) : ::shmat(segment_.shmid, nullptr, 0);
  bool attached = memory != reinterpret_cast<void*>(-1);
  if (attached) {
    segment_.shmaddr = image_->data = static_cast<char*>(memory);
    attach_failed = false;
    const auto before = XSetErrorHandler(note_failure);
    XShmAttach(display_, &segment_);
    XSync(display_, False);
    XSetErrorHandler(before);
    attached = !attach_failed;
    if (!attached) ::shmdt(memory);
  }
  // Goes away with the last process that has it, however that ends.
  if (segment_.shmid >= 0) ::shmctl(segment_.shmid, IPC_RMID, nullptr);
  if (attached) return true;
  image_->data = nullptr;
  XDestroyImage(image_);
  image_ = nullptr;
  return false;
}

X11Image::~X11Image() {
  if (image_ == nullptr) return;
  if (shared_) XShmDetach(display_, &segment_);
  image_->data = nullptr;  // not malloc's
  XDestroyImage(image_);
  if (shared_) ::shmdt(segment_.shmaddr);
}

Surface X11Image::surface() {
  if (image_ == nullptr) return {own_.data(), width_, height_, width_};
  return {reinterpret_cast<std::uint32_t*>(image_->data), width_, height_,
          image_->bytes_per_line / 4};
}

void X11Image::put(Drawable target, GC context) {
  if (image_ == nullptr) return;
  const auto wide = static_cast<unsigned>(width_), tall = static_cast<unsigned>(height_);
  if (shared_)
    XShmPutImage(display_, target, context, image_, 0, 0, 0, 0, wide, tall, False);
  else
    XPutImage(display_, target, context, image_, 0, 0, 0, 0, wide, tall);
  // The server has read the memory when this returns, and we may draw again.
  XSync(display_, False);
}

}  // namespace lull::ui
