// SPDX-License-Identifier: MIT
#pragma once
#include <GL/glcorearb.h>

// The few functions of OpenGL 3.2 that we call ourselves. Private to the GL renderer.
namespace lull::ui {

struct GlFunctions {
  PFNGLGENTEXTURESPROC gen_textures = nullptr;
  PFNGLDELETETEXTURESPROC delete_textures = nullptr;
  PFNGLBINDTEXTUREPROC bind_texture = nullptr;
  PFNGLTEXIMAGE2DPROC tex_image = nullptr;
  PFNGLGENFRAMEBUFFERSPROC gen_framebuffers = nullptr;
  PFNGLDELETEFRAMEBUFFERSPROC delete_framebuffers = nullptr;
  PFNGLBINDFRAMEBUFFERPROC bind_framebuffer = nullptr;
  PFNGLFRAMEBUFFERTEXTURE2DPROC framebuffer_texture = nullptr;
  PFNGLBLITFRAMEBUFFERPROC blit_framebuffer = nullptr;
  PFNGLREADPIXELSPROC read_pixels = nullptr;

  // Of the context that is current; false if any is missing.
  bool load();
};

}  // namespace lull::ui
