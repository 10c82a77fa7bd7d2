#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lull-popover on Wayland alone, on a sway without X server and monitor: an ordinary small window that keyboard and
focus close. A seat without devices has no pointer, so nobody can click there.

    popover_wayland_test.py LULL_POPOVER LULL DIRECTORY_FOR_SCREENSHOTS [TEST...]

Needs a GLFW for Wayland: the machine's, or one in the directory that LULL_WAYLAND_GLFW names (see
packaging/scripts/wayland-glfw).
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import desk
from fake_agent import FakeAgent
from screen import PATIENCE, until
from sway import Sway

POPOVER, LULL, PICTURES = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
SESSION = "xwayland disable\noutput * resolution 1280x900\noutput * background #404060 solid_color\n"
SIZE = (380 + 2 * 18, 720 + 2 * 18)  # room for the shadow
BUTTON = 0x3a3e48                    # of the dark theme
PLACES = {"Escape": 1, "Tab": 15, "Return": 28}  # of linux/input-event-codes.h

KNOWS = "import ctypes; ctypes.CDLL('libglfw.so.3').{}"


def knows_wayland(environment):
    """Whether the GLFW that a program finds is one for Wayland."""
    asked = [sys.executable, "-c", KNOWS.format("glfwGetWaylandWindow")]
    return subprocess.run(asked, env=environment, capture_output=True, check=False).returncode == 0


def with_wayland():
    """An environment in which GLFW is one for Wayland; None: there is none here."""
    here = dict(os.environ)
    there = dict(here, LD_LIBRARY_PATH=os.environ.get("LULL_WAYLAND_GLFW", "") or "/nowhere")
    return next((environment for environment in (here, there) if knows_wayland(environment)), None)


