#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lull-popover on Xvfb: it appears under the click, a click on Optimize reaches the agent, Esc and a second start
close it, it outlives the agent, and OpenGL draws what the CPU draws.

    popover_x11_test.py LULL_POPOVER DIRECTORY_FOR_SCREENSHOTS
"""

import ctypes
import ctypes.util
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import pictures
from fake_agent import SCENES, FakeAgent
from screen import FOCUS_NOBODY, PATIENCE, Screen, until

PROGRAM, PICTURES = sys.argv[1], pathlib.Path(sys.argv[2])
BUTTON = 0x3a3e48  # of the dark theme


class PopoverOnX11(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pixels = tempfile.TemporaryDirectory()
        cls.screen = Screen(cls.pixels.name)

    @classmethod
    def tearDownClass(cls):
        cls.screen.end()
        cls.pixels.cleanup()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        root = self.folder.name
        self.socket = root + "/control"
        self.environment = dict(self.screen.environment, HOME=root, XDG_RUNTIME_DIR=root,
                                XDG_STATE_HOME=root + "/state", XDG_CONFIG_HOME=root + "/config",
                                LULL_SOCKET=self.socket)
        os.makedirs(root + "/state/lull")
        pathlib.Path(root + "/state/lull/welcomed").touch()
        self.agent = FakeAgent(self.socket)
        self.programs = []

    def tearDown(self):
        for program in self.programs:
            if program.poll() is None:
                program.kill()
            program.wait()
        self.agent.end()
        self.folder.cleanup()

    def start(self, *words):
        program = subprocess.Popen([PROGRAM, *words], env=self.environment, stderr=subprocess.PIPE, text=True)
        self.programs.append(program)
        self.addCleanup(program.stderr.close)
        return program

    def xdotool(self, *words):
        return self.screen.xdotool(*words)

    def window(self):
        return self.screen.windows()

    def shown(self, *words):
        program = self.start(*words)
        def there():
            if program.poll() is not None:
                raise AssertionError("it ended before it was shown: " + program.stderr.read())
            return self.window()
        return program, until("the window is shown", there)[0]

    def test_appears_under_the_click_and_within_the_screen(self):
        _, window = self.shown("--at", "1270,5")
        self.assertEqual(self.screen.place(window), (1280 - 380, 6, 380, 720))

    def test_a_click_on_optimize_reaches_the_agent(self):
        _, window = self.shown("--at", "400,5")
        until("the numbers are asked for", lambda: "Top" in self.agent.asked)
        x, y, _, _ = self.screen.place(window)
        self.xdotool("mousemove", x + 190, y + 230, "click", "--repeat", "2", "1")
        until("Optimize", lambda: "Optimize" in self.agent.asked)
        self.xdotool("key", "Tab")
        self.assertEqual(self.agent.asked.count("Optimize"), 1, "a double click is one")

    def test_what_start_names_begins_once_and_nothing_else(self):
        moving = {"Optimize": [{"dry_run": False}], "Clean": [], "Undo": [{}]}
        for word, method in (("optimize", "Optimize"), ("undo", "Undo"), ("clean", "Clean")):
            program, _ = self.shown("--start", word)
            until(word + " is asked for", lambda: method in self.agent.asked)
            until("the rest is asked for", lambda: {"Top", "History", "GetConfig"} <= set(self.agent.asked))
            asked = [(name, parameters) for name, parameters in self.agent.calls if name in moving]
            self.assertEqual([name for name, _ in asked], [method])
            if word == "clean":  # nothing goes before somebody has seen what would
                self.assertTrue(asked[0][1]["dry_run"])
                self.assertTrue(asked[0][1]["categories"])
            program.kill()
            program.wait()
            self.agent.calls.clear()
            self.agent.asked.clear()

    def test_page_names_what_is_shown_first(self):
        # The second thing that the keyboard gets to, after the way back.
        for page, method in (("history", "Undo"), ("settings", "SetConfig")):
            program, window = self.shown("--page", page, "--theme", "dark", "--at", "400,5")
            until("it has the focus", lambda: self.xdotool("getwindowfocus").strip() == window)
            place = self.screen.place(window)
            until("its rows are there", lambda: self.screen.bands([BUTTON], 10, place))
            self.screen.keep(PICTURES / f"page-{page}.png")
            self.xdotool("key", "Tab", "Tab", "Return")
            until(method + " is asked for", lambda: method in self.agent.asked)
            program.kill()
            program.wait()

    def test_a_start_that_names_a_page_takes_the_place_of_what_is_open(self):
        first, _ = self.shown()
        second = self.start("--page", "settings")
        self.assertEqual(first.wait(PATIENCE), 0)
        until("the second is shown", self.window)
        self.assertIsNone(second.poll())

    def test_escape_closes(self):
        program, _ = self.shown("--at", "400,5")
        def gone():
            self.xdotool("key", "Escape")
            return program.poll() is not None
        until("Esc ends it", gone)
        self.assertEqual(program.returncode, 0)

    def test_the_loss_of_focus_closes(self):
        program, window = self.shown("--at", "400,5")
        until("it has the focus", lambda: self.xdotool("getwindowfocus").strip() == window)
        # Nobody has it then.
        subprocess.run([sys.executable, "-c", FOCUS_NOBODY], env=self.environment, check=True)
        self.assertEqual(program.wait(PATIENCE), 0)

    def test_a_second_start_closes_the_first(self):
        first, _ = self.shown("--at", "400,5")
        second = self.start("--at", "400,5")
        self.assertEqual(second.wait(PATIENCE), 0)
        self.assertEqual(first.wait(PATIENCE), 0)
        self.assertEqual(self.window(), [])

    def test_outlives_the_agent(self):
        program, _ = self.shown("--at", "400,5")
        until("it watches", lambda: "Watch" in self.agent.asked)
        self.agent.end()
        self.agent = FakeAgent(self.socket)
        until("it watches the new one", lambda: "Watch" in self.agent.asked)
        self.assertIsNone(program.poll())

    def test_without_an_agent_it_is_shown_too(self):
        self.agent.end()
        program, _ = self.shown("--at", "400,5")
        self.assertIsNone(program.poll())
        self.agent = FakeAgent(self.socket)
        until("it finds the agent", lambda: "Watch" in self.agent.asked)

    def test_one_that_was_killed_is_in_nobodys_way(self):
        for _ in range(10):
            program, _ = self.shown("--at", "400,5")
            program.kill()
            program.wait()

    def test_a_hundred_times_opened_and_closed(self):
        for _ in range(100):
            program, _ = self.shown("--at", "400,5")
            second = self.start("--at", "400,5")
            self.assertEqual((second.wait(PATIENCE), program.wait(PATIENCE)), (0, 0))

    def test_two_starts_at_once_are_one_window_or_none(self):
        both = [self.start("--at", "400,5"), self.start("--at", "400,5")]
        until("one of them gives way", lambda: any(one.poll() == 0 for one in both))
        until("the other one closes too", lambda: all(one.poll() == 0 for one in both))
        self.assertEqual(self.window(), [])

    def test_colours_have_transparency_where_a_compositor_shows_it(self):
        def depth():
            return WindowFacts(self.screen.display).depth(int(self.shown("--at", "400,5")[1]))
        self.assertEqual(depth(), 24)
        self.programs[-1].kill()
        self.programs[-1].wait()
        with Compositor(self.screen.display):
            self.assertEqual(depth(), 32)
            size = self.screen.place(self.window()[0])[2:]
            self.assertEqual(size, (380 + 2 * 18, 720 + 2 * 18), "room for the shadow")

    # Of a circle with 12 pixels: out of it the corner pixel, in it what is 4 pixels in from both edges.
    CORNERS = ((0, 0, 1, 1), (-1, 0, -1, 1), (0, -1, 1, -1), (-1, -1, -1, -1))

    def test_without_a_compositor_the_corners_are_cut_off(self):
        _, window = self.shown("--at", "400,5", "--theme", "light")
        x, y, width, height = self.screen.place(window)
        until("it is drawn", lambda: self.screen.bands([0xf3f4f7], 100, (x, y, width, height)))
        self.screen.keep(PICTURES / "corners-cut.png")
        rows = self.screen.rows()
        for left, top, right, down in self.CORNERS:
            at = (x if left == 0 else x + width - 1), (y if top == 0 else y + height - 1)
            def pixel(step, at=at, right=right, down=down):
                column, row = at[0] + step * right, at[1] + step * down
                return rows[row][column * 4:column * 4 + 3]
            self.assertEqual(pixel(0), b"\0\0\0", "the screen behind")
            self.assertEqual(pixel(2), b"\0\0\0", "the screen behind")
            self.assertEqual(pixel(6), b"\xf7\xf4\xf3", "the window")

    def test_with_a_compositor_the_corners_are_transparent(self):
        with Compositor(self.screen.display):
            self.xdotool("mousemove", 640, 150)  # with its shadow on the screen: else nobody may read it
            _, window = self.shown("--theme", "light")
            x, y, width, height = self.screen.place(window)
            margin = 18
            within = (x + margin, y + margin, width - 2 * margin, height - 2 * margin)
            until("it is drawn", lambda: self.screen.bands([0xf3f4f7], 100, within))
            picture = WindowFacts(self.screen.display).picture(int(window), width, height)
            def alpha(column, row):
                return picture(column, row) >> 24
            for left, top, right, down in self.CORNERS:
                column, row = (margin if left == 0 else width - 1 - margin), (margin if top == 0 else height - 1 - margin)
                self.assertLess(alpha(column, row), 160, "no more than the shadow")
                edge = [alpha(column + step * right, row + step * down) for step in range(8)]
                self.assertEqual(edge, sorted(edge), "from the shadow into the window")
                self.assertEqual(edge[-1], 255)
                outer = (0 if left == 0 else width - 1), (0 if top == 0 else height - 1)
                self.assertEqual(picture(*outer), 0, "nothing at all")

    def test_no_frame_is_drawn_while_nothing_changes(self):
        try:
            damage = Damage(self.screen.display)
        except OSError:
            self.skipTest("libXdamage is not installed")
        with Compositor(self.screen.display):  # one rectangle a frame: nothing is cut off
            _, window = self.shown("--at", "400,5")
            until("the numbers are asked for", lambda: {"Top", "History", "GetConfig"} <= set(self.agent.asked))
            until("it has the focus", lambda: self.xdotool("getwindowfocus").strip() == window)
            damage.watch(int(window))
            # What the last answers and the focus were good for: as many frames as they were, and then none.
            until("it has settled", lambda: not any(damage.count() for _ in range(10) if self.place_of(window)))
            for _ in range(100):
                self.place_of(window)  # a program that runs and ends: time goes by
            self.assertEqual(damage.count(), 0, "frames that show nothing new")
            self.xdotool("key", "Tab")
            frames = until("the focus is shown", damage.count)
            self.assertLessEqual(frames, 12, "a press, a release, and what settles after each")

    def place_of(self, window):
        return self.screen.place(window)

    def test_without_fonts_it_says_so_and_works(self):
        nothing = pathlib.Path(self.folder.name) / "fonts.conf"
        nothing.write_text('<?xml version="1.0"?><fontconfig></fontconfig>', encoding="utf-8")
        self.environment["FONTCONFIG_FILE"] = str(nothing)
        program, window = self.shown("--at", "400,5")
        until("the numbers are asked for", lambda: "Top" in self.agent.asked)
        x, y, _, _ = self.screen.place(window)
        self.screen.keep(PICTURES / "no-fonts.png")
        self.xdotool("mousemove", x + 190, y + 230, "click", "1")
        until("Optimize", lambda: "Optimize" in self.agent.asked)
        program.kill()
        said = program.stderr.read().splitlines()
        self.assertEqual([line for line in said if line.startswith("lull-popover: there are no fonts")], said)
        self.assertEqual(len(said), 1)

    def test_larger_letters_are_seen_as_soon_as_they_are_set(self):
        program, window = self.shown("--page", "settings", "--theme", "dark", "--at", "400,5")
        place = self.screen.place(window)
        until("its rows are there", lambda: self.screen.bands([BUTTON], 10, place))
        def height():
            bands = self.screen.bands([0x2e6ddf], 8, place)
            return bands and bands[0]
        before = height()
        self.screen.keep(PICTURES / "letters-normal.png")
        for row in self.agent.scene["config"]["settings"]:
            if row["key"] == "ui.text_size":
                row["value"] = '"huge"'
        self.xdotool("key", "Tab", "Tab", "Return")  # sets something, and reads the settings again
        until("it is set", lambda: "SetConfig" in self.agent.asked)
        until("all is larger", lambda: height() and height() != before)
        self.screen.keep(PICTURES / "letters-huge.png")
        self.assertIsNone(program.poll())

    def mapped(self, program):
        maps = pathlib.Path(f"/proc/{program.pid}/maps").read_text(encoding="utf-8")
        return {line.rsplit("/", 1)[-1] for line in maps.splitlines() if "/" in line}

    def test_only_opengl_maps_opengl(self):
        def of_opengl(program):
            return [name for name in self.mapped(program) if name.startswith(("libGL", "libEGL", "libgallium", "libLLVM"))]
        program, _ = self.shown("--at", "400,5")
        self.assertEqual(of_opengl(program), [])
        program.kill()
        program.wait()
        program, _ = self.shown("--at", "400,5", "--renderer", "gl")
        self.assertNotEqual(of_opengl(program), [])

    def test_opengl_draws_what_the_cpu_draws(self):
        # What Mesa's drivers leave behind is theirs: under AddressSanitizer it would end the program with 1.
        self.environment["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        for scene, words in (("calm", ["--theme", "dark"]), ("progress", ["--theme", "light"]),
                             ("critical", ["--theme", "dark", "--scale", "1.5"])):
            drawn = []
            for renderer in ("raster", "gl"):
                picture = PICTURES / f"{scene}-{renderer}.png"
                program = self.start("--screenshot", str(picture), "--snapshot", str(SCENES / f"{scene}.json"),
                                     "--renderer", renderer, *words)
                self.assertEqual(program.wait(PATIENCE), 0, renderer)
                drawn.append(pictures.read_png(picture))
            self.assertEqual(drawn[0][:2], drawn[1][:2])
            found = pictures.differences(drawn[0][2], drawn[1][2])
            total = sum(found.values())
            # Rounding is up to one step; on a slanted edge another driver may count a pixel to the other side.
            self.assertLessEqual(sum(count for step, count in found.items() if step > 2), total // 1000, scene)
            self.assertLessEqual(max(found), 64, scene)

    def test_no_display_is_said_in_a_line(self):
        self.environment["DISPLAY"] = ":4242"
        program = self.start()
        self.assertEqual(program.wait(PATIENCE), 1)
        self.assertIn("no display", program.stderr.read())


class WindowFacts:
    """A connection of our own, by Xlib."""

    class Attributes(ctypes.Structure):
        # XWindowAttributes begins so; the rest is room.
        _fields_ = [(name, ctypes.c_int) for name in ("x", "y", "width", "height", "border", "depth")] + [
            ("rest", ctypes.c_char * 256)]

    def __init__(self, display):
        self.x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        for name in ("XOpenDisplay", "XDefaultRootWindow", "XCreateSimpleWindow", "XInternAtom"):
            getattr(self.x11, name).restype = ctypes.c_void_p
        self.connection = ctypes.c_void_p(self.x11.XOpenDisplay(display.encode()))

    def depth(self, window):
        attributes = self.Attributes()
        self.x11.XGetWindowAttributes(self.connection, ctypes.c_ulong(window), ctypes.byref(attributes))
        self.x11.XCloseDisplay(self.connection)
        return attributes.depth


    def picture(self, window, width, height):
        """What is in the window, as a function of column and row: 0xAARRGGBB."""
        x11 = self.x11
        x11.XGetImage.restype = ctypes.c_void_p
        x11.XGetPixel.restype = ctypes.c_ulong
        image = ctypes.c_void_p(x11.XGetImage(self.connection, ctypes.c_ulong(window), 0, 0, width, height,
                                              ctypes.c_ulong(0xffffffff), 2))  # ZPixmap
        return lambda column, row: x11.XGetPixel(image, column, row) & 0xffffffff


class Damage(WindowFacts):
    """Counts what is drawn on a window: one event for each request that draws."""

    def __init__(self, display):
        self.damage = ctypes.CDLL(ctypes.util.find_library("Xdamage") or "libXdamage.so.1")
        super().__init__(display)

    def watch(self, window):
        self.damage.XDamageQueryExtension(self.connection, ctypes.byref(ctypes.c_int()), ctypes.byref(ctypes.c_int()))
        self.damage.XDamageCreate(self.connection, ctypes.c_ulong(window), 0)  # XDamageReportRawRectangles
        self.x11.XSync(self.connection, 0)

    def count(self):
        """Since it was last asked."""
        self.x11.XSync(self.connection, 0)
        found, event = 0, ctypes.create_string_buffer(256)
        while self.x11.XPending(self.connection) > 0:
            self.x11.XNextEvent(self.connection, event)
            found += 1
        return found


class Compositor(WindowFacts):
    """Says that there is a compositor, as one does (EWMH 1.5)."""

    def __enter__(self):
        x11, connection = self.x11, self.connection
        root = ctypes.c_ulong(x11.XDefaultRootWindow(connection))
        window = ctypes.c_ulong(x11.XCreateSimpleWindow(connection, root, 0, 0, 1, 1, 0, *[ctypes.c_ulong(0)] * 2))
        selection = ctypes.c_ulong(x11.XInternAtom(connection, b"_NET_WM_CM_S0", 0))
        x11.XSetSelectionOwner(connection, selection, window, ctypes.c_ulong(0))
        x11.XSync(connection, 0)

    def __exit__(self, *_):
        self.x11.XCloseDisplay(self.connection)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
