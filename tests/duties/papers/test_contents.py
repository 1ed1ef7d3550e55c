"""What stands on the papers: each fact the law wants on paper fills its template, and says what every paper says."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from banjie.duties.papers import contents, kinds, register
from banjie.engine import events as e
from banjie.records.parties import sealing
from banjie.store import papers as typesetter
from banjie.store.evidence import standing
from banjie.store.log import read
from banjie.web import clock
from banjie.words import documents_of
from banjie.words.documents import SLIP
from tests.county import County
from tests.databases import Database
from tests.faces.cases import filed
from tests.store.test_papers import text_of
from tests.words.case import BY_KIND, EXAMPLES, TEXTS, working_days

pytestmark = pytest.mark.database

BY_OTHER_ROOMS = {"licence", "licence_copy", "fee_receipt"}
"""Papers that rest on no fact of a case; the rooms that make them out typeset them in their own tests."""
CHECKPOINT = {"size": 4711, "root": "8a1f00d2c3b4e5f6", "at": "2026-03-02 09:29"}
WITH_GAPS = replace(BY_KIND["accepted"], gaps=(e.Gap("equipment_layout", working_days(5)),))  # type: ignore[call-arg]
NO_NOTICE = replace(BY_KIND["found_not_needed"], form="notice")  # type: ignore[call-arg]


def printed(template: str, told: dict[str, Any]) -> str:
    """What stands on a paper, without blanks."""
    return "".join(text_of(typesetter.typeset(template, told)).split())


def test_every_paper_says_whose_it_is_its_number_its_pages_its_remedy_and_what_the_installation_is(county: County):
    case = filed(county).accepted()
    lines = read.entries(case.stream)
    key, now, name = sealing.key_of(case.stream), clock.now(), county.applicant().name
    assert key is not None
    texts = {each: e.Ref(**sealing.seal(key, "text", text)) for each, text in TEXTS.items()}
    made = dict[str, str]()

    for fact in (*EXAMPLES, WITH_GAPS, NO_NOTICE):
        for kind in documents_of(fact):
            with transaction.atomic():
                paper = register.make_out(kind, "approval-bureau", case.stream, lines[-1].position, now, uuid4())
            told = contents.of(paper) | contents.OfCase(case.stream, lines, kept(fact, texts)).data()
            told |= {"checkpoint": CHECKPOINT, "no_witness": True}
            said = printed(paper.template, told)
            if kind == "pause_notice":
                cited = printed(paper.template, told | {"basis": "行政许可法 45、55"})
                assert "依照《中华人民共和国行政许可法》第四十五条、第五十五条的规定" in cited

            made[kind] = said
            for each in (
                "云岭县行政审批局",
                paper.number,
                "第1页共",
                "扫码核验",
                "演示·内容均为虚构",
                "本平台已声明没有外部见证人",
            ):
                assert each in said, (kind, each)
            assert f"第{CHECKPOINT['size']}条，根{CHECKPOINT['root']}" in said, kind
            assert (name in said) == (kind != SLIP), kind
            remedy = getattr(fact, "remedy", None)
            if remedy is not None:
                for each in (remedy.reconsideration, "行政复议", remedy.court, "行政诉讼"):
                    assert each in said, (kind, each)

    assert set(made) | BY_OTHER_ROOMS == set(kinds.rules().words)
    assert "西侧缺少消毒间" in made["correction_notice"]


def kept(fact: Any, texts: dict[str, e.Ref]) -> Any:
    """The same fact with its texts where they lie in this case."""
    known = {each: getattr(fact, each) for each in fact.__dataclass_fields__}
    return replace(fact, **{each: refs(value, texts) for each, value in known.items()})


def refs(value: Any, texts: dict[str, e.Ref]) -> Any:
    if isinstance(value, e.Ref):
        return texts.get(value.ref, texts["t1"])
    if isinstance(value, tuple):
        return tuple(refs(each, texts) for each in value)
    if isinstance(value, e.Point | e.Finding | e.BenchmarkApplied):
        return kept(value, texts)
    return value


def test_a_certificate_says_what_the_installation_is_too():
    licence = {"name": "食品经营许可证", "number": "JY2", "identifier": "1.2.156", "version": 1, "dated": "2026-03-02"}
    address = "http://localhost:8000/papers/0123456789abcdef0123456789abcdef/"
    told = {
        "at": 1_772_415_000_000_000,
        "agency": "云岭县行政审批局",
        "demo": True,
        "no_witness": True,
        "licence": {**licence, "valid_to": ""},
        "holder": {"name": "单菊", "code": ""},
        "lines": [],
        "copy": {"number": "1", "until": "2026-09-02", "use": "银行开户"},
        "verify": {"address": address, "qr": typesetter.qr(address)},
    }

    for kind in ("licence", "licence_copy"):
        said = printed(typesetter.newest(kind), told)
        for each in ("单菊", "JY2", "扫码核验", "演示·内容均为虚构", "本平台已声明没有外部见证人"):
            assert each in said, (kind, each)


def test_an_installation_that_says_it_has_no_witness_says_so_on_its_papers(installed: Database):
    def paper() -> dict[str, Any]:
        with transaction.atomic():
            row = register.make_out("general", "anybody", uuid4(), 1, clock.now(), uuid4(), agency_name="某局")
        return contents.of(row)

    assert "no_witness" not in paper()

    standing.declare(True, "p-operator", uuid4())

    assert paper()["no_witness"] is True
