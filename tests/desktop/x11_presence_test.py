#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lull-x11-presence on a real X server: idle time, a window that fills the screen, and its ends. And an agent that
asks it.

    x11_presence_test.py HELPER WINDOW LULL FOLDER
"""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import unittest

import screen

HELPER, WINDOW, LULL, FOLDER = sys.argv[1:5]


class Helper:
    def __init__(self, environment):
        self.process = subprocess.Popen([HELPER], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)

    def ask(self):
        """Milliseconds and a name."""
        self.process.stdin.write("\n")
        line = self.process.stdout.readline()
        idle, name = re.fullmatch(r"idle (\d+) full-screen (.*)\n", line).groups()
        return int(idle), name

    def ask_front(self):
        """The process whose window is in front, or None."""
        self.process.stdin.write("front\n")
        number = re.fullmatch(r"front (\d+|\?)\n", self.process.stdout.readline()).group(1)
        return None if number == "?" else int(number)

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(screen.PATIENCE)
        self.process.stdout.close()
        return code


class X11Presence(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(dir=FOLDER)
        self.screen = screen.Screen(self.folder.name)

    def tearDown(self):
        self.screen.end()
        self.folder.cleanup()

    def test_idle_time_grows_until_somebody_moves_the_pointer(self):
        helper = Helper(self.screen.environment)
        self.screen.xdotool("mousemove", 10, 10)
        screen.until("half a second without input", lambda: helper.ask()[0] >= 500)
        before = helper.ask()[0]
        self.screen.xdotool("mousemove", 20, 20)
        self.assertLess(helper.ask()[0], before)
        self.assertEqual(helper.end(), 0)

    def test_a_window_that_fills_the_screen_is_named_while_it_is_in_front(self):
        helper = Helper(self.screen.environment)
        self.assertEqual(helper.ask()[1], "")
        window = self.fill_the_screen()
        self.assertEqual(helper.ask()[1], "Film")
        self.close(window)
        screen.until("no window", lambda: helper.ask()[1] == "")  # its property names one that is gone
        self.assertEqual(helper.end(), 0)

    def test_it_tells_whose_window_is_in_front(self):
        helper = Helper(self.screen.environment)
        self.assertIsNone(helper.ask_front())
        window = self.fill_the_screen()
        self.assertEqual(helper.ask_front(), window.pid)
        self.assertEqual(helper.ask()[1], "Film")
        self.close(window)
        screen.until("no window", lambda: helper.ask_front() is None)
        for machine, pid in ((socket.gethostname(), True), ("elsewhere.example", False)):
            window = self.fill_the_screen(machine)
            self.assertEqual(helper.ask_front(), window.pid if pid else None)
            self.close(window)
        self.assertEqual(helper.end(), 0)

    def test_an_agent_says_who_holds_it_back(self):
        environment = self.sandbox()
        agent = subprocess.Popen([LULL, "agent", "--no-tray"], env=environment, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        self.addCleanup(agent.wait)
        self.addCleanup(agent.terminate)

        def why(code):
            said = subprocess.run([LULL, "why", "scan", "--json"], env=environment, capture_output=True, text=True,
                                  check=False).stdout
            conditions = json.loads(said).get("conditions", []) if said else []
            return next((one for one in conditions if one["code"] == code), {"met": None, "value": None})

        screen.until("an agent that knows of input", lambda: why("user-active")["value"] not in (None, "unknown", "asking"))
        places = iter(range(30, 800))

        def seen():
            self.screen.xdotool("mousemove", next(places), 30)
            return why("user-active")["met"] is False

        screen.until("somebody is seen who moves the pointer", seen)
        self.assertTrue(screen.until("nobody", lambda: why("inhibited")["value"] == "none"))
        window = self.fill_the_screen()
        screen.until("the film is named", lambda: why("inhibited")["value"] == "Film (full screen)")
        self.assertFalse(why("inhibited")["met"])
        self.close(window)

    def fill_the_screen(self, *words):
        window = subprocess.Popen([WINDOW, *words], env=self.screen.environment, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        self.assertEqual(window.stdout.readline(), "ready\n")
        return window

    def close(self, window):
        window.stdin.close()
        window.wait(screen.PATIENCE)
        window.stdout.close()

    def sandbox(self):
        """A user of their own, without any bus, who counts as away at once: so the screen is asked each time."""
        home = pathlib.Path(self.folder.name) / "home"
        settings = home / ".config/lull/config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text('[automation]\nidle_after = "1 s"\n', encoding="utf-8")
        (home / "run").mkdir(mode=0o700)
        return {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "TMPDIR": str(home / "run"),
                "PATH": "/usr/bin:/bin", "DISPLAY": self.screen.display,
                "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}

    def test_it_ends_with_the_server_and_without_one(self):
        helper = Helper(self.screen.environment)
        helper.ask()
        self.screen.server.terminate()
        self.screen.server.wait()
        helper.process.stdin.write("\n")
        self.assertEqual(helper.process.stdout.readline(), "")
        self.assertEqual(helper.end(), 1)
        nowhere = dict(os.environ, DISPLAY=":4711")
        self.assertEqual(subprocess.run([HELPER], env=nowhere, input="\n", text=True, check=False).returncode, 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
