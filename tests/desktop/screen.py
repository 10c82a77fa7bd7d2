# SPDX-License-Identifier: MIT
"""An X server without a monitor, for tests of programs with windows: its pixels, pointer and keyboard."""

import os
import pathlib
import struct
import subprocess
import time

import pictures

PATIENCE = 30  # seconds; only a failure takes as long

# A program for Python: takes the keyboard from whatever window has it.
FOCUS_NOBODY = """
import ctypes, ctypes.util
x = ctypes.CDLL(ctypes.util.find_library('X11') or 'libX11.so.6')
x.XOpenDisplay.restype = ctypes.c_void_p
display = ctypes.c_void_p(x.XOpenDisplay(None))
x.XSetInputFocus(display, ctypes.c_ulong(0), 0, ctypes.c_ulong(0))
x.XSync(display, 0)
"""


def until(what, condition):
    """Waits for what another process will do; fails with `what` if it never does."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("never: " + what)


class Screen:
    def __init__(self, folder, size="1280x900x24", environment=None):
        self.pixels = pathlib.Path(folder) / "Xvfb_screen0"
        read, write = os.pipe()
        # Without -noreset it begins anew, deaf for a moment, whenever its last client has gone.
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp", "-noreset",
             "-fbdir", str(folder)], pass_fds=(write,), stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = ":" + pipe.readline().strip()
        self.environment = dict(environment or os.environ, DISPLAY=self.display)

    def end(self):
        self.server.terminate()
        self.server.wait()

    def ask(self, *words):
        return subprocess.run(words, env=self.environment, capture_output=True, text=True, check=False).stdout

    def xdotool(self, *words):
        return self.ask("xdotool", *map(str, words))

    def click(self, x, y):
        self.xdotool("mousemove", x, y, "click", 1)

    def windows(self, of="Lull"):
        return self.xdotool("search", "--onlyvisible", "--class", of).split()

    def place(self, window):
        lines = self.xdotool("getwindowgeometry", "--shell", window).splitlines()
        found = {name: int(value) for name, value in (line.split("=") for line in lines if "=" in line)}
        return found["X"], found["Y"], found["WIDTH"], found["HEIGHT"]

    def rows(self, top=0, bottom=None):
        """Rows of what is on the screen, 4 bytes a pixel: blue, green, red, nothing (X11/XWDFile.h)."""
        data = self.pixels.read_bytes()
        header = struct.unpack(">25I", data[:100])
        height, stride = header[5], header[12]
        start = header[0] + header[19] * 12
        return [data[start + y * stride:start + (y + 1) * stride] for y in range(top, bottom or height)]

    def keep(self, path):
        """A picture of the screen, to be looked at."""
        rows = [b"".join(bytes((row[at + 2], row[at + 1], row[at], 255)) for at in range(0, len(row), 4))
                for row in self.rows()]
        pictures.write_png(path, rows)

    def bands(self, colors, wide, within):
        """Where one of the colours (0xRRGGBB) runs unbroken for `wide` pixels in the rectangle: middles of such
        bands, from the top."""
        x, y, width, height = within
        found, before = [], -2
        for number, row in enumerate(self.rows(y, y + height), y):
            part = row[x * 4:(x + width) * 4]
            for color in colors:
                run = struct.pack("<I", color)[:3] + part[3:4]
                at = part.find(run * wide)
                if at >= 0 and at % 4 == 0:
                    if number != before + 1:
                        found.append([x + at // 4 + wide // 2, number, number])
                    found[-1][2] = before = number
                    break
        return [(left, (first + last) // 2) for left, first, last in found if last - first > 8]
