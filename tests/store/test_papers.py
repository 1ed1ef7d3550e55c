"""Typesetting: the same bytes anywhere, data that are never markup, characters that are never lost in silence."""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from banjie.store import papers
from banjie.store.papers.typesetting import folder

FIXED = Path(__file__).with_name("templates.sha256")
"""The bytes of every version of every template, as sha256sum writes them."""
AT = 1_772_415_000_000_000
"""2026-03-02 09:30 in the office's zone."""


def general(**more: Any) -> dict[str, Any]:
    """The data of a plain paper."""
    address = "http://localhost:8000/papers/0123456789abcdef0123456789abcdef/"
    common = {
        "kind": "general",
        "title": "告知书",
        "at": AT,
        "on": "2026-03-02",
        "time": "09:30",
        "number": "云岭审告字〔2026〕00012号",
        "agency": "云岭县行政审批局",
        "demo": True,
        "verify": {"address": address, "qr": papers.qr(address)},
        "record": {"position": 3, "hash": "8a1f00d2c3b4e5f6"},
        "to": "单菊",
        "paragraphs": ["请知悉。"],
    }
    return {**common, **more}


def text_of(pdf: bytes) -> str:
    """What stands in a PDF, page after page, as an outside tool reads it."""
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    return text_of(pdf).split("\f")[:-1]


def test_the_same_data_give_the_same_bytes_in_another_process_on_another_day():
    mine = papers.typeset("general/1", general())

    code = (
        "import sys, json, django; django.setup(); from banjie.store import papers;"
        "sys.stdout.buffer.write(papers.typeset('general/1', json.loads(sys.stdin.read())))"
    )
    other = subprocess.run([sys.executable, "-c", code], input=json.dumps(general()).encode(), capture_output=True)

    assert other.stdout == mine, other.stderr
    assert papers.typeset("general/1", general(paragraphs=["请知悉！"])) != mine


def test_a_paper_is_for_the_archive_and_for_people_who_have_it_read_to_them():
    pdf = papers.typeset("general/1", general())

    assert b"pdfaid:part>2<" in pdf
    assert b"pdfaid:conformance>A<" in pdf
    assert b"pdfuaid:part>1<" in pdf
    assert b"/Lang(zh-CN)" in pdf
    assert b"2026-03-02T" in pdf  # the day of the paper, not of the machine


def test_what_people_write_is_never_markup():
    hostile = '#read("/etc/passwd") *stern* $x^2$ `code` <label> @ref #panic() \\ //'

    shown = text_of(papers.typeset("general/1", general(to=hostile, paragraphs=[hostile]))).replace("\n", " ")

    for piece in ("#read(", "*stern*", "$x^2$", "`code`", "<label>", "@ref", "#panic()", "//"):
        assert piece in shown


def test_a_template_reads_nothing_outside_its_folder_and_fetches_nothing(tmp_path, monkeypatch):
    own = tmp_path / "papers" / "spy"
    own.mkdir(parents=True)
    (own / "1.typ").write_text('#read("../../secret.txt")')
    (own / "2.typ").write_text('#import "@preview/cetz:0.2.2": *')
    (tmp_path / "secret.txt").write_text("x")
    monkeypatch.setattr(settings, "RULEBOOK", tmp_path)

    for version in ("spy/1", "spy/2"):
        with pytest.raises(papers.TypesettingFailed):
            papers.typeset(version, {"at": AT})


@pytest.mark.parametrize("template", ["../kinds/1", "general/0", "general/x", "nothing/1", "general/1.typ", ""])
def test_only_a_template_of_the_rulebook_is_typeset(template):
    with pytest.raises(FileNotFoundError):
        papers.typeset(template, general())


def test_a_character_no_font_draws_is_named_and_a_rare_one_is_not():
    assert papers.missing_glyphs("龑犇㛃䶮 Müller-Ørsted 艾力江·买买提\n□①〔〕") == ""
    assert papers.missing_glyphs("张\U00030000三\U0001f600三\U00030000") == "\U00030000\U0001f600"


def test_only_the_fonts_of_the_package_are_used():
    assert set(papers.fonts().families()) == {"Noto Sans SC", "Noto Serif SC"}


def test_the_newest_version_is_taken_and_an_old_one_stays(tmp_path, monkeypatch):
    own = tmp_path / "papers" / "note"
    own.mkdir(parents=True)
    for version in ("1", "2", "10"):
        (own / f"{version}.typ").write_text(f"#set document(title: [{version}])\nversion {version}")
    monkeypatch.setattr(settings, "RULEBOOK", tmp_path)

    assert papers.newest("note") == "note/10"
    assert "version 2" in text_of(papers.typeset("note/2", {"at": AT}, pdf_a=False))


