#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The whole program on a real panel: xfce4-panel on Xvfb, a session bus of its own, an agent in a home of its own, a
pointer that clicks. The item is visible, its click opens the window under it, Optimize and Clean move real files and
Undo brings them back, and the item survives its panel.

    panel_test.py LULL DIRECTORY_FOR_SCREENSHOTS [TEST...]
"""

import datetime
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys

import desk
from screen import FOCUS_NOBODY, PATIENCE, until

BUTTON, ACCENT = (0x3a3e48, 0x474c58), (0x2e6ddf, 0x3172e4)  # of the dark theme, resting and under the pointer

PANEL = f"""<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="{desk.Desk.BAR}"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray"/>
  </property>
</channel>
"""


class OnAPanel(desk.Desk):
    def setUp(self):
        self.set_up_user()
        self.environment["XDG_CURRENT_DESKTOP"] = "XFCE"
        self.write(".config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml", PANEL)
        self.set_up_screen()
        self.start_bus()
        self.start_panel()
        self.start_agent()

    def start_panel(self):
        self.panel = self.start(["xfce4-panel", "--disable-wm-check"])
        until("the panel is drawn", lambda: any(any(row) for row in self.bar()))
        self.wait_for_watcher()

    def cached(self):
        return sorted(os.listdir(self.home / ".cache/mine"))

    def facts(self):
        """Of each file: its bytes, when it was written, how it may be used, and which one it is."""
        def of(path):
            status = path.stat()
            return path.read_bytes(), status.st_mtime_ns, status.st_mode, status.st_ino
        return {name: of(self.home / ".cache/mine" / name) for name in self.cached()}

    def press(self, what, colors, wide, within, which=-1, least=1):
        self.screen.xdotool("mousemove", within[0] + 60, within[1] + 30)  # off every button
        found = until(what, lambda: len(bands := self.screen.bands(colors, wide, within)) >= least and bands)
        self.screen.keep(self.PICTURES / f"panel-{self._testMethodName}.png")
        self.screen.click(*found[which])

    def test_a_click_opens_the_window_under_the_item_and_another_closes_it(self):
        at, (x, y, width, _) = self.open()
        self.screen.keep(self.PICTURES / "panel-open.png")
        self.assertTrue(x <= at[0] <= x + width, "across the item")
        self.assertTrue(at[1] <= y <= self.BAR + 4, f"just under the click: {y}")
        self.assertLessEqual(x + width, 1280)
        self.screen.click(*at)
        until("it is closed", lambda: not self.screen.windows())

    def test_who_has_no_display_is_shown_the_window_in_the_agents_session(self):
        self.assertEqual(self.lull_without_a_display("popover").returncode, 0)
        first = until("the window is open", self.owners)
        # Asked again it stays, other than by a click: what scripts want is that it is seen.
        self.assertEqual(self.lull_without_a_display("popover").returncode, 0)
        until("the next has taken its place", lambda: len(now := self.owners()) == 1 and now != first)

    def test_a_second_agent_shows_the_window_of_the_first_to_who_has_typed_it(self):
        self.assertNotEqual(self.lull_without_a_display("agent").returncode, 0)
        self.assertFalse(self.screen.windows(), "a script has nobody to show it to")
        ours, theirs = pty.openpty()
        with os.fdopen(ours), os.fdopen(theirs, "w") as terminal:
            second = subprocess.run([self.LULL, "agent"], env=self.environment, stderr=terminal, check=False)
        self.assertNotEqual(second.returncode, 0)
        until("the window is open", self.screen.windows)

    def owners(self):
        """The processes of windows of ours. (X servers give the number of a window that is gone to the next.)"""
        return [self.screen.xdotool("getwindowpid", window).strip() for window in self.screen.windows()]

    def lull_without_a_display(self, *words):
        environment = {name: value for name, value in self.environment.items() if name != "DISPLAY"}
        return subprocess.run([self.LULL, *words], env=environment, capture_output=True, check=False)

    def test_clean_and_undo_by_the_pointer(self):
        _, (x, y, width, height) = self.open()
        window = (x, y, width, height)
        lower = (x, y + 280, width, height - 280)
        self.press("Clean can be pressed", BUTTON, 300, lower)
        self.press("what would go is shown", ACCENT, 200, lower)
        until("the files are in the trash", lambda: not self.cached())
        until("the journal has the run", lambda: any(run["kind"] == "clean" for run in self.lull("history")))
        self.press("Undo can be pressed", BUTTON, 140, (x, y, width // 2 + 10, 420), which=0)
        until("the files are back", lambda: self.cached() == ["a", "b", "c"])
        self.assertEqual(len(window), 4)

    def test_optimize_and_undo_by_the_pointer(self):
        before = self.facts()
        _, (x, y, width, _) = self.open()
        upper, left = (x, y + 120, width, 420), (x, y + 120, width // 2 + 10, 420)
        self.press("Optimize can be pressed", ACCENT, 300, upper)
        until("the files are in the trash", lambda: not self.cached())
        until("the run has ended", lambda: any(run["undoable"] for run in self.lull("history")))
        runs = self.lull("history")
        self.assertEqual({run["origin"] for run in runs}, {"user"})
        self.assertEqual(sorted(run["kind"] for run in runs), ["clean", "optimize"], "memory, and files to undo")
        self.assertEqual([run["items"] for run in runs if run["kind"] == "clean"], [3])
        self.press("the result is shown, with Undo", BUTTON, 140, left, which=0)
        until("the files are back", lambda: self.cached() == ["a", "b", "c"])
        self.assertEqual(self.facts(), before)
        # Its result can only be put away: one button as wide as the card.
        self.press("what undoing did is shown", BUTTON, 300, upper, which=0)
        until("the button is there again", lambda: self.screen.bands(ACCENT, 300, upper))
        self.assertTrue(self.screen.windows(), "it stayed open all the while")

    def test_a_window_opened_again_shows_what_goes_on_and_takes_it_back(self):
        names = [f"f{number:04}" for number in range(4000)]
        for name in names:
            self.write(".cache/mine/" + name, "x")
        at, (x, y, width, _) = self.open()
        self.press("Optimize can be pressed", ACCENT, 300, (x, y + 120, width, 420))
        until("files are moving", lambda: len(self.cached()) < len(names))
        # What is not there yet when the next window comes would be over by then.
        self.addCleanup(self.agent.send_signal, signal.SIGCONT)
        self.agent.send_signal(signal.SIGSTOP)
        self.assertTrue(self.cached(), "the middle of it")
        self.screen.xdotool("key", "Escape")
        until("it is closed", lambda: not self.screen.windows())
        self.start([str(pathlib.Path(self.LULL).with_name("lull-popover")), "--at", f"{at[0]},{at[1]}"])
        x, y, width, _ = self.screen.place(until("the next is open", self.screen.windows)[0])
        self.agent.send_signal(signal.SIGCONT)
        until("closing it has changed nothing", lambda: not self.cached())
        self.press("its result is shown, with Undo", BUTTON, 140, (x, y + 120, width // 2 + 10, 420), which=0)
        until("the files are back", lambda: self.cached() == ["a", "b", "c", *names])

    def is_opened_in(self, color):
        at, place = self.open()
        until("it is drawn", lambda: self.screen.bands([0x1c1d21, 0xf3f4f7], 100, place))
        found = self.screen.bands([color], 100, place)
        self.screen.click(*at)
        until("it is closed", lambda: not self.screen.windows())
        return found

    def test_the_window_has_the_colours_that_the_desktop_wants(self):
        until("an agent", lambda: subprocess.run([self.LULL, "config", "set", "ui.theme", "system"], check=False,
                                                 env=self.environment, capture_output=True).returncode == 0)
        # One that speaks for the desktop (tests/agent/tray/fake_panel.cc): 1 is dark, 2 is light.
        with subprocess.Popen([os.environ["LULL_FAKE_PANEL"]], env=self.environment, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True, bufsize=1) as portal:
            self.assertEqual(portal.stdout.readline(), "ok\n")
            for number, color in (("2", 0xf3f4f7), ("1", 0x1c1d21), ("2", 0xf3f4f7)):
                portal.stdin.write(f"colors\t{number}\n")
                self.assertEqual(portal.stdout.readline(), "ok\n")
                until("the window follows", lambda color=color: self.is_opened_in(color))

    def test_the_loss_of_focus_closes(self):
        self.open()
        window = self.screen.windows()[0]
        until("it has the focus", lambda: self.screen.xdotool("getwindowfocus").strip() == window)
        subprocess.run([sys.executable, "-c", FOCUS_NOBODY], env=self.environment, check=True)
        until("it is closed", lambda: not self.screen.windows())

    def test_the_item_is_back_on_a_panel_that_crashed(self):
        until("the item is on the panel", self.item)
        self.panel.kill()
        self.panel.wait()
        until("the bar is gone", lambda: not any(any(row) for row in self.bar()))
        self.start_panel()
        self.open()

    def gdbus(self, to, path, method, *words):
        return subprocess.run(["gdbus", "call", "--session", "--dest", to, "--object-path", path, "--method", method,
                               *words], env=self.environment, capture_output=True, text=True, check=False).stdout

    def menu(self, method, *words):
        watcher = "org.kde.StatusNotifierWatcher"
        items = self.gdbus(watcher, "/StatusNotifierWatcher", "org.freedesktop.DBus.Properties.Get", watcher,
                           "RegisteredStatusNotifierItems")
        name = re.search(r"'([^'/]+)", items)
        return self.gdbus(name.group(1), "/MenuBar", "com.canonical.dbusmenu." + method, *words) if name else ""

    def menu_id(self, label):
        layout = self.menu("GetLayout", "--", "0", "-1", "[]")
        found = re.search(r"\((\d+), \{[^}]*'label': <'" + label + "'>", layout)
        return found and found.group(1)

    def test_the_items_menu_undoes_the_last_run_once_there_is_one(self):
        until("the item has a menu", lambda: self.menu_id("Op_timize now"))
        self.assertIsNone(self.menu_id("_Undo last"))
        subprocess.run([self.LULL, "clean", "--yes"], env=self.environment, stdout=subprocess.DEVNULL, check=True)
        self.assertEqual(self.cached(), [])
        entry = until("there is something to undo", lambda: self.menu_id("_Undo last"))
        self.menu("Event", entry, "clicked", "<int32 0>", "0")
        until("the window shows it", self.screen.windows)
        until("the files are back", lambda: self.cached() == ["a", "b", "c"])
        until("there is no more to undo", lambda: not self.menu_id("_Undo last"))

    def choose(self, label):
        entry = until(label + " is in the menu", lambda: self.menu_id(label))
        self.menu("Event", entry, "clicked", "<int32 0>", "0")

    def close(self):
        """The window, as a click elsewhere would."""
        window = until("the window is shown", self.screen.windows)[0]
        until("it has the focus", lambda: self.screen.xdotool("getwindowfocus").strip() == window)
        self.screen.keep(self.PICTURES / f"panel-menu-{self.chosen}.png")
        subprocess.run([sys.executable, "-c", FOCUS_NOBODY], env=self.environment, check=True)
        until("it is closed", lambda: not self.screen.windows())

    def arguments(self):
        """Of the window's process, once there is one."""
        owner = until("the window is shown", self.owners)[0]
        return pathlib.Path(f"/proc/{owner}/cmdline").read_bytes().decode().split("\0")[1:-1]

    def test_every_entry_of_the_items_menu_does_what_it_says(self):
        desktop = subprocess.Popen([os.environ["LULL_FAKE_DESKTOP"], "actions"], env=self.environment, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1)
        self.addCleanup(desktop.stdout.close)
        self.addCleanup(desktop.wait)
        self.addCleanup(desktop.stdin.close)
        self.addCleanup(desktop.kill)
        self.assertEqual(desktop.stdout.readline(), "ok\n")
        self.chosen = "open"
        self.choose("_Open Lull")
        self.assertEqual(self.arguments(), [])
        self.close()
        self.chosen = "preferences"
        self.choose("Pr_eferences")
        self.assertEqual(self.arguments(), ["--page", "settings"])
        self.close()
        self.chosen = "optimize"
        self.choose("Op_timize now")
        until("the files are in the trash", lambda: not self.cached())
        self.close()
        self.choose("_Undo last")
        until("the files are back", lambda: self.cached() == ["a", "b", "c"])
        self.chosen = "undo"
        self.close()
        for label, most in (("_Pause for an hour", 3600), ("Pause until to_morrow", 86400 + 3600)):
            self.choose(label)
            until("it is paused", lambda: self.lull("status")["paused"])
            end = datetime.datetime.fromisoformat(self.lull("status")["paused_until_at"].replace("Z", "+00:00"))
            left = (end - datetime.datetime.now(datetime.timezone.utc)).total_seconds()
            self.assertTrue(0 < left <= most, f"{label}: {left} s")
            self.choose("_Resume")
            until("it is not paused", lambda: not self.lull("status")["paused"])
        self.choose("_About Lull")
        desktop.stdin.write("await\n")
        self.assertIn("|Lull ", desktop.stdout.readline())
        self.choose("_Quit")
        self.assertEqual(self.agent.wait(PATIENCE), 0)

    # What is the agent's alone: shares of pages of files depend on who else has them at the moment.
    def own_kib(self):
        text = pathlib.Path(f"/proc/{self.agent.pid}/smaps_rollup").read_text(encoding="utf-8")
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss_Anon:"))

    def test_a_hundred_times_opened_and_closed_costs_the_agent_nothing(self):
        if desk.is_instrumented(self.LULL):
            self.skipTest("a sanitizer's own memory grows")
        def cycle():
            at, _ = self.open()
            self.screen.click(*at)
            until("it is closed", lambda: not self.screen.windows())
        # The first scan of the agent's own accord would fall into this and be measured with it.
        until("the agent takes a pause", lambda: subprocess.run(
            [self.LULL, "pause"], env=self.environment, capture_output=True, check=False).returncode == 0)
        for _ in range(10):
            cycle()
        before = self.own_kib()
        for _ in range(90):
            cycle()
        # What the last click needed goes back a moment after it.
        until("it is as small as before, but for 512 KiB", lambda: self.own_kib() - before < 512)
        self.assertIsNone(self.agent.poll())



if __name__ == "__main__":
    desk.need("Xvfb", "xdotool", "xfce4-panel", "dbus-daemon", "gdbus")
    desk.main("__main__")
