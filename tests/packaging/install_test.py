#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Installs what was built into an empty folder and looks at what is there for people to read: the rules as they are
in the source, each good by the installed program's own word, and the pages beside them. Where the source of one is
missing nothing is installed quietly without it.

    install_test.py CMAKE BUILD SOURCE
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

CMAKE, BUILD, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
RULES = SOURCE / "core/scan/rules/linux"


def install(prefix, script):
    return subprocess.run(
        [CMAKE, f"-DCMAKE_INSTALL_PREFIX={prefix}", "-DCMAKE_INSTALL_COMPONENT=lull", "-P", script],
        text=True, capture_output=True, stdin=subprocess.DEVNULL)


class Install(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place = pathlib.Path(folder.name)

    def test_the_rules_are_there_as_they_are_in_the_source(self):
        done = install(self.place / "usr", BUILD / "cmake_install.cmake")
        self.assertEqual(done.returncode, 0, done.stderr)
        installed = self.place / "usr/share/lull/rules/linux"
        self.assertGreater(len(list(RULES.glob("*.toml"))), 30)
        self.assertEqual(sorted(path.name for path in installed.iterdir()),
                         sorted(path.name for path in RULES.glob("*.toml")))
        for path in sorted(installed.iterdir()):
            self.assertEqual(path.read_bytes(), (RULES / path.name).read_bytes(), path.name)
        pages = self.place / "usr/share/doc"
        for page in ("writing-rules.md", "README.md", "CHANGELOG.md", "LICENSE"):
            self.assertEqual(len(list(pages.rglob(page))), 1, page)

    def test_an_installed_rule_is_a_beginning_for_ones_own(self):
        done = install(self.place / "usr", BUILD / "cmake_install.cmake")
        self.assertEqual(done.returncode, 0, done.stderr)
        rule = (self.place / "usr/share/lull/rules/linux/50-pip.toml").read_text()
        own = self.place / "own.toml"
        own.write_text(rule.replace('id = "', 'id = "own-'))
        said = subprocess.run([self.place / "usr/bin/lull", "rules", "check", own], text=True,
                              capture_output=True, stdin=subprocess.DEVNULL,
                              env={"HOME": str(self.place), "PATH": "/usr/bin:/bin"})
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)

    def test_nothing_is_installed_without_the_rules(self):
        script = (BUILD / "cmake_install.cmake").read_text()
        self.assertIn(str(RULES), script)
        edited = self.place / "install.cmake"
        edited.write_text(script.replace(str(RULES), str(self.place / "gone")))
        done = install(self.place / "usr", edited)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r'cannot find\s+"%s/' % re.escape(str(self.place / "gone")))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
