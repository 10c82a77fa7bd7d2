#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether an app bundle hangs together: its property list, its programs and what they need.

    bundle.py LULL.APP ARCH"""

import pathlib
import plistlib
import subprocess
import sys

import macho

HERE = pathlib.Path(__file__).resolve().parent
# Where libraries may come from: the system, and what the bundle would bring along.
PLACES = ("/System/Library/Frameworks/", "/usr/lib/", "@rpath/")


def check_plist(path, wrong):
    valid = subprocess.run(["xmllint", "--nonet", "--noout", "--dtdvalid", HERE / "plist.dtd", path],
                           capture_output=True, text=True, check=False)
    if valid.returncode != 0:
        wrong.append(f"{path.name} is no valid property list: {valid.stderr.strip()}")
    try:
        return plistlib.loads(path.read_bytes())
    except Exception as error:  # whatever it throws at bad bytes
        wrong.append(f"{path.name} cannot be read: {error}")
        return {}


def check_info(info, wrong):
    wanted = {"LSUIElement": True, "CFBundlePackageType": "APPL", "CFBundleIdentifier": "org.lull.Lull",
              "CFBundleInfoDictionaryVersion": "6.0", "LSMinimumSystemVersion": "13.3"}
    for key, value in wanted.items():
        if info.get(key) != value:
            wrong.append(f"Info.plist: {key} is {info.get(key)!r}, not {value!r}")
    for key in ("CFBundleName", "CFBundleShortVersionString", "CFBundleVersion"):
        text = info.get(key)
        if not text or "$" in text:
            wrong.append(f"Info.plist: {key} is {text!r}")


def check_program(path, info, arch, wrong):
    about = macho.describe(path)
    if about["arch"] != arch:
        wrong.append(f"{path.name} is for {about['arch']}")
    if about["minimum"] != info.get("LSMinimumSystemVersion"):
        wrong.append(f"{path.name} needs macOS {about['minimum']}, its property list says otherwise")
    for library in about["libraries"]:
        if not library.startswith(PLACES):
            wrong.append(f"{path.name} wants {library}")
    names = ", ".join(library.rsplit("/", 1)[-1] for library in about["libraries"])
    print(f"{path.name} for {about['arch']}: {path.stat().st_size // 1024} KiB, macOS {about['minimum']}, "
          f"{'signed by the linker alone' if about['signed'] else 'unsigned'}; uses {names}")


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    contents = pathlib.Path(arguments[0]) / "Contents"
    wrong = []
    info = check_plist(contents / "Info.plist", wrong)
    check_info(info, wrong)
    program = contents / "MacOS" / str(info.get("CFBundleExecutable"))
    if program.is_file():
        check_program(program, info, arguments[1], wrong)
    else:
        wrong.append(f"there is no {program}")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
