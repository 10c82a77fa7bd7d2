#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the text stubs (.tbd) that stand in for libraries when the macOS build is linked on Linux.

    stubs.py frameworks INCLUDE OUT       one for each framework of our headers, with what they declare,
                                          and one for the Objective-C runtime
    stubs.py libraries OUT FILE…          one for each third-party library, with those names that the
                                          objects and archives FILE… want and that this system's build of
                                          the same library has

A stub proves that a name exists and which library it is bound to; it has no code."""

import pathlib
import re
import subprocess
import sys

import declarations
import macho

FRAMEWORKS = "/System/Library/Frameworks"
VERSIONS = {"AppKit": "C", "Foundation": "C"}  # the others: A

# What clang calls for ARC, blocks, @autoreleasepool and fast enumeration (ARC's specification and
# objc/runtime.h), as far as we need it; objc_msgSend_stret on x86_64 alone.
RUNTIME = """
objc_alloc objc_alloc_init objc_allocWithZone objc_autorelease objc_autoreleasePoolPop
objc_autoreleasePoolPush objc_autoreleaseReturnValue objc_begin_catch objc_claimAutoreleasedReturnValue
objc_copyWeak objc_destroyWeak objc_end_catch objc_enumerationMutation objc_exception_throw
objc_getProperty objc_initWeak objc_loadWeakRetained objc_msgSend objc_msgSend_stret objc_msgSendSuper2 objc_opt_class
objc_opt_isKindOfClass objc_opt_new objc_opt_self objc_release objc_retain objc_retainAutorelease
objc_retainAutoreleaseReturnValue objc_retainAutoreleasedReturnValue objc_retainBlock
objc_setProperty_nonatomic_copy objc_storeStrong objc_storeWeak objc_terminate
objc_unsafeClaimAutoreleasedReturnValue _objc_empty_cache __objc_personality_v0
""".split()

# Third-party libraries: name, where it is installed on a Mac, the file whose names are believed here,
# and whether its names are C++'s.
LIBRARIES = (
    ("sqlite3", "/usr/lib/libsqlite3.dylib", "libsqlite3.so.0", False),
    ("lmdb", "@rpath/liblmdb.dylib", "liblmdb.so.0", False),
    ("boost_context", "@rpath/libboost_context.dylib", "libboost_context.so.*", True),
    ("boost_fiber", "@rpath/libboost_fiber.dylib", "libboost_fiber.so.*", True),
    ("tbb", "@rpath/libtbb.12.dylib", "libtbb.so.12", True),
)


def write_stub(path, install_name, symbols, classes=()):
    lines = ["--- !tapi-tbd", "tbd-version: 4", "targets: [ x86_64-macos, arm64-macos ]"]
    lines += [f"install-name: '{install_name}'", "current-version: 1", "exports:"]
    lines.append("  - targets: [ x86_64-macos, arm64-macos ]")
    quoted = ", ".join(f"'{name}'" for name in sorted(symbols))
    lines.append(f"    symbols: [ {quoted} ]")
    if classes:
        lines.append(f"    objc-classes: [ {', '.join(sorted(classes))} ]")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines + ["...", ""]), encoding="utf-8")


def write_frameworks(include, out):
    for folder in sorted(path for path in include.iterdir() if path.is_dir()):
        symbols, classes = set(), set()
        for header in sorted(folder.rglob("*.h")):
            text = declarations.read(header)
            for kind, name, category, _, _ in declarations.objects(text):
                if kind == "interface" and not category:
                    classes.add(name)
            functions, constants = declarations.exported(text)
            symbols |= {"_" + name for name in functions + constants}
        name = folder.name
        inside = f"{name}.framework/Versions/{VERSIONS.get(name, 'A')}/{name}"
        write_stub(out / "Frameworks" / f"{name}.framework" / f"{name}.tbd", f"{FRAMEWORKS}/{inside}", symbols, classes)
    write_stub(out / "lib" / "libobjc.tbd", "/usr/lib/libobjc.A.dylib", {"_" + name for name in RUNTIME}, ["NSObject"])


def demangled(names):
    """What libstdc++ and libc++, and Linux and Darwin, spell differently made the same."""
    lines = subprocess.run(["c++filt"], input="\n".join(names), capture_output=True, text=True, check=True).stdout
    spellings = ((r"std::(__1|__cxx11|_V2)::", "std::"), (r"std::chrono::_V2::", "std::chrono::"),
                 (r"\[abi:\w+\]", ""), (r"long long", "long"))
    for pattern, plain in spellings:
        lines = re.sub(pattern, plain, lines)
    return lines.split("\n")


def names_here(pattern, is_cpp):
    """The names that the library of this system defines."""
    found = sorted(pathlib.Path("/").glob(f"usr/lib/*-linux-gnu/{pattern}"))
    if not found:
        sys.exit(f"stubs.py: there is no {pattern} to tell names")
    listing = subprocess.run(["nm", "-D", "--defined-only", found[-1]], capture_output=True, text=True, check=True)
    names = [line.split()[-1].split("@")[0] for line in listing.stdout.splitlines()]
    return set(demangled(names)) if is_cpp else set(names)


def write_libraries(out, files):
    _, wanted = macho.symbols_of_files(files)
    wanted = sorted(name for name in wanted if name.startswith("_"))
    spelled = dict(zip(wanted, demangled([name[1:] for name in wanted])))
    for name, install_name, pattern, is_cpp in LIBRARIES:
        known = names_here(pattern, is_cpp)
        taken = {symbol for symbol in wanted if (spelled[symbol] if is_cpp else symbol[1:]) in known}
        taken = {symbol for symbol in taken if not spelled[symbol].startswith("std::")}
        write_stub(out / "lib" / f"lib{name}.tbd", install_name, taken)
        print(f"{name}: {len(taken)} names, known to {pattern}")


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "frameworks":
        write_frameworks(pathlib.Path(arguments[1]), pathlib.Path(arguments[2]))
    elif len(arguments) >= 3 and arguments[0] == "libraries":
        write_libraries(pathlib.Path(arguments[1]), arguments[2:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
