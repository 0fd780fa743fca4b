"""Draw the demo's pictures: flat landscapes as PNG, each decided by its name alone.

A picture is a sky that fades downwards and shapes upon it. Each shape says which columns of a row
it covers, so that a row is written in a few strokes and a picture in milliseconds.
"""

import colorsys
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache, partial
from hashlib import sha256
from math import sqrt

WIDTH = 960
HEIGHT = 540
_HORIZON = 350

Colour = tuple[int, int, int]
Span = tuple[int, int]
Shape = tuple[Colour, Callable[[int], Span]]
"""A colour, and the columns ``[from, to)`` that it covers in a row; an empty span covers none."""


class _Dice:
    """Numbers that a name decides, the same on every machine."""

    def __init__(self, name: str) -> None:
        self._bytes = self._endless(name)

    @staticmethod
    def _endless(name: str) -> Iterator[int]:
        block = name.encode()
        while True:
            block = sha256(block).digest()
            yield from block

    def between(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``."""
        return low + (next(self._bytes) * 256 + next(self._bytes)) % (high - low + 1)


@cache
def draw(name: str) -> bytes:
    """Return the PNG of that name: ``hills-…``, ``city-…``, else the sea."""
    dice = _Dice(name)
    hue = dice.between(0, 359) / 360
    scenes = {"hills": _hills, "city": _city}
    shapes = [_sun(dice, hue), *scenes.get(name.partition("-")[0], _sea)(dice, hue)]
    return _png(b"".join(_row(y, hue, shapes) for y in range(HEIGHT)))


def _colour(hue: float, lightness: float, saturation: float = 0.45) -> Colour:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _sun(dice: _Dice, hue: float) -> Shape:
    centre, height, radius = dice.between(180, 780), dice.between(110, 240), dice.between(38, 74)

    def span(y: int) -> Span:
        reach = round(sqrt(max(0, radius**2 - (y - height) ** 2)))
        return centre - reach, centre + reach

    return _colour(hue + 0.45, 0.88, 0.8), span


def _hills(dice: _Dice, hue: float) -> list[Shape]:
    """Three ranges of peaks, the nearest darkest."""
    shapes: list[Shape] = []
    for depth in range(3):
        colour = _colour(hue + 0.02 * depth, 0.52 - 0.14 * depth)
        for peak in range(5):
            middle = peak * 240 + dice.between(-90, 90)
            top = 210 + 85 * depth + dice.between(0, 70)
            slope = dice.between(9, 19) / 10
            shapes.append((colour, partial(_peak, middle, top, slope)))
    return shapes


def _peak(middle: int, top: int, slope: float, y: int) -> Span:
    reach = round(max(0, y - top) * slope)
    return middle - reach, middle + reach


def _city(dice: _Dice, hue: float) -> list[Shape]:
    """Two rows of houses, the nearest darkest."""
    shapes: list[Shape] = []
    for depth in range(2):
        colour = _colour(hue, 0.5 - 0.2 * depth, 0.35)
        left = -dice.between(0, 60)
        while left < WIDTH:
            width, top = dice.between(40, 110), dice.between(230, 400) + 60 * depth
            shapes.append((colour, partial(_block, left, left + width, top)))
            left += width + dice.between(0, 14)
    return shapes


def _block(left: int, right: int, top: int, y: int) -> Span:
    return (left, right) if y >= top else (0, 0)


def _sea(dice: _Dice, hue: float) -> list[Shape]:
    """Water under the horizon, and a hull upon it."""
    hull, length = dice.between(220, 560), dice.between(150, 260)
    deck = _HORIZON - 34
    water = partial(_block, 0, WIDTH, _HORIZON)
    near = partial(_block, 0, WIDTH, _HORIZON + 96)
    return [
        (_colour(hue + 0.04, 0.42), water),
        (_colour(hue, 0.2, 0.3), lambda y: _hull(hull, length, y - deck)),
        (_colour(hue, 0.3, 0.3), partial(_mast, hull + length // 3, deck)),
        (_colour(hue + 0.04, 0.34), near),
    ]


def _hull(left: int, length: int, below_deck: int) -> Span:
    depth = 62
    inset = below_deck * 2 // 3
    return (left + inset, left + length - inset) if 0 <= below_deck < depth else (0, 0)


def _mast(left: int, deck: int, y: int) -> Span:
    return (left, left + 46) if deck - 58 <= y < deck else (0, 0)


def _row(y: int, hue: float, shapes: list[Shape]) -> bytes:
    row = bytearray(bytes(_colour(hue + 0.06, 0.62 + 0.26 * y / HEIGHT, 0.55)) * WIDTH)
    for colour, span in shapes:
        left, right = (min(max(edge, 0), WIDTH) for edge in span(y))
        row[left * 3 : right * 3] = bytes(colour) * (right - left)
    return b"\0" + bytes(row)


def _png(rows: bytes) -> bytes:
    """Wrap rows of 8-bit RGB, each behind its filter byte (PNG, third edition, section 5)."""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = (
        _chunk(b"IHDR", header),
        _chunk(b"IDAT", zlib.compress(rows, 9)),
        _chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
