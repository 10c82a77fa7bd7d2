# SPDX-License-Identifier: MIT
"""sway without a monitor, for tests of programs on Wayland: its windows, its pixels and a keyboard."""

import json
import os
import pathlib
import subprocess
import tempfile

import pictures
from screen import PATIENCE, until


class Sway:
    """sway will not be root's: then it is nobody's, who has a folder of their own."""

    def __init__(self, config, environment, end_later):
        folder = tempfile.TemporaryDirectory()
        end_later(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.as_user = []
        if os.getuid() == 0:
            os.chown(self.folder, 65534, 65534)
            self.as_user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        (self.folder / "config").write_text(config, encoding="utf-8")
        self.environment = dict(environment, XDG_RUNTIME_DIR=str(self.folder), HOME=str(self.folder),
                                XDG_CONFIG_HOME=str(self.folder), WLR_BACKENDS="headless",
                                WLR_LIBINPUT_NO_DEVICES="1", WLR_RENDERER="pixman")
        self.environment.pop("DISPLAY", None)
        self.program = self.start("sway", "-c", str(self.folder / "config"))
        end_later(self.end)
        self.display = until("there is a compositor", lambda: sorted(self.folder.glob("wayland-?")))[0]
        self.environment["WAYLAND_DISPLAY"] = self.display.name
        control = until("it takes orders", lambda: list(self.folder.glob("sway-ipc.*.sock")))[0]
        self.environment["SWAYSOCK"] = str(control)

    def end(self):
        if self.program.poll() is None:
            self.program.terminate()
        try:
            self.program.wait(PATIENCE)
        except subprocess.TimeoutExpired:  # sway 1.10 once never ended; that is not ours to judge
            self.program.kill()
            self.program.wait()

    def start(self, *words):
        """A program of the one whose session it is."""
        return subprocess.Popen([*self.as_user, *words], env=self.environment, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def ask(self, *words):
        return subprocess.run([*self.as_user, *map(str, words)], env=self.environment, capture_output=True,
                              check=False).stdout

    def order(self, *words):
        return self.ask("swaymsg", *words)

    def windows(self):
        """What sway says of each: {"pid": …, "name": …, "rect": {…}, "type": "floating_con", …}."""
        found, left = [], [json.loads(self.ask("swaymsg", "-t", "get_tree") or "{}")]
        while left:
            node = left.pop()
            left += node.get("nodes", []) + node.get("floating_nodes", [])
            if node.get("pid"):
                found.append(node)
        return found

    def rows(self, height=None):
        """Rows of what is on the screen from the top, 4 bytes a pixel: blue, green, red, nothing. As Screen.rows()."""
        shot = self.ask("grim", "-t", "ppm", "-")
        if not shot:
            return [b""]
        _, size, _, data = shot.split(b"\n", 3)
        wide = int(size.split()[0])
        rows = [data[at:at + wide * 3] for at in range(0, len(data), wide * 3)]
        return [b"".join(row[at + 2:at + 3] + row[at + 1:at + 2] + row[at:at + 1] + b"\0"
                         for at in range(0, len(row), 3)) for row in rows[:height]]

    def keep(self, path):
        """A picture of the screen, to be looked at."""
        rows = [b"".join(bytes((row[at + 2], row[at + 1], row[at], 255)) for at in range(0, len(row), 4))
                for row in self.rows()]
        pictures.write_png(path, rows)
