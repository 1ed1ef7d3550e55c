"""The papers the demo's applicants hand in: real files, always the same."""

import re
import struct
import zlib
from random import Random

from banjie.demo import papers
from banjie.store.files.media import PDF, PNG, media_type


def test_a_paper_is_a_pdf_whose_table_of_contents_is_right_and_which_says_its_text():
    data = papers.pdf([("操作流程", ["一、验收", "长" * 70]), ("名单", [])])

    assert media_type(data) == PDF
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", data).group(1))
    assert data[start:].startswith(b"xref\n0 10\n")
    for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n", data), 1):
        assert data[int(offset) :].startswith(b"%d 0 obj\n" % number)
    for length, content in re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", data, re.DOTALL):
        assert len(content) == int(length)
    said = [bytes.fromhex(each.decode()).decode("utf-16-be") for each in re.findall(rb"<([0-9a-f]+)> Tj", data)]
    assert said == ["操作流程", "一、验收", "长" * 30, "长" * 30, "长" * 10, "名单"]


def test_a_floor_plan_is_a_png_whose_every_chunk_is_sound():
    data = papers.floor_plan(Random(3))

    assert media_type(data) == PNG
    place, kinds, packed = 8, [], b""
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        body = data[place + 8 : place + 8 + length]
        assert struct.unpack(">I", data[place + 8 + length : place + 12 + length])[0] == zlib.crc32(kind + body)
        kinds.append(kind)
        packed += body if kind == b"IDAT" else b""
        place += 12 + length
    assert kinds == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert len(zlib.decompress(packed)) == papers.HEIGHT * (papers.WIDTH + 1)


def test_the_same_paper_is_the_same_bytes():
    assert papers.pdf([("申请书", ["甲"])]) == papers.pdf([("申请书", ["甲"])])
    assert papers.floor_plan(Random(1)) == papers.floor_plan(Random(1)) != papers.floor_plan(Random(2))
