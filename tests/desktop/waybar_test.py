#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The status item on waybar, on a sway without a monitor: that it is shown. A seat without devices has no pointer, so
nobody can click there.

    waybar_test.py LULL DIRECTORY_FOR_SCREENSHOTS [TEST...]
"""

import json

import desk
from screen import until
from sway import Sway

SWAY = "output * resolution 1280x720\n"
BAR = {"layer": "top", "position": "top", "height": desk.Desk.BAR, "modules-right": ["tray"], "tray": {"icon-size": 20}}
STYLE = "* { border: none; min-height: 0; } window#waybar { background: #202020; }\n"
# As the session's own, but for whoever asks: the agent and sway may not be the same user.
BUS = """<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
</busconfig>
"""


class OnWaybar(desk.Desk):
    def setUp(self):
        self.set_up_user()
        self.sway = Sway(SWAY, self.environment, self.addCleanup)
        if self.sway.as_user:
            self.home.chmod(0o755)  # the settings of the bar and the bus are there
        self.write("bar", json.dumps(BAR))
        self.write("style", STYLE)
        self.write("bus", BUS.format(folder=self.sway.folder))
        self.start_bus(["--config-file=" + str(self.home / "bus")])
        self.sway.environment["DBUS_SESSION_BUS_ADDRESS"] = self.environment["DBUS_SESSION_BUS_ADDRESS"]
        bar = self.sway.start("waybar", "-c", str(self.home / "bar"), "-s", str(self.home / "style"))
        self.addCleanup(bar.wait)
        self.addCleanup(bar.terminate)
        self.wait_for_watcher()
        until("the bar is drawn", lambda: any(0x20 in row[:3] for row in self.bar()))
        self.start_agent()

    def bar(self):
        return self.sway.rows(self.BAR)

    def test_the_item_is_shown_and_goes_with_the_agent(self):
        x, _ = until("the item is on the bar", self.item)
        self.sway.keep(self.PICTURES / "waybar.png")
        self.assertGreater(x, 1280 - 60, "at the right end, where the tray is")
        self.agent.terminate()
        until("the bar is as it was", lambda: not self.item())


if __name__ == "__main__":
    desk.need("sway", "waybar", "grim", "dbus-daemon", "gdbus", "setpriv")
    desk.main("__main__")
