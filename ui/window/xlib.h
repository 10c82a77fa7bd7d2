// SPDX-License-Identifier: MIT
#pragma once
// Xlib as the window needs it. Its macro Status is the name of a type of ours.
#include <X11/Xlib.h>
// (The others need Xlib.h.)
#include <X11/Xatom.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <X11/extensions/shape.h>
#undef Status
