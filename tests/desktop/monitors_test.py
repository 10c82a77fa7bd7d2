#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lull-popover while a monitor is unplugged: on Xorg with its dummy driver, whose outputs can be turned on and off.
X11 has one scale for all monitors, here 2.

    monitors_test.py LULL_POPOVER DIRECTORY_FOR_SCREENSHOTS [TEST...]
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import desk
from screen import PATIENCE, Screen, until

PROGRAM = sys.argv[1]
SERVER = "/usr/lib/xorg/Xorg"
DRIVER = "/usr/lib/xorg/modules/drivers/dummy_drv.so"

SETTINGS = """Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoEnableDevices" "false"
EndSection
Section "Device"
  Identifier "none"
  Driver "dummy"
  VideoRam 64000
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5.0-1000.0
  VertRefresh 5.0-200.0
  Modeline "1280x900" 90 1280 1300 1320 1340 900 910 920 930
EndSection
Section "Screen"
  Identifier "screen"
  Device "none"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "1280x900"
    Virtual 2560 900
  EndSubSection
EndSection
"""


class TwoMonitors(Screen):
    """Beside each other, 1280 × 900 each."""

    def __init__(self, folder):
        settings = pathlib.Path(folder) / "xorg.conf"
        settings.write_text(SETTINGS, encoding="utf-8")
        read, write = os.pipe()
        self.server = subprocess.Popen(
            [SERVER, "-displayfd", str(write), "-config", str(settings), "-logfile", str(settings) + ".log",
             "-noreset", "-nolisten", "tcp", "-novtswitch", "-sharevts", "-keeptty"],
            pass_fds=(write,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            self.server.wait()
            raise unittest.SkipTest("Xorg does not start here")
        self.environment = dict(os.environ, DISPLAY=":" + number)
        subprocess.run(["xrdb", "-merge"], env=self.environment, input="Xft.dpi: 192\n", text=True, check=True)
        self.ask("xrandr", "--addmode", "DUMMY1", "1280x900")
        self.turn("DUMMY1", "--mode", "1280x900", "--right-of", "DUMMY0")

    def turn(self, output, *words):
        self.ask("xrandr", "--output", output, *words)
        self.ask("xrandr")  # the server looks at its outputs again, as a desktop makes it do


class OnTwoMonitors(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.screen = TwoMonitors(folder.name)
        self.addCleanup(self.screen.end)
        root = folder.name
        self.environment = dict(self.screen.environment, HOME=root, XDG_RUNTIME_DIR=root, XDG_STATE_HOME=root + "/state",
                                XDG_CONFIG_HOME=root + "/config", LULL_SOCKET=root + "/control")

    def start(self, *words):
        program = subprocess.Popen([PROGRAM, *words], env=self.environment, stderr=subprocess.PIPE, text=True)
        self.addCleanup(program.stderr.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        return program

    def open_on_the_second(self):
        program = self.start("--at", "2500,5")
        x, _, width, _ = self.place()
        self.assertEqual((width, x >= 1280), (760, True), f"on the second monitor, twice as wide: {x}")
        return program

    def place(self):
        return self.screen.place(until("it is shown", self.screen.windows)[0])

    def test_a_window_whose_monitor_is_unplugged_opens_on_the_other_one(self):
        program = self.open_on_the_second()
        self.screen.turn("DUMMY1", "--off")
        def moved():
            windows = self.screen.windows()
            return windows and sum(self.screen.place(windows[0])[0::2]) <= 1280
        until("it is on the first monitor", moved)
        self.assertIsNone(program.poll())
        # It still is the one window: another start closes it.
        self.assertEqual(self.start("--at", "100,5").wait(PATIENCE), 0)
        self.assertEqual(program.wait(PATIENCE), 0)
        self.assertEqual(program.stderr.read(), "lull-popover: its monitor is gone; it opens on another one\n")

    def test_a_window_stays_when_the_other_monitor_is_unplugged(self):
        program = self.start("--at", "100,5")
        before = self.place()
        self.screen.turn("DUMMY1", "--off")
        self.screen.turn("DUMMY1", "--mode", "1280x900", "--right-of", "DUMMY0")
        self.assertEqual(self.place(), before)
        self.assertEqual(self.start("--at", "100,5").wait(PATIENCE), 0)
        self.assertEqual(program.wait(PATIENCE), 0)
        self.assertEqual(program.stderr.read(), "")

    def test_without_any_monitor_it_ends_with_a_line(self):
        program = self.open_on_the_second()
        self.screen.ask("xrandr", "--output", "DUMMY0", "--off", "--output", "DUMMY1", "--off")
        self.assertEqual(program.wait(PATIENCE), 1)
        self.assertIn("no monitor has room for a window", program.stderr.read())


if __name__ == "__main__":
    desk.need(SERVER, "xrandr", "xrdb", "xdotool")
    if not pathlib.Path(DRIVER).exists():
        print("skipped: not installed here: " + DRIVER)
        sys.exit(desk.SKIPPED)
    desk.main("__main__")
