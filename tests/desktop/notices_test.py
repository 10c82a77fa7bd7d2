#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Notices as a real desktop shows them: xfce4-notifyd on Xvfb, a session bus of its own, an agent in a home of its own,
a pointer that presses the buttons. Turn on turns cleaning by itself on, Undo brings the files back.

    notices_test.py LULL NOTIFYD DIRECTORY_FOR_SCREENSHOTS
"""

import os
import pathlib
import subprocess
import sys
import unittest

import desk
from screen import PATIENCE, until

NOTIFYD = sys.argv[2]
desk.Desk.LULL, desk.Desk.PICTURES = sys.argv[1], pathlib.Path(sys.argv[3])


class OnADesktop(desk.Desk):
    def setUp(self):
        self.set_up_user()
        self.set_up_screen("800x400x24")
        self.environment["XDG_CURRENT_DESKTOP"] = "XFCE"
        self.junk = self.home / ".cache/mine"
        self.start_bus()
        self.start([NOTIFYD])
        self.gdbus("wait", "--session", "--timeout", str(PATIENCE), "org.freedesktop.Notifications")
        self.agent = None
        self.start_agent()

    def gdbus(self, *words):
        subprocess.run(["gdbus", *words], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def start_agent(self):
        """Until it handles messages: its status item answers then."""
        if self.agent:
            self.agent.terminate()
            self.agent.wait()
        self.agent = self.start([self.LULL, "agent"])
        name = f"org.kde.StatusNotifierItem-{self.agent.pid}-1"
        self.gdbus("wait", "--session", "--timeout", str(PATIENCE), name)
        self.gdbus("call", "--session", "-d", name, "-o", "/StatusNotifierItem", "-m",
                   "org.freedesktop.DBus.Properties.Get", "org.kde.StatusNotifierItem", "Id")

    def said(self, *words):
        return subprocess.run([self.LULL, *words], env=self.environment, capture_output=True, text=True, check=True).stdout

    def place(self):
        windows = self.screen.windows("xfce4-notifyd")
        return self.screen.place(windows[0]) if windows else None

    def keep(self, name):
        """A picture of the notice, once it has come to rest."""
        until("a notice is shown", self.place)
        before = []

        def rests():
            before.append(self.screen.rows())
            return len(before) > 20 and all(rows == before[-1] for rows in before[-20:])
        until("the notice rests", rests)
        self.screen.keep(self.PICTURES / f"notice-{name}.png")

    def press(self, button, until_what, condition):
        """The last button, or the one before it (-2), until that has come of it: a notice that fades in hears nothing."""
        def pressed():
            place = self.place()
            if place and not condition():
                x, y, width, height = place
                self.screen.click(x + width - 56 + 92 * (button + 1), y + height - 30)
            return condition()
        until(until_what, pressed)

    def test_turn_on_and_undo_by_the_pointer(self):
        self.said("run", "clean-idle")
        self.keep("rehearsal")
        self.press(-1, "it is turned on", lambda: 'clean = "on"' in self.said("config"))
        self.keep("turned-on")
        self.assertEqual(sorted(os.listdir(self.junk)), ["a", "b", "c"])
        self.start_agent()  # else the next notice would come too soon after the first
        self.said("run", "clean-idle")
        self.assertEqual(os.listdir(self.junk), [])
        self.keep("cleaned")
        self.press(-2, "the files are back", lambda: sorted(os.listdir(self.junk)) == ["a", "b", "c"])
        self.keep("undone")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
