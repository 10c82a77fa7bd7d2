#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The agent within limits that the system sets (few descriptors, little address space) and within those that it sets
itself (threads, descriptors) while everything is asked of it at once.

    limits_test.py LULL [--no-memory-limit]

--no-memory-limit: a sanitizer reserves terabytes of addresses.
"""

import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

LULL = sys.argv[1]
LIMIT_MEMORY = "--no-memory-limit" not in sys.argv
PATIENCE = 120  # seconds; without end only if something hangs
WIDTH = 3  # max_parallel_scans
# The engine; two sides of the compute pool; two threads that block, four that are patient; and one to spare.
MOST_THREADS = 1 + 2 * WIDTH + 2 + 4 + 1
MOST_OPEN = 256 + 64  # what a walk keeps, and the rest

RULE = """[[rule]]
id = "mine"
title = "Files of this test"
tier = "safe"
cost = "nothing"
source = "this test"
roots = ["$CACHE/mine"]
"""


def limits(**wanted):
    """For a new process: limits(NOFILE=64)."""
    def apply():
        for name, value in wanted.items():
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    return apply


class Limits(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place = pathlib.Path(folder.name)
        self.home = self.place / "home"
        for name in ("run", "tmp"):
            (self.place / name).mkdir(mode=0o700)
        self.environment = {
            "HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.place / "run"), "TMPDIR": str(self.place / "tmp"),
            "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.place}/run/no-bus",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        self.furnish()

    def furnish(self):
        """A home that is wide and deep, with junk of a rule of its own."""
        for number in range(300):
            for place in ("wide", ".cache/mine"):
                file = self.home / place / str(number) / "file"
                file.parent.mkdir(parents=True)
                file.write_bytes(b"x" * 5000)
        (self.home / "deep" / "/".join(["level"] * 80)).mkdir(parents=True)
        settings = self.home / ".config/lull"
        (settings / "rules.d").mkdir(parents=True)
        (settings / "rules.d/mine.toml").write_text(RULE)
        (settings / "config.toml").write_text(f"[performance]\nmax_parallel_scans = {WIDTH}\n")

    def begin(self, *words):
        return subprocess.Popen([LULL, *words], env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def lull(self, *words):
        asked = self.begin(*words)
        out, err = asked.communicate(timeout=PATIENCE)
        self.assertEqual(asked.returncode, 0, f"{words}: {out}{err}")
        return out

    def start_agent(self, before=None):
        """Answers when this returns; must end in order when the test does."""
        log = open(self.place / "agent.log", "w")
        self.addCleanup(log.close)
        agent = subprocess.Popen([LULL, "agent"], env=self.environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=log, preexec_fn=before)
        self.addCleanup(self.end_in_order, agent)
        end = time.monotonic() + PATIENCE
        while json.loads(self.lull("status", "--json"))["agent"] is None:
            self.assertIsNone(agent.poll(), (self.place / "agent.log").read_text())
            self.assertLess(time.monotonic(), end)
        return agent

    def end_in_order(self, agent):
        said = (self.place / "agent.log").read_text()
        self.assertIsNone(agent.poll(), f"it has ended: {said}")
        agent.send_signal(signal.SIGTERM)
        try:
            self.assertEqual(agent.wait(timeout=PATIENCE), 0, said)
        finally:
            agent.kill()

    def sizes(self):
        report = json.loads(self.lull("size", "--fresh", "--json", str(self.home / "wide"), str(self.home / "deep")))
        return [[path[key] for key in ("error_count", "allocated_bytes", "files", "directories")]
                for path in report["paths"]]

    def live_within(self, **wanted):
        """Everything works, and numbers are those of an agent without limits."""
        free = self.sizes()  # without an agent
        self.assertEqual((free[0][0], free[0][2]), (0, 300))
        agent = self.start_agent(limits(**wanted))
        self.assertEqual(self.sizes(), free)
        for command in ("status", "top", "jobs", "history", "metrics", "rules", "config"):
            self.lull(command)
        scan = json.loads(self.lull("scan", "--category", "mine", "--json"))
        self.assertEqual((scan["categories"][0]["items"], scan["error_count"]), (600, 0))
        self.lull("optimize", "--dry-run")
        moved = json.loads(self.lull("clean", "--yes", "--category", "mine", "--json"))
        self.assertEqual((moved["failed"], moved["moved_items"]), ([], 600))
        self.assertEqual(json.loads(self.lull("undo", "--json"))["restored_items"], 600)
        self.assertEqual(len(list((self.home / ".cache/mine").glob("*/file"))), 300)
        return agent

    def test_64_descriptors_are_enough_for_everything_one_at_a_time(self):
        self.live_within(NOFILE=64)

    def test_256_descriptors_are_enough_for_everything_at_once(self):
        self.ask_everything(self.live_within(NOFILE=256))

    # (Threads share heaps, each of which takes 64 MiB of addresses in one piece.)
    def test_a_gibibyte_of_addresses_is_enough_for_everything(self):
        if not LIMIT_MEMORY:
            self.skipTest("a sanitizer needs more")
        agent = self.live_within(AS=1 << 30)
        self.ask_everything(agent)
        self.assertLess(self.most_addresses(agent), 768 << 20)

    def test_a_crowd_at_64_descriptors_is_served_or_told(self):
        agent = self.start_agent(limits(NOFILE=64))
        crowd = [self.begin("status" if number % 2 else "scan", "--json") for number in range(60)]
        for caller in crowd:
            out, err = caller.communicate(timeout=PATIENCE)
            self.assertIn(caller.returncode, (0, 1, 3), err)
            json.loads(out)  # one document, whatever it says
        self.assertEqual(json.loads(self.lull("status", "--json"))["agent"]["pid"], agent.pid)

    # ---- what it allows itself

    def threads(self, agent):
        return len(os.listdir(f"/proc/{agent.pid}/task"))

    def most_addresses(self, agent):
        """In bytes, since it was started."""
        status = pathlib.Path(f"/proc/{agent.pid}/status").read_text()
        return int(re.search(r"VmPeak:\s+(\d+) kB", status).group(1)) << 10

    def descriptors(self, agent):
        """But those of other processes, of which it keeps as many as there are, within a share of its limit."""
        count = 0
        for number in os.listdir(f"/proc/{agent.pid}/fd"):
            try:
                count += not os.readlink(f"/proc/{agent.pid}/fd/{number}").startswith("/proc/")
            except FileNotFoundError:
                pass  # closed meanwhile
        return count

    def ask_everything(self, agent):
        """All at once; the most threads and descriptors that were seen meanwhile."""
        callers = [self.begin(*words) for _ in range(3) for words in (
            ("scan", "--items"), ("size", "--fresh", str(self.home), "/usr/share"), ("optimize", "--dry-run"),
            ("top",), ("why", str(self.home / ".cache/mine/1")), ("run", "history"))]
        threads = descriptors = 0
        # (What they say fits into a pipe.)
        while any(caller.poll() is None for caller in callers):
            threads = max(threads, self.threads(agent))
            descriptors = max(descriptors, self.descriptors(agent))
        for caller in callers:
            out, err = caller.communicate(timeout=PATIENCE)
            self.assertIn(caller.returncode, (0, 3), out + err)
        return threads, descriptors

    def wait_until(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end)

    def test_threads_and_descriptors_are_bounded_and_go_back(self):
        agent = self.start_agent()
        threads, descriptors = self.ask_everything(agent)
        self.assertGreater(threads, 1, "it was watched while it worked")
        self.assertLessEqual(threads, MOST_THREADS)
        self.assertLessEqual(descriptors, MOST_OPEN)
        self.wait_until(lambda: self.threads(agent) == 1)
        kept = self.descriptors(agent)  # journal, store, watches: kept for good
        self.ask_everything(agent)
        self.wait_until(lambda: self.threads(agent) == 1 and self.descriptors(agent) <= kept)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
