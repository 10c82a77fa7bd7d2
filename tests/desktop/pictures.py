# SPDX-License-Identifier: MIT
"""Pictures as rows of bytes, for tests that look at pixels; nothing but the standard library."""

import struct
import zlib


def read_png(path):
    """(width, height, rows) of an 8-bit RGBA PNG; a row is a bytearray of 4 × width (RFC 2083)."""
    data = path.read_bytes()
    at, packed, width, height = 8, b"", 0, 0
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            assert (depth, color, interlaced) == (8, 6, 0), "not an 8-bit RGBA picture"
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    return width, height, unfiltered(zlib.decompress(packed), width * 4, height)


def unfiltered(data, stride, height):
    rows, above = [], bytearray(stride)
    for y in range(height):
        kind = data[y * (stride + 1)]
        row = bytearray(data[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for at in range(stride) if kind else ():
            left = row[at - 4] if at >= 4 else 0
            up, corner = above[at], above[at - 4] if at >= 4 else 0
            if kind == 1:
                guess = left
            elif kind == 2:
                guess = up
            elif kind == 3:
                guess = (left + up) // 2
            else:
                guess = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
            row[at] = (row[at] + guess) & 255
        rows.append(row)
        above = row
    return rows


def differences(left, right):
    """How far apart the pixels are: {largest difference of a channel: pixels}."""
    found = {}
    for one, other in zip(left, right):
        if one == other:
            found[0] = found.get(0, 0) + len(one) // 4
            continue
        for at in range(0, len(one), 4):
            most = max(abs(one[at + i] - other[at + i]) for i in range(4))
            found[most] = found.get(most, 0) + 1
    return found


def write_png(path, rows):
    """Rows of 8-bit RGBA."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    header = struct.pack(">IIBBBBB", len(rows[0]) // 4, len(rows), 8, 6, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b""))
