#!/usr/bin/env python3
"""Draws the app icon: a card of the index, its tab, three lines, and the dot that says "at the office".

The drawing is vectors below; this writes it as a PNG of 1024 by 1024 pixels without any library. Each pixel asks
how deep it lies in each shape, which gives smooth edges. Run: ios/scripts/make_icon.py
"""
import pathlib
import struct
import zlib

SIZE = 1024
OUT = pathlib.Path(__file__).resolve().parent.parent / "App/Assets.xcassets/AppIcon.appiconset/icon.png"

# Shape: left, top, right, bottom, radius, colour. Later ones lie on top.
SHAPES = [
    (0, 0, 1024, 1024, 0, (18, 78, 102)),
    (192, 300, 832, 784, 48, (12, 56, 74)),
    (192, 280, 832, 764, 48, (250, 247, 240)),
    (240, 216, 500, 340, 40, (250, 247, 240)),
    (288, 420, 736, 456, 18, (18, 78, 102)),
    (288, 512, 736, 548, 18, (168, 190, 198)),
    (288, 604, 560, 640, 18, (168, 190, 198)),
    (648, 580, 768, 700, 60, (46, 158, 96)),
]


def cover(x: float, y: float, shape) -> float:
    """How much of the pixel at x, y lies in the rounded rectangle, 0 to 1."""
    left, top, right, bottom, radius, _ = shape
    dx = max(left + radius - x, x - (right - radius), 0)
    dy = max(top + radius - y, y - (bottom - radius), 0)
    return min(max(radius - (dx * dx + dy * dy) ** 0.5 + 0.5, 0), 1)


def row(y: int) -> bytes:
    line = bytearray(b"\0")
    for x in range(SIZE):
        colour = SHAPES[0][5]
        for shape in SHAPES[1:]:
            if shape[0] - 1 <= x <= shape[2] + 1 and shape[1] - 1 <= y <= shape[3] + 1:
                part = cover(x + 0.5, y + 0.5, shape)
                colour = tuple(round(a + (b - a) * part) for a, b in zip(colour, shape[5]))
        line += bytes(colour)
    return bytes(line)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


pixels = b"".join(row(y) for y in range(SIZE))
header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
OUT.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b""))
print(OUT)
