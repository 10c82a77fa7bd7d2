// SPDX-License-Identifier: MIT
#include "ui/window/wayland_shm.h"

#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

#include "core/base/unique_fd.h"

namespace lull::ui {
namespace {

void on_global(void* into, wl_registry* registry, std::uint32_t name, const char* interface,
               std::uint32_t) {
  auto& shm = *static_cast<wl_shm**>(into);
  if (shm == nullptr && std::string_view(interface) == wl_shm_interface.name)
    shm = static_cast<wl_shm*>(wl_registry_bind(registry, name, &wl_shm_interface, 1));
}

void on_global_removed(void*, wl_registry*, std::uint32_t) {}

constexpr wl_registry_listener kRegistryListener{on_global, on_global_removed};

void on_release(void* buffer, wl_buffer*) { static_cast<WaylandBuffer*>(buffer)->take_back(); }

constexpr wl_buffer_listener kBufferListener{on_release};

// Its size stays, so that a compositor need not fear to read beyond it.
base::UniqueFd make_memory(std::size_t size) {
  base::UniqueFd memory(::memfd_create("lull-popover", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory || ::ftruncate(memory.get(), static_cast<off_t>(size)) != 0) return {};
  ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  return memory;
}

}  // namespace

WaylandShm::WaylandShm(wl_display* display)
    : display_(display), queue_(wl_display_create_queue(display)) {
  auto* const here = static_cast<wl_display*>(wl_proxy_create_wrapper(display));
  wl_proxy_set_queue(reinterpret_cast<wl_proxy*>(here), queue_);
  wl_registry* const registry = wl_display_get_registry(here);
  wl_proxy_wrapper_destroy(here);
  wl_registry_add_listener(registry, &kRegistryListener, static_cast<void*>(&shm_));
  wl_display_roundtrip_queue(display, queue_);
  wl_registry_destroy(registry);
}

WaylandShm::~WaylandShm() {
  if (shm_ != nullptr) wl_shm_destroy(shm_);
  wl_event_queue_destroy(queue_);
}

base::Result<std::unique_ptr<WaylandShm>> WaylandShm::bind(wl_display* display) {
  std::unique_ptr<WaylandShm> bound(new WaylandShm(display));
  if (bound->shm_ == nullptr)
    return base::fail(base::ErrorCode::kUnavailable, "the compositor shares no memory (wl_shm)");
  return bound;
}

void WaylandShm::take_events() { wl_display_dispatch_queue_pending(display_, queue_); }

base::Result<std::unique_ptr<WaylandBuffer>> WaylandBuffer::make(const WaylandShm& shm, int width,
                                                                 int height) {
  std::unique_ptr<WaylandBuffer> made(new WaylandBuffer(width, height));
  LULL_TRY(made->share(shm));
  return made;
}

std::size_t WaylandBuffer::size() const {
  return static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) *
         sizeof(std::uint32_t);
}

base::Status WaylandBuffer::share(const WaylandShm& shm) {
  const base::UniqueFd memory = make_memory(size());
  if (!memory) return base::fail_errno(errno, "", "making memory for the window's picture");
  void* const mapped = ::mmap(nullptr, size(), PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0);
  if (mapped == MAP_FAILED)
    return base::fail_errno(errno, "", "mapping memory for the window's picture");
  pixels_ = static_cast<std::uint32_t*>(mapped);
  // The pool takes the queue of the wl_shm, and the buffer that of the pool.
  wl_shm_pool* const pool =
      wl_shm_create_pool(shm.shm(), memory.get(), static_cast<std::int32_t>(size()));
  buffer_ = wl_shm_pool_create_buffer(pool, 0, width_, height_, width_ * 4, WL_SHM_FORMAT_ARGB8888);
  wl_shm_pool_destroy(pool);
  wl_buffer_add_listener(buffer_, &kBufferListener, static_cast<void*>(this));
  return {};
}

WaylandBuffer::~WaylandBuffer() {
  if (buffer_ != nullptr) wl_buffer_destroy(buffer_);
  if (pixels_ != nullptr) ::munmap(pixels_, size());
}

wl_buffer* WaylandBuffer::lend() {
  lent_ = true;
  return buffer_;
}

}  // namespace lull::ui