def test_the_seal_stands_over_the_agency_and_the_day_and_over_nothing_else():
    long = general(
        rows=[["期限", "2026年3月9日"]] * 14,
        paragraphs=["本机关依法告知。" * 60],
        agency="云岭县" + "行政审批和政务服务管理" * 3 + "局",
        places=[{"name": "综合窗口" * 8, "address": "云岭县" * 12, "hours": "工作日" * 9, "phone": "12345"}],
        complaints="政务服务中心投诉窗口、12345热线、办结后的“好差评”",
    )
    for template, data in (
        ("general/1", general()),
        ("general/1", long),
        ("general/2", general()),
        ("general/2", long),
    ):
        agency, day = data["agency"], "2026年3月2日"
        box = papers.seal_box(template)
        pdf = papers.typeset(template, data)
        last = len(pages(pdf))

        left, low, right, top = (round(each) for each in box.corners)
        area = ["-x", left, "-y", 842 - top, "-W", right - left, "-H", top - low, "-f", last, "-l", last]
        command = ["pdftotext", "-r", "72", *map(str, area), "-", "-"]
        inside = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
        under = "".join(inside.split())
        if template == "general/1":  # papers of before: the agency above the seal, the day below it
            assert under == ""
        elif data is long:  # a name wider than the seal goes on at both sides of it
            assert under.endswith(day)
            assert set(under.removesuffix(day)) <= set(agency)
        else:
            assert under == agency + day


REMEDY = {"days": 60, "months": 6, "reconsideration": "云岭县人民政府", "court": "云岭县人民法院", "online": True}


@pytest.mark.parametrize("lines", [18, 21])
@pytest.mark.parametrize(
    ("more", "last"),
    [
        ({"remedy": REMEDY}, "行政诉讼"),
        ({}, "这是最后一段"),
        ({"rows": [["期限", "2026年3月9日"]] * 3}, "期限"),
        ({"materials": [{"name": "营业执照", "form": "copy", "files": 1}]}, "以上申请材料共1项"),
    ],
)
def test_the_last_words_stand_on_the_page_of_the_seal_and_in_the_papers_of_before_as_they_stood(lines, more, last):
    data = general(paragraphs=[*["本机关依法告知。"] * lines, "这是最后一段。"], **more)

    now, before = (pages(papers.typeset(each, data)) for each in ("general/2", "general/1"))

    assert (len(now), len(before)) == (2, 2)
    assert last in "".join(now[-1].split())
    assert "此页无正文" not in now[-1]
    assert sum("这是最后一段" in each for each in now) == 1
    assert ("此页无正文" in before[-1]) == (last not in "".join(before[-1].split()))


def test_forty_materials_and_a_long_name_go_on_on_the_next_page_with_their_heading_and_number():
    name = "Alexandra-Konstantinowna Müller-Ørsted 龑犇㛃䶮买买提·艾力江"
    materials = [
        {"name": f"第{nth}项：经营场所布局和操作流程示意图", "form": "electronic", "files": 1} for nth in range(40)
    ]

    found = pages(papers.typeset("general/2", general(to=name, materials=materials)))

    assert len(found) == 2
    assert "以上申请材料共40项" in "".join(found[1].split())
    closed = ["".join(each.split()) for each in found]
    assert "第1页共2页" in closed[0]
    assert "第2页共2页" in closed[1]
    assert "云岭审告字〔2026〕00012号" in closed[1]
    assert "提交形式" in found[1], "the head of the table stands on both pages"
    assert all(f"第{nth}项" in "".join(closed) for nth in range(40))
    assert "Müller-Ørsted" in found[0]


def test_no_version_of_a_template_is_edited_once_papers_may_rest_on_it():
    known = dict(reversed(line.split()) for line in FIXED.read_text(encoding="utf-8").splitlines())
    here = Path(folder())

    for path in sorted(here.glob("*/*.typ")):
        name = path.relative_to(here).as_posix()
        if not name.startswith("library/words-"):  # a new code gets its word there; what was said stays
            assert sha256(path.read_bytes()).hexdigest() == known.pop(name), f"{name}: make a new version instead"
    assert known == {}, "a version that was in use is gone"


def test_every_template_is_one_of_a_kind_with_a_version():
    for each in Path(folder()).glob("*/*.typ"):
        if each.parent.name != "library":
            assert each.stem.isdecimal(), each
            assert each.read_text(encoding="utf-8").count('#import "/library/') == 1, each
