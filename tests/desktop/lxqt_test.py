#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The status item on lxqt-panel, under a window manager (openbox) that keeps windows off panels.

    lxqt_test.py LULL DIRECTORY_FOR_SCREENSHOTS [TEST...]
"""

import desk
from screen import until

PANEL = f"""[General]
__userfile__=true
panels=panel1

[panel1]
alignment=1
background-color=#3c3c3c
hidable=false
opacity=100
panelSize={desk.Desk.BAR}
plugins=statusnotifier
position=Top
width=100
width-percent=true

[statusnotifier]
alignment=Right
type=statusnotifier
"""


class OnLxqt(desk.Desk):
    def setUp(self):
        self.set_up_user()
        self.environment["XDG_CURRENT_DESKTOP"] = "LXQt"
        self.write(".config/lxqt/panel.conf", PANEL)
        self.set_up_screen()
        self.start_bus()
        self.start(["openbox"])
        until("there is a window manager", lambda: "_NET_SUPPORTING_WM_CHECK(WINDOW)" in self.of_root("_NET_SUPPORTING_WM_CHECK"))
        self.start(["lxqt-panel"])
        # Left, top, width and height: the panel has its place, and windows have what it leaves.
        until("the panel is there", lambda: self.of_root("_NET_WORKAREA").split("=")[-1].split(",")[1:2] == [f" {self.BAR}"])
        until("the panel is drawn", lambda: any(any(row) for row in self.bar()))
        self.wait_for_watcher()
        self.start_agent()

    def of_root(self, name):
        return self.screen.ask("xprop", "-root", name)

    def test_a_click_opens_the_window_below_the_panel_and_another_closes_it(self):
        at, (x, y, width, height) = self.open()
        self.screen.keep(self.PICTURES / "lxqt-open.png")
        self.assertTrue(x <= at[0] <= x + width, f"across the item: {at[0]} of {x}, {width}")
        self.assertTrue(self.BAR <= y <= self.BAR + 8, f"just below the panel: {y}")
        self.assertLessEqual(x + width, 1280)
        self.assertLessEqual(y + height, 900)
        self.screen.click(*at)
        until("it is closed", lambda: not self.screen.windows())

    def test_the_item_goes_with_the_agent(self):
        until("the item is on the panel", self.item)
        self.agent.terminate()
        until("the panel is as it was", lambda: not self.item())


if __name__ == "__main__":
    desk.need("Xvfb", "xdotool", "xprop", "lxqt-panel", "openbox", "dbus-daemon", "gdbus")
    desk.main("__main__")
