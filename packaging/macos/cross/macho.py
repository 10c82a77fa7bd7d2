# SPDX-License-Identifier: MIT
"""Reads Mach-O objects, archives of them and programs, as far as the cross check asks (mach-o/loader.h,
mach-o/nlist.h, and BSD's ar). Thin little-endian 64-bit files only, which is what zig writes."""

import struct

MAGIC = 0xFEEDFACF
ARCH = {0x0100000C: "arm64", 0x01000007: "x86_64"}
LC_SYMTAB, LC_CODE_SIGNATURE, LC_BUILD_VERSION = 0x2, 0x1D, 0x32
LC_LOAD_DYLIB, LC_LOAD_WEAK_DYLIB, LC_REEXPORT_DYLIB = 0xC, 0x80000018, 0x8000001F
N_STAB, N_TYPE, N_EXT, N_UNDF = 0xE0, 0x0E, 0x01, 0x0


def commands(data):
    """Yields (command, offset, size) of every load command."""
    magic, _, _, _, count, _ = struct.unpack_from("<6I", data)
    if magic != MAGIC:
        raise ValueError("is no 64-bit Mach-O file")
    at = 32
    for _ in range(count):
        command, size = struct.unpack_from("<2I", data, at)
        yield command, at, size
        at += size


def symbols(data):
    """(defined, undefined): the external names of one object or program."""
    defined, undefined = set(), set()
    for command, at, _ in commands(data):
        if command != LC_SYMTAB:
            continue
        first, count, strings, _ = struct.unpack_from("<4I", data, at + 8)
        for i in range(count):
            name, kind, _, _, value = struct.unpack_from("<IBBHQ", data, first + 16 * i)
            if kind & N_STAB or not kind & N_EXT:
                continue
            end = data.index(b"\0", strings + name)
            text = data[strings + name : end].decode()
            # An undefined symbol with a value is a common one: it is defined by whoever comes first.
            missing = kind & N_TYPE == N_UNDF and value == 0
            (undefined if missing else defined).add(text)
    return defined, undefined


def members(data):
    """The contents of an archive's members, or the file itself."""
    if not data.startswith(b"!<arch>\n"):
        yield data
        return
    at = 8
    while at + 60 <= len(data):
        name, size = data[at : at + 16].decode().strip(), int(data[at + 48 : at + 58])
        body = data[at + 60 : at + 60 + size]
        if name.startswith("#1/"):  # BSD: the name is in front of the contents
            body = body[int(name[3:]) :]
        if body[:4] == struct.pack("<I", MAGIC):
            yield body
        at += 60 + size + size % 2


def symbols_of_files(paths):
    defined, undefined = set(), set()
    for path in paths:
        with open(path, "rb") as file:
            for member in members(file.read()):
                has, wants = symbols(member)
                defined |= has
                undefined |= wants
    return defined, undefined - defined


def describe(path):
    """What a program says of itself: {"arch", "minimum": "13.3", "signed", "libraries": [install names]}."""
    with open(path, "rb") as file:
        data = file.read()
    about = {"arch": ARCH.get(struct.unpack_from("<I", data, 4)[0], "?"), "minimum": "", "signed": False}
    about["libraries"] = []
    for command, at, size in commands(data):
        if command == LC_BUILD_VERSION:
            minimum = struct.unpack_from("<I", data, at + 12)[0]
            about["minimum"] = f"{minimum >> 16}.{minimum >> 8 & 255}"
        elif command == LC_CODE_SIGNATURE:
            about["signed"] = True
        elif command in (LC_LOAD_DYLIB, LC_LOAD_WEAK_DYLIB, LC_REEXPORT_DYLIB):
            offset = struct.unpack_from("<I", data, at + 8)[0]
            about["libraries"].append(data[at + offset : at + size].split(b"\0")[0].decode())
    return about
