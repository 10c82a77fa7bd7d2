# SPDX-License-Identifier: MIT
"""A user with a home, a session bus and an agent of their own, before a panel on a screen without a monitor."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from screen import PATIENCE, Screen, until

SKIPPED = 77  # what ctest takes for "skipped"

RULE = """[[rule]]
id = "mine"
title = "Files of this test"
tier = "safe"
cost = "nothing"
source = "this test"
roots = ["$CACHE/mine"]
"""


def need(*programs):
    """Ends the test as skipped, and says so, where one of them is not installed."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        print("skipped: not installed here: " + ", ".join(missing))
        sys.exit(SKIPPED)


def is_instrumented(program):
    """Was it built with a sanitizer?"""
    return any(name in pathlib.Path(program).read_bytes() for name in (b"__tsan_init", b"__asan_init"))


class Desk(unittest.TestCase):
    """Panels derive from it. A bar of BAR pixels at the top of the screen is theirs."""

    BAR = 28
    LULL = PICTURES = None  # the program; where screenshots go

    def set_up_user(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        (self.home / "run").mkdir(mode=0o700)
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("XDG_", "LULL_", "DBUS_", "WAYLAND_"))}
        self.environment.update(HOME=folder.name, XDG_RUNTIME_DIR=folder.name + "/run", NO_AT_BRIDGE="1",
                                XDG_CONFIG_HOME=folder.name + "/.config", GSETTINGS_BACKEND="memory")
        self.write(".config/lull/config.toml", '[ui]\ntheme = "dark"\n')
        self.write(".config/lull/rules.d/mine.toml", RULE)
        self.write(".local/state/lull/welcomed", "")
        for name in "abc":
            self.write(".cache/mine/" + name, name * 50_000)
            # Long ago, to the nanosecond: what is put back is as old as it was.
            os.utime(self.home / ".cache/mine" / name, ns=(1_600_000_000_000_000_001, 1_700_000_000_123_456_789))

    def set_up_screen(self, size="1280x900x24"):
        self.screen = Screen(self.home, size, self.environment)
        self.addCleanup(self.screen.end)
        self.environment = self.screen.environment

    def write(self, name, text):
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def start(self, words, environment=None):
        program = subprocess.Popen(words, env=environment or self.environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)

        def end():
            if program.poll() is None:
                program.terminate()
            program.wait()
        self.addCleanup(end)
        return program

    def start_bus(self, kind=("--session",)):
        bus = subprocess.Popen(["dbus-daemon", *kind, "--nofork", "--print-address=1"], text=True,
                               env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(bus.stdout.close)
        self.addCleanup(bus.wait)
        self.addCleanup(bus.terminate)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()

    def start_agent(self):
        self.empty = self.bar()
        self.agent = self.start([self.LULL, "agent"])
        # Without an agent a status is told as well, by the command itself.
        until("the agent answers", lambda: self.lull("status")["agent"])

    def wait_for_watcher(self):
        watcher = ["gdbus", "wait", "--session", "--timeout", str(PATIENCE), "org.kde.StatusNotifierWatcher"]
        subprocess.run(watcher, env=self.environment, check=True)

    def bar(self):
        return self.screen.rows(0, self.BAR)

    def item(self):
        """The middle of what is on the bar now and was not before there was an agent. Only its upper half counts:
        where a window was over the lower one, the panel may not have drawn itself again yet."""
        columns = {at // 4 for before, row in zip(self.empty[:self.BAR // 2], self.bar()) if before != row
                   for at in range(0, len(row), 4) if row[at:at + 3] != before[at:at + 3]}
        return (sum(columns) // len(columns), self.BAR // 2) if len(columns) >= 8 else None

    def open(self):
        at = until("the item is on the panel", self.item)
        self.screen.click(*at)
        return at, self.screen.place(until("the window is open", self.screen.windows)[0])

    def lull(self, *words):
        done = subprocess.run([self.LULL, *words, "--json"], env=self.environment, capture_output=True, text=True,
                              check=False)
        return json.loads(done.stdout)


def main(module):
    """SCRIPT LULL DIRECTORY_FOR_SCREENSHOTS [TEST...]"""
    Desk.LULL, Desk.PICTURES = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(module, argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
