#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The status item on waybar, on a sway without a monitor: that it is shown. A seat without devices has no pointer, so
nobody can click there.

    waybar_test.py LULL DIRECTORY_FOR_SCREENSHOTS [TEST...]
"""

import json
import os
import pathlib
import subprocess
import tempfile

import desk
import pictures
from screen import until

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
        self.write("sway", SWAY)
        self.write("bar", json.dumps(BAR))
        self.write("style", STYLE)
        self.as_user = self.somebody()
        self.write("bus", BUS.format(folder=self.session))
        self.start_bus(["--config-file=" + str(self.home / "bus")])
        self.seat = dict(self.environment, XDG_RUNTIME_DIR=str(self.session), HOME=str(self.session),
                         XDG_CONFIG_HOME=str(self.session), WLR_BACKENDS="headless",
                         WLR_LIBINPUT_NO_DEVICES="1", WLR_RENDERER="pixman")
        self.start([*self.as_user, "sway", "-c", str(self.home / "sway")], self.seat)
        socket = until("there is a compositor", lambda: sorted(self.session.glob("wayland-?")))[0]
        self.seat["WAYLAND_DISPLAY"] = socket.name
        self.start([*self.as_user, "waybar", "-c", str(self.home / "bar"), "-s", str(self.home / "style")], self.seat)
        self.wait_for_watcher()
        until("the bar is drawn", lambda: any(0x20 in row[:3] for row in self.bar()))
        self.start_agent()

    def somebody(self):
        """sway will not be root's: then it is nobody's, who may read the settings and has a folder of their own."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.session = pathlib.Path(folder.name)
        if os.getuid() != 0:
            return []
        self.home.chmod(0o755)
        os.chown(self.session, 65534, 65534)
        return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

    def bar(self):
        """As Screen.rows(): 4 bytes a pixel, blue, green, red, nothing."""
        shot = subprocess.run([*self.as_user, "grim", "-t", "ppm", "-"], env=self.seat, capture_output=True,
                              check=False).stdout
        if not shot:
            return [b""]
        _, size, _, data = shot.split(b"\n", 3)
        wide = int(size.split()[0])
        self.pixels = [data[at:at + wide * 3] for at in range(0, len(data), wide * 3)]
        return [b"".join(row[at + 2:at + 3] + row[at + 1:at + 2] + row[at:at + 1] + b"\0"
                         for at in range(0, len(row), 3)) for row in self.pixels[:self.BAR]]

    def keep(self, name):
        rows = [b"".join(row[at:at + 3] + b"\xff" for at in range(0, len(row), 3)) for row in self.pixels]
        pictures.write_png(self.PICTURES / name, rows)

    def test_the_item_is_shown_and_goes_with_the_agent(self):
        x, _ = until("the item is on the bar", self.item)
        self.keep("waybar.png")
        self.assertGreater(x, 1280 - 60, "at the right end, where the tray is")
        self.agent.terminate()
        until("the bar is as it was", lambda: not self.item())


if __name__ == "__main__":
    desk.need("sway", "waybar", "grim", "dbus-daemon", "gdbus", "setpriv")
    desk.main("__main__")
