// SPDX-License-Identifier: MIT
#pragma once
// Xlib and GLFW's way to it, as the window needs them. Xlib's macro Status is the name of a type of
// ours.
#define GLFW_EXPOSE_NATIVE_X11
#include <GLFW/glfw3.h>
#include <GLFW/glfw3native.h>
// (The others need Xlib.h.)
#include <X11/Xatom.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <X11/extensions/shape.h>
#undef Status