class PopoverOnWayland(unittest.TestCase):
    LIBRARIES = None  # LD_LIBRARY_PATH, if it takes one

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.sway = Sway(SESSION, os.environ, self.addCleanup)
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("XDG_", "LULL_", "DBUS_")) and name != "DISPLAY"}
        self.environment.update(self.user("user"), WAYLAND_DISPLAY=str(self.sway.display))
        if self.LIBRARIES:
            self.environment["LD_LIBRARY_PATH"] = self.LIBRARIES
        self.agent = FakeAgent(self.environment["LULL_SOCKET"])
        self.addCleanup(self.agent.end)

    def user(self, name):
        home = self.home / name
        (home / "state/lull").mkdir(parents=True)  # (who was welcomed sees the whole)
        (home / "state/lull/welcomed").touch()
        (home / "run").mkdir(mode=0o700)
        home.chmod(0o700)  # the control socket is there
        return {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "XDG_STATE_HOME": str(home / "state"),
                "LULL_SOCKET": str(home / "control")}

    def start(self, *words, environment=None):
        program = subprocess.Popen([POPOVER, "--theme", "dark", *words], env=environment or self.environment,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(program.stderr.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        return program

    def window(self, program):
        return next((window for window in self.sway.windows() if window["pid"] == program.pid), None)

    def shown(self, *words, environment=None):
        program = self.start(*words, environment=environment)

        def there():
            if program.poll() is not None:
                raise AssertionError("it ended before it was shown: " + program.stderr.read())
            return self.window(program)
        return program, until("the window is shown", there)

    def plug_keyboard(self):
        """From now on the seat has one."""
        keyboard = self.sway.start("wtype", "-s", str(PATIENCE * 1000))
        self.addCleanup(keyboard.wait)
        self.addCleanup(keyboard.kill)

    def press(self, *keys, held=None):
        """wtype counts its keys from 1 as they come, and GLFW takes those numbers for places on a keyboard: what is
        on the places before is let go, which is nothing that was pressed."""
        words = []
        for place in range(1, max(PLACES[key] for key in [*keys, held] if key) + 1):
            name = next((key for key in PLACES if PLACES[key] == place), f"F{place}")
            words += ["-p", name]
        words += ["-s", "50", *[word for key in keys for word in ("-k", key)]]
        if not held:
            self.sway.ask("wtype", *words)
            return
        keyboard = self.sway.start("wtype", *words, "-P", held, "-s", str(PATIENCE * 1000))
        self.addCleanup(keyboard.wait)
        self.addCleanup(keyboard.kill)

    def runs(self, color=BUTTON):
        """The longest unbroken runs of the colour (0xRRGGBB) in each row of the screen, in pixels; 0 where none is."""
        pixel = color.to_bytes(4, "little")
        longest = []
        for row in self.sway.rows():
            wide = 0
            while pixel * (wide + 8) in row:
                wide += 8
            longest.append(wide)
        return longest

    def test_is_an_ordinary_small_window(self):
        program, window = self.shown("--at", "1270,5")
        self.assertEqual((window["rect"]["width"], window["rect"]["height"]), SIZE)
        self.assertEqual((window["type"], window["shell"], window["name"]), ("floating_con", "xdg_shell", "Lull"))
        until("its buttons are drawn", lambda: max(self.runs()) > 100)
        self.sway.keep(PICTURES / "wayland.png")
        maps = pathlib.Path(f"/proc/{program.pid}/maps").read_text(encoding="utf-8")
        for driver in ("libGLX", "libEGL", "libgallium", "libLLVM", "swrast"):
            self.assertNotIn(driver, maps, "the CPU draws it")

    def test_draws_nothing_while_nothing_changes(self):
        for renderer in ("raster", "gl"):
            self.environment["WAYLAND_DEBUG"] = "1"
            program, _ = self.shown("--renderer", renderer)
            until("its buttons are drawn", lambda: max(self.runs()) > 100)
            for _ in range(20):  # as long as somebody looks at it
                self.sway.rows()
            program.kill()
            frames = program.stderr.read().count("wl_surface@")
            # Each is attached, damaged and committed; a dozen until it is as it stays.
            self.assertLess(frames, 3 * 24, renderer)

    def test_opengl_draws_it_too(self):
        program, window = self.shown("--renderer", "gl")
        self.assertEqual((window["rect"]["width"], window["rect"]["height"]), SIZE)
        until("its buttons are drawn", lambda: max(self.runs()) > 100)
        self.sway.keep(PICTURES / "wayland-gl.png")
        self.assertIn("libEGL", pathlib.Path(f"/proc/{program.pid}/maps").read_text(encoding="utf-8"))

    def test_escape_closes(self):
        self.plug_keyboard()
        program, _ = self.shown()

        def gone():
            self.press("Escape")
            return program.poll() is not None
        until("Esc ends it", gone)
        self.assertEqual(program.returncode, 0)

    def test_the_keyboard_reaches_a_button(self):
        self.plug_keyboard()
        self.shown("--page", "settings")
        until("the settings are asked for", lambda: "GetConfig" in self.agent.asked)

        def changed():  # the second thing that the keyboard gets to, after the way back
            self.press("Tab", "Tab", "Return")
            return "SetConfig" in self.agent.asked
        until("a setting is changed", changed)

    def test_a_key_that_is_held_repeats(self):
        self.plug_keyboard()
        self.shown("--page", "settings")
        until("the settings are asked for", lambda: "GetConfig" in self.agent.asked)
        until("its rows are drawn", lambda: max(self.runs()) > 20)
        self.press("Tab", "Tab", held="Return")
        until("it does it again and again", lambda: self.agent.asked.count("SetConfig") > 2)

    def test_the_loss_of_focus_closes(self):
        self.plug_keyboard()
        first, _ = self.shown()
        until("it has the focus", lambda: self.window(first)["focused"])
        another_users = dict(self.environment, **self.user("another"))
        self.shown(environment=another_users)  # takes the focus, and has a place of its own
        self.assertEqual(first.wait(PATIENCE), 0)

    def test_a_second_start_closes_the_first(self):
        first, _ = self.shown()
        second = self.start()
        self.assertEqual((second.wait(PATIENCE), first.wait(PATIENCE)), (0, 0))
        until("no window is left", lambda: not self.sway.windows())

    def test_one_that_was_killed_is_in_nobodys_way(self):
        for _ in range(3):
            program, _ = self.shown()
            program.kill()
            program.wait()
            until("its window is gone", lambda: not self.sway.windows())

    def test_is_sharp_on_a_monitor_with_twice_the_pixels(self):
        self.shown()
        until("its buttons are drawn", lambda: max(self.runs()) > 100)
        rows = sum(run > 100 for run in self.runs())
        self.sway.order("output", "*", "resolution", "2560x1800", "scale", 2)
        until("they have twice the rows", lambda: sum(run > 200 for run in self.runs()) == 2 * rows)
        window = self.sway.windows()[0]
        self.assertEqual(window["rect"]["width"], SIZE[0], "in the compositor's units it is as large as before")
        self.sway.keep(PICTURES / "wayland-scale-2.png")

    def test_fills_the_place_that_a_tiling_compositor_gives_it(self):
        self.shown()
        until("its buttons are drawn", lambda: max(self.runs()) > 100)
        before = max(self.runs())
        self.sway.order("floating", "disable")
        until("it is wider", lambda: max(self.runs()) > 2 * before)
        self.sway.keep(PICTURES / "wayland-tiled.png")

    def test_ends_with_the_compositor(self):
        program, _ = self.shown()
        self.sway.end()
        program.wait(PATIENCE)

    def test_what_to_install_is_said_in_a_line(self):
        environment = dict(self.environment)
        environment.pop("LD_LIBRARY_PATH", None)
        if knows_wayland(environment):
            self.skipTest("every GLFW of this machine knows Wayland")
        program = self.start(environment=environment)
        self.assertEqual(program.wait(PATIENCE), 1)
        said = program.stderr.read()
        self.assertEqual(said.count("\n"), 1, said)
        self.assertIn("libglfw3-wayland", said)
        self.assertIn("XWayland", said)

    def start_agent(self, environment):
        agent = subprocess.Popen([LULL, "agent"], env=environment, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        self.addCleanup(agent.wait)
        self.addCleanup(agent.terminate)
        # Without an agent a status is told as well, by the command itself.
        until("the agent answers",
              lambda: json.loads(self.command(environment, "status", "--json").stdout or "{}").get("agent"))
        return agent

    def command(self, environment, *words):
        return subprocess.run([LULL, *words], env=environment, capture_output=True, check=False)

    def test_the_agent_opens_it_in_its_session(self):
        home = dict(self.environment, **self.user("real"))
        agent = self.start_agent(home)
        elsewhere = {name: value for name, value in home.items() if name != "WAYLAND_DISPLAY"}
        self.assertEqual(self.command(elsewhere, "popover").returncode, 0)
        until("its window is shown", self.sway.windows)
        self.assertIsNone(agent.poll())

    def test_the_agent_goes_on_where_no_window_can_be_had(self):
        home = dict(self.environment, WAYLAND_DISPLAY="wayland-of-nobody", **self.user("real"))
        agent = self.start_agent(home)
        elsewhere = {name: value for name, value in home.items() if name != "WAYLAND_DISPLAY"}
        self.command(elsewhere, "popover")
        self.assertEqual(self.command(home, "popover").returncode, 1)
        self.assertIsNone(agent.poll())
        self.assertEqual(self.command(home, "status").returncode, 0)


if __name__ == "__main__":
    desk.need("sway", "grim", "wtype", "setpriv")
    found = with_wayland()
    if found is None:
        print("skipped: no GLFW for Wayland (packaging/scripts/wayland-glfw fetches one)")
        sys.exit(desk.SKIPPED)
    PopoverOnWayland.LIBRARIES = found.get("LD_LIBRARY_PATH")
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2)
