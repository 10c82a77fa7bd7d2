#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether the pages tell the truth, as far as a program can see: links lead somewhere, examples of rules are rules,
every key of a rule file is explained, and every command that a page names is one.

    pages_test.py LULL SOURCE
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

LULL = sys.argv[1]
SOURCE = pathlib.Path(sys.argv[2])
GUIDE = SOURCE / "core/scan/rules/WRITING.md"
PAGES = sorted(page for place in (SOURCE, SOURCE / "core/scan/rules", SOURCE / "benchmarks", SOURCE / "tests/vm")
               for page in place.glob("*.md"))


def blocks(page, language):
    """The fenced blocks of that language, without what they are indented by."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", page.read_text(), re.MULTILINE | re.DOTALL)
    return ["\n".join(line.removeprefix(indent) for line in text.split("\n")) for indent, text in found]


class Pages(unittest.TestCase):
    def lull(self, *words):
        with tempfile.TemporaryDirectory() as home:
            return subprocess.run([LULL, *words], text=True, capture_output=True, stdin=subprocess.DEVNULL,
                                  env={"HOME": home, "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": home})

    def test_every_link_leads_somewhere(self):
        self.assertIn(SOURCE / "README.md", PAGES)
        for page in PAGES:
            for link in re.findall(r"\]\(([^)#:]+)\)|<img src=\"([^\"]+)\"", page.read_text()):
                target = page.parent / "".join(link)
                self.assertTrue(target.exists(), f"{page.name} links {target}")

    def test_the_rules_of_the_guide_are_rules(self):
        examples = blocks(GUIDE, "toml")
        self.assertGreaterEqual(len(examples), 2)
        for number, text in enumerate(examples):
            with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
                file.write(text)
                file.flush()
                done = self.lull("rules", "check", file.name)
            self.assertEqual(done.returncode, 0, f"example {number}: {done.stderr}")

    def test_the_guide_explains_every_key(self):
        table = (SOURCE / "core/scan/rule_tables.cc").read_text()
        for name in ("kRuleKeys", "kAdviceKeys"):
            keys = re.search(rf"{name} =\s*std::to_array<std::string_view>\(\{{(.*?)\}}\)", table, re.DOTALL)
            known = set(re.findall(r'"(\w+)"', keys.group(1)))
            self.assertIn("roots", known)
            said = set(re.findall(r"`(\w+)`|^ *(\w+) = ", GUIDE.read_text(), re.MULTILINE))
            self.assertLessEqual(known, {first or second for first, second in said})

    def test_the_table_of_claims_is_what_the_script_measures(self):
        table = subprocess.run([SOURCE / "packaging/scripts/bench", "--list"], capture_output=True, text=True, check=True)
        self.assertGreater(len(table.stdout.splitlines()), 20)
        self.assertTrue((SOURCE / "benchmarks/README.md").read_text().endswith("<!-- bench --list -->\n" + table.stdout))

    def test_what_security_names_is_there(self):
        files = [pathlib.Path(name) for place in ("agent", "core", "packaging", "tests", "ui")
                 for name in (SOURCE / place).rglob("*") if name.is_file()]
        tests = {file.name: file.read_text(errors="replace") for file in files
                 if re.search(r"_test\.(cc|py)$", file.name)}
        text = (SOURCE / "SECURITY.md").read_text()
        named = re.findall(r"`((?:\w+/)*\w+_test\.(?:cc|py))`", text)
        self.assertGreater(len(named), 20)
        for name in named:
            self.assertIn(pathlib.Path(name).name, tests)
            self.assertTrue("/" not in name or (SOURCE / name).is_file(), name)
        for name in re.findall(r"`fuzz_(\w+)`", text):
            self.assertTrue((SOURCE / "tests/fuzz" / f"{name}.cc").is_file(), name)
            self.assertTrue((SOURCE / "tests/fuzz/corpus" / name).is_dir(), name)
        # "`file_test.cc` (`NameOfATest`)"
        for file, names in re.findall(r"(\w+_test\.cc)` \(((?:`\w+`(?:, )?)+)\)", text):
            for name in re.findall(r"\w+", names):
                self.assertIn(f", {name})", tests[file])
        for place in re.findall(r"\(`((?:agent|core|ui)/[\w/]+)`", text):
            self.assertTrue((SOURCE / place).is_dir() or list(SOURCE.glob(f"{place}.*")), place)

    def test_every_script_that_a_workflow_runs_is_there(self):
        for workflow in (SOURCE / ".github/workflows").glob("*.yml"):
            scripts = re.findall(r"\./((?:packaging|\.ci)/[\w./-]+)", workflow.read_text())
            self.assertIn(".ci/run", scripts)
            for script in scripts:
                self.assertTrue(os.access(SOURCE / script, os.X_OK), script)

    def test_every_command_that_a_page_names_is_one(self):
        known = set(re.findall(r"^  (\w+) ", self.lull("--help").stdout, re.MULTILINE))
        self.assertIn("status", known)
        for page in PAGES:
            named = set(re.findall(r"`lull ([a-z]+)\b", page.read_text()))
            self.assertLessEqual(named, known | {"agent"}, page.name)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
