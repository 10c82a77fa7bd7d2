#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Configures the tree on systems that cannot do: each must be refused in one message that says what is needed. The
systems are real where that is cheap (musl's compiler), else what is missing is hidden from CMake.

    configure_test.py CMAKE SOURCE GENERATOR MAKE_PROGRAM COMPILER
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

CMAKE, SOURCE, GENERATOR, MAKE, COMPILER = sys.argv[1:6]

# Only what CMAKE_PREFIX_PATH names is found: nothing of this machine.
NOTHING_OF_THE_SYSTEM = ["-DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=OFF", "-DCMAKE_FIND_USE_SYSTEM_ENVIRONMENT_PATH=OFF",
                         "-DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF", "-DCMAKE_FIND_USE_SYSTEM_PACKAGE_REGISTRY=OFF"]


class Configure(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.place / "there" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def package(self, name, version, text=""):
        """A package as CMake finds them, of that version."""
        self.write(f"lib/cmake/{name}/{name}Config.cmake", text)
        self.write(f"lib/cmake/{name}/{name}ConfigVersion.cmake", f"""
            set(PACKAGE_VERSION {version})
            if(NOT PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION)
              set(PACKAGE_VERSION_COMPATIBLE TRUE)
            endif()""")

    def configure(self, *arguments, compiler=COMPILER):
        """Must fail; what was said, on one line."""
        build = self.place / "build"
        done = subprocess.run(
            [CMAKE, "-S", SOURCE, "-B", build, "-G", GENERATOR, f"-DCMAKE_MAKE_PROGRAM={MAKE}",
             f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_PREFIX_PATH={self.place / 'there'}",
             "-DLULL_BUILD_TESTS=OFF", *arguments],
            text=True, capture_output=True, stdin=subprocess.DEVNULL)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertEqual(done.stderr.count("CMake Error"), 1, done.stderr)
        return re.sub(r"\s+", " ", done.stderr)

    def old_headers(self, *names):
        """The compiler finds these headers as they were on a system too old to have what is in them."""
        for name in names:
            self.write(f"include/{name}", f"#error {name} of an old system\n")
        return f"-DCMAKE_CXX_FLAGS=-I{self.place / 'there' / 'include'}"

    def test_musl_is_refused_by_its_name(self):
        musl = shutil.which("musl-gcc")
        if musl is None:
            self.skipTest("no musl-gcc")
        said = self.configure(compiler=musl)
        self.assertIn("needs the GNU C library", said)
        self.assertIn("musl (Alpine", said)

    def test_a_refusal_is_not_remembered(self):
        flags = self.old_headers("linux/openat2.h")
        self.configure(flags)
        self.assertNotIn("LULL_SYSTEM_HAS_CALLS:", (self.place / "build/CMakeCache.txt").read_text())

    def test_headers_of_an_old_kernel_are_named(self):
        said = self.configure(self.old_headers("linux/openat2.h"))
        self.assertIn("those of Linux 5.8 or newer", said)

    def test_a_compiler_before_cxx20_is_named(self):
        said = self.configure(self.old_headers("span"))
        self.assertIn("needs C++20", said)
        self.assertRegex(said, r"This is \w+ \d+")

    def test_another_system_is_refused(self):
        said = self.configure("-DCMAKE_SYSTEM_NAME=FreeBSD")
        self.assertIn("Lull runs on Linux and macOS; this is FreeBSD", said)

    def test_without_boost_the_message_says_what_to_install(self):
        said = self.configure(*NOTHING_OF_THE_SYSTEM)
        self.assertIn("Boost 1.81 or newer with Fiber, Context and JSON; none was found", said)
        self.assertIn("install-deps build", said)

    def test_an_older_boost_is_named_with_its_version(self):
        self.package("Boost", "1.74.0")
        said = self.configure(*NOTHING_OF_THE_SYSTEM)
        self.assertIn("Boost 1.81 or newer", said)
        self.assertIn("1.74.0 was found", said)

    def test_a_boost_without_its_parts_is_named(self):
        self.package("Boost", "1.83.0", """
            if(Boost_FIND_COMPONENTS)
              set(Boost_FOUND FALSE)
            endif()""")
        said = self.configure(*NOTHING_OF_THE_SYSTEM)
        self.assertIn("1.83.0 was found, but not all of these parts", said)

    def test_all_missing_libraries_are_told_of_at_once(self):
        self.package("Boost", "1.83.0", """
            foreach(part headers ${Boost_FIND_COMPONENTS})
              set(Boost_${part}_FOUND TRUE)
              add_library(Boost::${part} INTERFACE IMPORTED)
            endforeach()""")
        self.package("TBB", "2021.8")
        said = self.configure(*NOTHING_OF_THE_SYSTEM)
        for name in ("spdlog (libspdlog-dev)", "CLI11 (libcli11-dev)", "sdbus-c++ (libsdbus-c++-dev)",
                     "LMDB (liblmdb-dev)", "tl::expected (libexpected-dev)"):
            self.assertIn(name, said)
        self.assertNotIn("TBB (", said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
