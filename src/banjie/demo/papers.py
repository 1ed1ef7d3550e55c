"""Papers the demo's applicants hand in: small real PDFs with Chinese text, and PNG floor plans.

A PDF names a font of the reader's own (STSong-Light, for which every reader has a stand-in), so a page of text is a few
hundred bytes. The same content always gives the same bytes.
"""

import struct
import zlib
from collections.abc import Sequence
from random import Random

PAGE = (595, 842)
LINE = 28
CHARACTERS_A_LINE = 30


def pdf(pages: Sequence[tuple[str, Sequence[str]]]) -> bytes:
    """A PDF of these pages: each a heading and its lines; a long line goes on in the next."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (6 + 2 * number) for number in range(len(pages))), len(pages)),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 5 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    for number, (heading, lines) in enumerate(pages):
        content = _content(heading, lines)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (*PAGE, 7 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return _file(objects)


def _content(heading: str, lines: Sequence[str]) -> bytes:
    shown = [part for line in lines for part in _broken(line)]
    said = [
        _text(20, 70, PAGE[1] - 90, heading),
        b"0.4 w 70 %d m %d %d l S" % (PAGE[1] - 104, PAGE[0] - 70, PAGE[1] - 104),
    ]
    said += [_text(13, 70, PAGE[1] - 140 - LINE * number, line) for number, line in enumerate(shown)]
    return b"\n".join(said)


def _broken(line: str) -> list[str]:
    return [line[start : start + CHARACTERS_A_LINE] for start in range(0, max(len(line), 1), CHARACTERS_A_LINE)]


def _text(size: int, left: int, up: int, text: str) -> bytes:
    return b"BT /F1 %d Tf %d %d Td <%s> Tj ET" % (size, left, up, text.encode("utf-16-be").hex().encode())


def _file(objects: Sequence[bytes]) -> bytes:
    written = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, each in enumerate(objects, 1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(written)


WIDTH, HEIGHT = 640, 440
PAPER, WALL, SOFT = 0, 1, 2
COLOURS = bytes((250, 250, 247, 40, 60, 90, 214, 226, 238))


def floor_plan(pick: Random) -> bytes:
    """A PNG: the outline of some rooms with their doors and fixtures."""
    rows = [bytearray(WIDTH) for _ in range(HEIGHT)]
    across, down = pick.randint(220, 420), pick.randint(150, 280)
    for box in ((40, 40, 600, 400), (40, 40, across, down), (across, 40, 600, down), (40, down, across, 400)):
        _frame(rows, *box)
    for _ in range(pick.randint(4, 7)):
        left, top = pick.randint(60, 520), pick.randint(60, 350)
        _fill(rows, left, top, left + pick.randint(24, 60), top + pick.randint(16, 34), SOFT)
    for left, top, right, bottom in (
        (300, 395, 350, 404),
        (across - 4, 80, across + 5, 120),
        (80, down - 4, 125, down + 5),
    ):
        _fill(rows, left, top, right, bottom, PAPER)
    packed = zlib.compress(b"".join(b"\x00" + bytes(row) for row in rows), 9)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", COLOURS), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _frame(rows: list[bytearray], left: int, top: int, right: int, bottom: int) -> None:
    for box in (
        (left, top, right, top + 5),
        (left, bottom - 5, right, bottom),
        (left, top, left + 5, bottom),
        (right - 5, top, right, bottom),
    ):
        _fill(rows, *box, WALL)


def _fill(rows: list[bytearray], left: int, top: int, right: int, bottom: int, colour: int) -> None:
    for row in rows[max(top, 0) : bottom]:
        row[left:right] = bytes((colour,)) * (min(right, WIDTH) - left)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
