"""The two fonts of every paper (Noto Sans SC, Noto Serif SC), from a locked package: no machine's own font counts."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

FOLDER = Path(pylopdf_fonts_zh_cn.__file__).parent
SERIF, SANS = "NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf"
UNICODE_FULL = 12
"""The format of a cmap table that holds every plane."""
NOT_DRAWN = frozenset("\n\r\t")


@cache
def fonts() -> typst.Fonts:
    """The fonts, read once a process: 20 MB and 60 ms."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)])


def missing_glyphs(text: str) -> str:
    """The characters of a text that cannot be printed, each once, in order; "" where all can.

    The typesetter says nothing of such a character and prints an empty box: whoever makes a paper out asks first. A
    paper is set in the serif font and falls back on the other.
    """
    drawn = _drawn()
    return "".join(dict.fromkeys(each for each in text if ord(each) not in drawn and each not in NOT_DRAWN))


@cache
def _drawn() -> frozenset[int]:
    return frozenset(code for name in (SERIF, SANS) for code in _characters((FOLDER / name).read_bytes()))


def _characters(font: bytes) -> Iterator[int]:
    """The code points an OpenType font draws, by its cmap table."""
    (tables,) = struct.unpack_from(">H", font, 4)
    places = (struct.unpack_from(">4sLLL", font, 12 + 16 * number) for number in range(tables))
    cmap = next(offset for tag, _, offset, _ in places if tag == b"cmap")
    (subtables,) = struct.unpack_from(">H", font, cmap + 2)
    for number in range(subtables):
        _, _, offset = struct.unpack_from(">HHL", font, cmap + 4 + 8 * number)
        (shape,) = struct.unpack_from(">H", font, cmap + offset)
        if shape != UNICODE_FULL:
            continue
        (groups,) = struct.unpack_from(">L", font, cmap + offset + 12)
        for group in range(groups):
            first, last, glyph = struct.unpack_from(">LLL", font, cmap + offset + 16 + 12 * group)
            yield from range(first if glyph else first + 1, last + 1)
