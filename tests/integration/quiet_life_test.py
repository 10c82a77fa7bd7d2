#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A normal life under strace: the agent starts, scans, cleans, gives back, is asked everything and ends; so do commands
without an agent. Nothing of it opens a socket that leads out of the machine, nothing is executed but what SECURITY.md
lists, and the log names nothing of the user's.

    quiet_life_test.py LULL
Exit code 77: strace is not there or may not trace here.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

LULL = sys.argv[1]
SECRET = "very-private-name"
PATIENCE = 120  # seconds; without end only if something hangs
# What the agent may execute: the window, on a click or `lull popover`, and what asks an X server.
MAY_EXECUTE = {"lull-popover", "lull-x11-presence", "lull-wayland-presence"}
LOCAL = {"AF_UNIX", "AF_LOCAL", "AF_NETLINK"}  # the last: the kernel's events of devices
NETLINK = re.compile(r"\bsocket\((?:AF|PF)_NETLINK, [^,]*, (\w+)")
CALLS = "trace=socket,socketpair,connect,bind,sendto,execve,execveat"

RULE = f"""[[rule]]
id = "mine"
title = "Files of this test"
tier = "safe"
cost = "nothing"
source = "this test"
roots = ["$CACHE/{SECRET}"]
"""

# Everything is on that starts a process.
SETTINGS = """[relief]
squeeze = "on-request"
"""


def may_trace():
    try:
        return subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=PATIENCE).returncode == 0
    except FileNotFoundError:
        return False


class QuietLife(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place = pathlib.Path(folder.name)
        self.home = self.place / "home" / SECRET
        self.home.mkdir(parents=True)
        for name in ("run", "tmp"):
            (self.place / name).mkdir(mode=0o700)
        self.environment = {
            "HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.place / "run"), "TMPDIR": str(self.place / "tmp"),
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8",
            # Addresses where nobody listens: looked at, never left the machine.
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.place}/run/no-bus",
            "DISPLAY": ":4711",
            # The sanitizers' own search for leaks traces, which strace does already.
            "ASAN_OPTIONS": "detect_leaks=0:detect_stack_use_after_return=0",
        }
        junk = self.home / ".cache" / SECRET
        junk.mkdir(parents=True)
        for number in range(20):
            (junk / f"{SECRET}-{number}").write_text("junk")
        rules = self.home / ".config/lull/rules.d"
        rules.mkdir(parents=True)
        (rules.parent / "config.toml").write_text(SETTINGS)
        self.rule = rules / "mine.toml"
        self.rule.write_text(RULE)
        self.wrong_rule = self.home / f"{SECRET}.toml"
        self.wrong_rule.write_text(RULE.replace("safe", "unsafe"))
        self.junk = junk
        self.traces = []

    def traced(self, *words):
        trace = self.place / f"trace-{len(self.traces)}"
        self.traces.append(trace)
        return ["strace", "-f", "-qq", "-e", CALLS, "-e", "signal=none", "-o", str(trace), LULL, *words]

    def lull(self, *words):
        done = subprocess.run(self.traced(*words), env=self.environment, stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=PATIENCE)
        return done

    def live(self):
        """An agent's life; what it logged."""
        agent = subprocess.Popen(self.traced("agent"), env=self.environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            socket = self.place / "run/lull/control"
            end = time.monotonic() + PATIENCE
            while not socket.exists():
                self.assertIsNone(agent.poll(), "the agent ended")
                self.assertLess(time.monotonic(), end)
                time.sleep(0.02)
            self.assertEqual(self.lull("scan", "--items").returncode, 0)
            cleaned = self.lull("clean", "--yes", "--category", "mine")
            self.assertEqual(cleaned.returncode, 0, cleaned.stdout + cleaned.stderr)
            self.assertEqual(list(self.junk.iterdir()), [])
            self.assertEqual(self.lull("undo").returncode, 0)
            self.assertEqual(len(list(self.junk.iterdir())), 20)
            for words in (("status",), ("top",), ("size", str(self.home)), ("jobs",), ("history",), ("metrics",),
                          ("optimize", "--dry-run"), ("why", str(self.junk)), ("rules",), ("config",),
                          ("run", "scan"), ("pause", "1h"), ("resume",), ("size", "--fresh", str(self.junk)),
                          ("rules", "check", str(self.rule)), ("clean", "--dry-run"), ("history", "1"),
                          ("config", "set", "automation.idle_cpu_percent", "40")):
                self.assertIn(self.lull(*words).returncode, (0, 3), words)
            # A job that waits for nobody to be there asks who is.
            self.assertEqual(self.lull("why", "clean-idle").returncode, 0)
            self.assertIn(self.lull("optimize", "--yes").returncode, (0, 3))
            # What is wrong is told to whoever asked, not to the log.
            self.assertEqual(self.lull("size", str(self.home / f"{SECRET}-missing")).returncode, 1)
            self.assertEqual(self.lull("rules", "check", str(self.wrong_rule)).returncode, 2)
            # (The lock names the agent itself; strace ends with it and as it.)
            first = int((self.place / "run/lull/lock").read_text().strip())
            os.kill(first, signal.SIGHUP)
            self.assertEqual(self.lull("status").returncode, 0)
            os.kill(first, signal.SIGTERM)
            _, log = agent.communicate(timeout=PATIENCE)
            self.assertEqual(agent.returncode, 0, log)
            return log
        finally:
            if agent.poll() is None:
                agent.kill()
                agent.communicate()

    def sockets_and_programs(self):
        families, programs = set(), []
        for trace in self.traces:
            text = trace.read_text(errors="replace")
            self.assertIn("execve(", text)  # it was traced
            families |= set(re.findall(r"\bsocket(?:pair)?\((\w+),", text)) | set(re.findall(r"sa_family=(\w+)", text))
            # (Whether it succeeded may stand on a line of its own; so what was tried counts.)
            started = re.findall(r'\bexecve(?:at)?\((?:\w+, )?"([^"]*)"', text)
            programs += [os.path.basename(name) for name in started[1:]]  # the first is lull itself
        return families, programs

    def test_nothing_leaves_the_machine_and_nothing_is_executed(self):
        self.live()
        self.assertEqual(self.lull("scan").returncode, 0)  # without an agent
        self.assertEqual(self.lull("status").returncode, 0)
        families, programs = self.sockets_and_programs()
        self.assertIn("AF_UNIX", families)
        self.assertLessEqual(families, LOCAL)
        netlink = set().union(*(NETLINK.findall(trace.read_text(errors="replace")) for trace in self.traces))
        self.assertLessEqual(netlink, {"NETLINK_KOBJECT_UEVENT"})
        self.assertLessEqual(set(programs), MAY_EXECUTE)
        if (pathlib.Path(LULL).parent / "lull-x11-presence").exists():
            self.assertIn("lull-x11-presence", programs)

    def test_the_log_names_nothing_of_the_users(self):
        log = self.live()
        self.assertIn("started", log)
        self.assertIn("stopped", log)
        self.assertNotIn(SECRET, log)


if __name__ == "__main__":
    if not may_trace():
        print("skipped: strace is not there, or may not trace here")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1], verbosity=2)
