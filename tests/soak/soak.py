#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An hour of an agent's life, dense and rough: the real program on a home of its own with short intervals, while signals,
stops, steps of the clock, ends of the message buses, bad settings and impatient people come as a seeded die says.

    soak.py [--minutes N] [--seed N] [--report FILE] [--keep] LULL

What happens, every second or so:
  * SIGHUP, with the settings changed before, at times to what is no setting; signals that mean nothing to an agent (SIGURG,
    SIGCHLD, SIGWINCH, SIGPIPE, SIGCONT). SIGUSR1 and SIGUSR2 mean nothing either: they would end it, as any program.
  * SIGSTOP for up to eight seconds, then SIGCONT.
  * The clock on the wall goes to another day, to 1970, to 2100 and back, by libfaketime if that is there (the report says so).
    CLOCK_MONOTONIC is left alone: the kernel lets nobody step it.
  * The session and the system bus end, stay away and come back, with a logind and a notification server (python3-dbusmock,
    if it is there) or without.
  * Commands: all that reads, `clean`, `undo`, `optimize`, `pause` and `run` of each job; some are killed in the middle.
  * In the last sixth: the agent itself is ended by SIGTERM or SIGKILL and started again. Before, it is one life.

What must hold:
  * A question gets its answer within ten seconds at any time, but for when the agent was stopped or away.
  * No job is stuck: every job ends runs to the last, and none runs for longer than two minutes.
  * Every start has an end: in the journal no run and no move is open, and no job without an outcome.
  * No file of the home is lost or twice: each is where it was, or in the trash.
  * It ends by SIGTERM with 0 within twenty seconds, times the load of the machine: its background threads have the idle
    class, and end when they are given a processor. Of a build with sanitizers nothing is reported, leaks included.
  * Memory of its own does not grow (RssAnon; pages of mapped files are the kernel's to take): of the one long life, the
    median of the last quarter is no more than a tenth and 4 MiB above that of the second quarter. (A build with sanitizers
    keeps what was freed: a fifth and 24 MiB then, with a quarantine of 4 MiB.)

Needs half a gigabyte and no privilege. Exit code 1: something did not hold; each is a line on standard error.
"""

import argparse
import collections
import glob
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ANSWER = 10  # seconds
LONGEST_RUN = 120
END = 20
MOST_FILES = 4000

RULE = """[[rule]]
id = "mine"
title = "files of this test"
tier = "safe"
cost = "nothing"
source = "this test"
roots = ["$CACHE/mine"]
"""

SETTINGS = """[automation]
clean = "{clean}"
scan_interval = "1 min"
idle_after = "{idle_after} s"
idle_cpu_percent = 100
on_battery = true
[performance]
refresh_interval = "1 s"
dir_cache_ttl = "{ttl} s"
dir_cache_size = {entries}
[metrics]
textfile = "{home}/lull.prom"
"""
BAD_SETTINGS = ["[automation]\nclean = 7\n", "[nonsense]\n", "clean = [", "\0\0\0", "[automation]\nscan_interval = \"-1 s\"\n"]
IGNORED = [signal.SIGURG, signal.SIGCHLD, signal.SIGWINCH, signal.SIGPIPE, signal.SIGCONT]
# To the clock of libfaketime: offsets from now, and dates.
CLOCKS = ["+1h", "-1h", "+26h", "-3d", "+40d", "-2y", "@1970-01-01 00:00:10", "@2100-06-01 12:00:00", "+0"]
BUS = """<busconfig><type>custom</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context='default'><allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/></policy>
</busconfig>"""


def first_existing(patterns):
    return next((found for pattern in patterns for found in sorted(glob.glob(pattern))), None)


def load():
    """How many want each processor; 1 if there is one for everybody."""
    return max(1.0, os.getloadavg()[0] / len(os.sched_getaffinity(0)))


class Buses:
    """Both message buses of this home, which come and go, and what is on them."""

    def __init__(self, place, log):
        self.place, self.log, self.children = place, log, []
        self.python = next((python for python in (sys.executable, "/usr/bin/python3")
                            if subprocess.run([python, "-c", "import dbusmock"], stderr=subprocess.DEVNULL,
                                              check=False).returncode == 0), None)

    def address(self, name):
        return f"unix:path={self.place}/{name}"

    def start(self, with_services):
        for name in ("session-bus", "system-bus"):
            (self.place / name).unlink(missing_ok=True)
            configuration = self.place / f"{name}.conf"
            configuration.write_text(BUS.format(path=self.place / name))
            bus = subprocess.Popen(["dbus-daemon", "--nofork", "--nopidfile", "--print-address=1",
                                    f"--config-file={configuration}"], stdout=subprocess.PIPE, stderr=self.log)
            bus.stdout.readline()
            self.children.append(bus)
        if not with_services or self.python is None:
            return
        environment = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=self.address("session-bus"),
                           DBUS_SYSTEM_BUS_ADDRESS=self.address("system-bus"))
        for words in (["--system", "--template", "logind"], ["--session", "--template", "notification_daemon"]):
            self.children.append(subprocess.Popen([self.python, "-m", "dbusmock", *words], env=environment,
                                                  stdout=subprocess.DEVNULL, stderr=self.log))

    def end(self):
        for child in self.children:
            child.kill()
        for child in self.children:
            child.wait()
            if child.stdout:
                child.stdout.close()
        self.children = []


class Soak:
    def __init__(self, options, place):
        self.lull, self.place = str(pathlib.Path(options.lull).resolve()), place
        self.seconds, self.die = options.minutes * 60, random.Random(options.seed)
        self.home = place / "home"
        for name in ("home/.cache/mine", "home/.config/lull/rules.d", "home/documents", "run", "tmp"):
            (place / name).mkdir(parents=True)
        (place / "run").chmod(0o700)
        (self.home / ".config/lull/rules.d/mine.toml").write_text(RULE)
        self.log = open(place / "agent.log", "ab")
        self.buses = Buses(place, open(place / "buses.log", "ab"))
        self.sanitized = "libasan" in subprocess.run(["ldd", self.lull], capture_output=True, text=True, check=False).stdout
        self.faketime = first_existing(["/usr/lib/*/faketime/libfaketimeMT.so.1"])
        self.environment = {
            "HOME": str(self.home), "XDG_RUNTIME_DIR": str(place / "run"), "TMPDIR": str(place / "tmp"),
            "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
            "DBUS_SESSION_BUS_ADDRESS": self.buses.address("session-bus"),
            "DBUS_SYSTEM_BUS_ADDRESS": self.buses.address("system-bus"),
            "ASAN_OPTIONS": "quarantine_size_mb=4:malloc_context_size=12:detect_leaks=1:verify_asan_link_order=0",
            "LSAN_OPTIONS": "report_objects=1"}
        self.failures, self.counts, self.outcomes = [], collections.Counter(), collections.Counter()
        self.starts = collections.defaultdict(set)  # of each job, as it told them
        self.waits, self.memory, self.of_files, self.highest_load = [], [], [], 1.0
        self.quiet_until = 0.0  # no answer is expected before
        self.deadline = None
        self.files = 0
        self.bad_settings = False
        self.halts = 0  # how often it was stopped or away
        self.agent = None
        self.lives = 0

    def fail(self, what):
        if what not in self.failures and len(self.failures) < 40:
            self.failures.append(what)
            print(f"soak: {what}", file=sys.stderr, flush=True)

    # -- the agent

    def set_clock(self, text):
        # As a whole: it is read at every question for the time.
        (self.place / "clock.new").write_text(text + "\n")
        (self.place / "clock.new").rename(self.place / "clock")

    def agent_environment(self):
        environment = dict(self.environment)
        if self.faketime:
            first = []
            if self.sanitized:  # its runtime must come first
                first = [line.split()[2] for line in subprocess.run(["ldd", self.lull], capture_output=True, text=True,
                                                                    check=True).stdout.splitlines() if "libasan" in line]
            environment.update(LD_PRELOAD=":".join(first + [self.faketime]), FAKETIME_TIMESTAMP_FILE=str(self.place / "clock"),
                               FAKETIME_NO_CACHE="1", DONT_FAKE_MONOTONIC="1", NO_FAKE_STAT="1",
                               FAKETIME_DONT_RESET="1", FAKETIME_DONT_FAKE_MONOTONIC="1")
        return environment

    def start(self):
        self.halts += 1
        self.quiet_until = time.monotonic() + 30
        self.agent = subprocess.Popen([self.lull, "agent"], env=self.agent_environment(), stdin=subprocess.DEVNULL,
                                      stdout=self.log, stderr=self.log)
        self.lives += 1
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                self.call("org.varlink.service.GetInfo", {}, ANSWER)
                self.quiet_until = 0.0
                return
            except OSError:
                if self.agent.poll() is not None:
                    break
                time.sleep(0.05)
        self.fail(f"the agent does not start (life {self.lives}, exit {self.agent.poll()})")

    def end_agent(self):
        self.halts += 1
        self.quiet_until = time.monotonic() + 60
        began = time.monotonic()
        self.agent.send_signal(signal.SIGTERM)
        try:
            code = self.agent.wait(END * load())
            if code != 0:
                self.fail(f"the agent ended with {code} (life {self.lives})")
        except subprocess.TimeoutExpired:
            self.agent.kill()
            self.agent.wait()
            self.fail(f"the agent did not end within {END * load():.0f} s (life {self.lives})")
        return time.monotonic() - began

    def call(self, method, parameters, patience):
        """One Varlink call on a connection of its own."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(patience)
            connection.connect(str(self.place / "run/lull/control"))
            connection.sendall(json.dumps({"method": method, "parameters": parameters}).encode() + b"\0")
            reply = b""
            while not reply.endswith(b"\0"):
                part = connection.recv(65536)
                if not part:
                    raise ConnectionError("closed before the answer")
                reply += part
            return json.loads(reply[:-1])

    # -- who watches

    def ping(self):
        while not self.over():
            began, halts = time.monotonic(), self.halts
            try:
                self.call("org.varlink.service.GetInfo", {}, ANSWER)
                if began > self.quiet_until and halts == self.halts:
                    self.waits.append(time.monotonic() - began)
            except OSError as error:
                # It may have been stopped or ended since.
                if began > self.quiet_until and time.monotonic() > self.quiet_until:
                    self.fail(f"no answer: {error} after {time.monotonic() - began:.1f} s")
            time.sleep(0.5)

    def look(self):
        """What the jobs do, and how much memory there is."""
        since = {}
        while not self.over():
            time.sleep(2)
            if time.monotonic() < self.quiet_until:
                since.clear()
                continue
            try:
                jobs = self.call("org.lull.Agent.Jobs", {}, ANSWER)["parameters"]["jobs"]
                status = pathlib.Path(f"/proc/{self.agent.pid}/status").read_text()
                anonymous, files = (int(status.split(name)[1].split()[0]) * 1024 for name in ("RssAnon:", "RssFile:"))
            except (OSError, KeyError, IndexError):
                continue
            self.memory.append((self.lives, time.monotonic(), anonymous))
            self.of_files.append(files)
            self.highest_load = max(self.highest_load, load())
            for job in jobs:
                name = job["name"]
                if job.get("last_started_at"):
                    self.starts[name].add(job["last_started_at"])
                if job["state"] != "running":
                    since.pop(name, None)
                elif time.monotonic() - since.setdefault(name, time.monotonic()) > LONGEST_RUN:
                    self.fail(f"job {name} runs for more than {LONGEST_RUN} s")

    def over(self):
        return time.monotonic() >= self.deadline

    # -- what happens

    def command(self, *words, may_kill=True):
        child = subprocess.Popen([self.lull, *words], env=self.environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=self.log)
        if may_kill and self.die.random() < 0.15:
            time.sleep(self.die.random())
            child.kill()
        try:
            code = child.wait(LONGEST_RUN)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            return self.fail(f"lull {' '.join(words)} takes more than {LONGEST_RUN} s")
        self.outcomes[f"{words[0]}: {code}"] += 1
        # 0, 1, 3: it says what it did. 4: no agent. -9: killed above.
        if code not in (0, 1, 3, 4, -signal.SIGKILL) and not (code == 2 and self.bad_settings):
            self.fail(f"lull {' '.join(words)} ended with {code}")

    def ask(self):
        self.command(*self.die.choice([["status"], ["top"], ["jobs"], ["history"], ["rules"], ["metrics"], ["config"],
                                       ["why", "clean-idle"], ["scan", "--items"], ["size", str(self.home)],
                                       ["size", "--fresh", "/usr/share"], ["optimize", "--dry-run"],
                                       ["why", str(self.home / ".cache/mine")]]))

    def run_job(self):
        self.command("run", self.die.choice(["scan", "refresh-cache", "warm-up", "make-room", "history", "clean-idle", "purge",
                                             "relief"]))

    def litter(self):
        for _ in range(min(self.die.randrange(1, 60), MOST_FILES - self.files)):
            folder = self.home / ".cache/mine" / f"d{self.counts['litter']}-{self.die.randrange(5)}"
            folder.mkdir(exist_ok=True)
            (folder / f"file {self.files}").write_text("x" * self.die.randrange(1, 20000))
            self.files += 1

    def move_files(self):
        self.command(*self.die.choice([["clean", "--yes", "--category", "mine"], ["undo"], ["undo"], ["optimize", "--yes"]]))

    def pause(self):
        self.command("pause", "2s")
        self.command("resume", may_kill=False)

    def write_settings(self, bad=False):
        self.bad_settings = bad
        text = self.die.choice(BAD_SETTINGS) if bad else SETTINGS.format(
            home=self.home, clean=self.die.choice(["off", "rehearse", "on", "on"]), ttl=self.die.choice([1, 5, 300]),
            idle_after=self.die.choice([0, 0, 120]), entries=self.die.choice([0, 5, 1000]))
        (self.home / ".config/lull/config.toml").write_text(text)

    def settings(self):
        self.write_settings(self.die.random() < 0.25)
        self.agent.send_signal(signal.SIGHUP)

    def hang_up(self):
        for _ in range(self.die.randrange(1, 20)):
            self.agent.send_signal(signal.SIGHUP)

    def signals(self):
        for _ in range(self.die.randrange(1, 50)):
            self.agent.send_signal(self.die.choice(IGNORED))

    def stop(self):
        pause = self.die.random() * (8 if self.die.random() < 0.2 else 1)
        self.halts += 1
        self.quiet_until = time.monotonic() + pause + ANSWER
        self.agent.send_signal(signal.SIGSTOP)
        time.sleep(pause)
        self.agent.send_signal(signal.SIGCONT)
        self.quiet_until = time.monotonic() + 1

    def clock(self):
        if self.faketime:
            self.set_clock(self.die.choice(CLOCKS))

    def lose_buses(self):
        self.buses.end()
        time.sleep(self.die.random() * 3)
        self.buses.start(self.die.random() < 0.7)

    def restart(self):
        self.write_settings()  # with others it would refuse to start
        if self.die.random() < 0.5:
            self.quiet_until = time.monotonic() + 60
            self.agent.kill()
            self.agent.wait()
        else:
            self.end_agent()
        self.start()

    def happen(self):
        rough = self.seconds * 5 / 6
        began = time.monotonic()
        events = [(self.ask, 10), (self.run_job, 8), (self.litter, 5), (self.move_files, 4), (self.settings, 2),
                  (self.hang_up, 1), (self.signals, 2), (self.stop, 2), (self.clock, 2), (self.lose_buses, 1), (self.pause, 1)]
        while not self.over():
            late = time.monotonic() - began > rough
            what = self.die.choices([event for event, _ in events] + [self.restart],
                                    [weight for _, weight in events] + [3 if late else 0])[0]
            self.counts[what.__name__] += 1
            what()
            if self.agent.poll() is not None:
                self.fail(f"the agent has ended by itself with {self.agent.returncode} after {what.__name__}")
                self.start()
            time.sleep(self.die.random())

    # -- what must hold in the end

    def last_runs(self):
        """Nothing is stuck: each job can be asked for once more, and says how it ended."""
        for job in ("scan", "refresh-cache", "warm-up", "make-room", "history", "clean-idle", "purge", "relief"):
            try:
                reply = self.call("org.lull.Agent.RunJob", {"job": job}, LONGEST_RUN)
            except OSError as error:
                self.fail(f"job {job} does not end in the end: {error}")
                continue
            if "outcome" not in reply.get("parameters", {}):
                self.fail(f"job {job} has no outcome in the end: {reply}")

    def check_journal(self):
        with sqlite3.connect(self.home / ".local/state/lull/journal.db") as journal:
            def rows(query):
                return journal.execute(query).fetchall()
            if rows("PRAGMA integrity_check") != [("ok",)]:
                self.fail("the journal is damaged")
            for run in rows("SELECT run, kind FROM run WHERE outcome IN ('', 'running')"):
                self.fail(f"run {run} has no end")
            for item in rows("SELECT item, path FROM clean_item WHERE state = 0"):
                self.fail(f"the move of {item} is open")
            for job in rows("SELECT name FROM job WHERE last_started IS NOT NULL AND last_outcome = ''"):
                self.fail(f"job {job} started and has no outcome")
            return dict(rows("SELECT kind || ' ' || origin || ' ' || outcome, count(*) FROM run GROUP BY 1"))

    def check_files(self):
        found = collections.Counter()
        for top in (self.home / ".cache/mine", self.home / ".local/share/Trash/files"):
            for _, _, names in os.walk(top):
                found.update(name.split(".")[0].split(" (")[0] for name in names if name.startswith("file "))
        lost = [number for number in range(self.files) if found[f"file {number}"] == 0]
        twice = [name for name, count in found.items() if count > 1]
        if lost or twice:
            self.fail(f"of {self.files} files {len(lost)} are lost and {len(twice)} are twice: {lost[:3]} {twice[:3]}")

    def check_log(self):
        text = (self.place / "agent.log").read_text(errors="replace")
        for word in ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:", "terminate called", "ThreadSanitizer"):
            if word in text:
                self.fail(f"the log has: {text[text.index(word):][:300]}")

    def check_memory(self):
        life = [rss for number, _, rss in self.memory if number == 1]
        if len(life) < 20:
            return {"samples": len(life)}
        quarter = len(life) // 4
        before, after = statistics.median(life[quarter:2 * quarter]), statistics.median(life[-quarter:])
        fraction, room = (0.2, 24 << 20) if self.sanitized else (0.1, 4 << 20)
        if after > before * (1 + fraction) + room:
            self.fail(f"memory grew from {before / 2**20:.1f} to {after / 2**20:.1f} MiB")
        hours = (life and (max(at for n, at, _ in self.memory if n == 1) - min(at for n, at, _ in self.memory if n == 1))) / 3600
        times = [at / 3600 for number, at, _ in self.memory if number == 1]
        second = slice(len(life) // 4, None)
        slope = statistics.linear_regression(times[second], life[second]).slope if len(life) > 40 else 0
        tenths = [round(statistics.median(life[len(life) * at // 10:len(life) * (at + 1) // 10]) / 2**20, 1) for at in range(10)]
        return {"tenths_mib": tenths, "samples": len(life), "hours": round(hours, 2), "second_quarter_mib": round(before / 2**20, 1),
                "last_quarter_mib": round(after / 2**20, 1), "highest_mib": round(max(life) / 2**20, 1),
                "slope_mib_per_hour": round(slope / 2**20, 2)}

    def check_jobs(self):
        for name in ("scan", "refresh-cache", "history", "clean-idle", "purge"):
            if self.seconds >= 300 and len(self.starts[name]) < 3:
                self.fail(f"job {name} was seen to start only {len(self.starts[name])} times")

    def run(self):
        self.set_clock("+0")
        self.buses.start(True)
        self.litter()
        self.write_settings()
        self.start()
        self.deadline = time.monotonic() + self.seconds
        watchers = [threading.Thread(target=watch) for watch in (self.ping, self.look)]
        for watcher in watchers:
            watcher.start()
        try:
            self.happen()
        finally:
            self.deadline = 0
            for watcher in watchers:
                watcher.join()
        self.last_runs()
        took = self.end_agent()
        self.buses.end()
        report = self.check()
        report["end_seconds"] = round(took, 2)
        return report

    def check(self):
        self.check_jobs()
        self.check_log()
        self.check_files()
        waits = sorted(self.waits) or [0.0]
        return {"minutes": self.seconds / 60, "sanitized": self.sanitized, "clock": self.faketime or "not stepped",
                "files_mapped_mib": [round(at / 2**20, 1) for at in self.of_files[::max(1, len(self.of_files) // 10)]],
                "highest_load": round(self.highest_load, 1), "services": self.buses.python is not None, "lives": self.lives, "events": dict(self.counts),
                "commands": dict(sorted(self.outcomes.items())), "files": self.files, "runs": self.check_journal(),
                "starts_seen": {name: len(at) for name, at in sorted(self.starts.items())},
                "answers": len(self.waits), "answer_median_ms": round(statistics.median(waits) * 1000, 1),
                "answer_p99_ms": round(waits[int(len(waits) * 0.99)] * 1000, 1),
                "answer_longest_ms": round(waits[-1] * 1000, 1), "memory": self.check_memory(), "failures": self.failures}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lull", help="the program, of any build")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", help="a file for the figures (JSON); they go to standard output in any case")
    parser.add_argument("--keep", action="store_true", help="leave home and logs, and say where")
    options = parser.parse_args()
    place = pathlib.Path(tempfile.mkdtemp(prefix="lull-soak-"))
    soak = Soak(options, place)
    try:
        report = soak.run()
    finally:
        soak.buses.end()
        if soak.agent and soak.agent.poll() is None:
            soak.agent.kill()
            soak.agent.wait()
    text = json.dumps(report, indent=1)
    print(text)
    if options.report:
        pathlib.Path(options.report).write_text(text + "\n")
    if options.keep or soak.failures:
        print(f"soak: home and logs are in {place}", file=sys.stderr)
    else:
        shutil.rmtree(place)
    return 1 if soak.failures else 0


if __name__ == "__main__":
    sys.exit(main())
