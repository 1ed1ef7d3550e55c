"""Facts as bytes: canonical, read back exactly, old ones readable for ever, and nobody's data in them."""

import dataclasses
import json
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from banjie.engine import codec
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.law import Clock, Material, Region
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import APPLICANT, DECIDER, LAW, filed, told
from tests.engine.story import PARTICULARS, instant, with_procedure

BY = e.By("clerk", e.ActorKind.STAFF)


def test_every_kind_of_fact_has_a_short_lasting_name() -> None:
    assert e.KINDS["correction_requested"] is e.CorrectionRequested
    assert len(e.KINDS) == len(e.Event.__args__)
    assert set(c.KINDS) == {c.NAMES[each] for each in (*c.PEOPLES, *c.TIMERS, *c.CARRIED)}


def test_the_same_fact_gives_the_same_bytes_and_reads_back() -> None:
    for fact in told(LAW).facts:
        kind, body = e.encode(fact)

        again = e.decode(kind, json.loads(body))

        assert again == fact
        assert e.encode(again) == (kind, body)


def test_canonical_bytes_are_sorted_compact_and_normalised() -> None:
    assert codec.canonical({"b": [1, True, None], "a": "e\u0301"}) == '{"a":"é","b":[1,true,null]}'.encode()
    with pytest.raises(ValueError, match="Out of range"):
        codec.canonical({"a": float("nan")})


def test_a_field_that_has_its_default_is_left_out_so_that_one_added_later_reads_old_bytes() -> None:
    fact = e.StepFinished(at=instant("03-02 09:00"), by=BY, step="review", outcome="passed")

    kind, body = e.encode(fact)

    assert set(json.loads(body)) == {"at", "by", "step", "outcome"}
    assert e.decode(kind, json.loads(body)) == fact


def test_an_instant_is_the_same_whatever_zone_it_was_said_in() -> None:
    here = e.Lapsed(at=instant("03-02 07:00"), by=BY)
    there = e.Lapsed(at=datetime(2026, 3, 1, 23, tzinfo=UTC), by=BY)

    assert e.encode(here) == e.encode(there)
    assert there.on == date(2026, 3, 2)
    assert codec.instant(codec.microseconds(here.at)) == here.at


@pytest.mark.parametrize(
    ("kind", "plain", "words"),
    [
        ("shoe_bought", {}, "unknown fact"),
        ("lapsed", {"by": {"id": "x", "kind": "staff"}}, "missing"),
        ("lapsed", {"at": 1, "by": {"id": "x", "kind": "staff"}, "shoe": 1}, "unknown"),
        ("lapsed", {"at": 1, "by": {"id": "x", "kind": "god"}}, "god"),
        ("lapsed", {"at": 1, "by": {"id": 5, "kind": "staff"}}, "str was expected"),
        ("lapsed", {"at": 10**30, "by": {"id": "x", "kind": "staff"}}, "at"),
        ("lapsed", {"at": "yesterday", "by": {"id": "x", "kind": "staff"}}, "at"),
        ("lapsed", [], "Lapsed was expected"),
        ("redated", {"at": 1, "by": {"id": "x", "kind": "staff"}, "calendar": "a", "before": None}, "before"),
    ],
)
def test_what_is_no_fact_is_refused_with_the_place(kind: str, plain: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        e.decode(kind, plain)


def test_the_rulebook_is_read_by_the_same_shapes() -> None:
    assert codec.from_plain(Limit, {"number": 5, "unit": "working_day"}) == Limit(5, Unit.WORKING_DAY)
    assert codec.from_plain(Material, {"id": "form", "name": "申请书"}).necessary is True
    with pytest.raises(ValueError, match=r"^regions/x: hours"):
        codec.from_plain(Region, {"code": "1", "name": "x", "hours": [["nine"]]}, "regions/x")
    with pytest.raises(ValueError, match="a list was expected"):
        codec.from_plain(Region, {"code": "1", "name": "x", "hours": "nine"})


@dataclasses.dataclass(frozen=True)
class Everything:
    """A shape with every kind of value a fact can hold."""

    of: UUID
    on: date
    until: time
    clocks: frozenset[Clock]
    numbers: dict[str, int]
    anything: Any
    maybe: Limit | None = None


def test_every_kind_of_value_reads_back() -> None:
    value = Everything(
        UUID(int=7), date(2026, 3, 2), time(9, 30), frozenset({Clock.TOTAL, Clock.LEGAL}), {"a": 1}, [1, "x"]
    )

    plain = codec.to_plain(value)

    assert plain["clocks"] == ["legal", "total"]
    assert codec.from_plain(Everything, json.loads(codec.canonical(plain))) == value


def test_what_cannot_stand_in_a_fact_is_refused_when_it_is_defined() -> None:
    @dataclasses.dataclass(frozen=True)
    class Broken:
        ratio: float

    with pytest.raises(TypeError, match="cannot stand in a fact"):
        codec.to_plain(Broken(0.5))
    with pytest.raises(ValueError, match="cannot stand in a fact"):
        codec.from_plain(Broken, {"ratio": 0.5})


def test_no_personal_word_stands_in_any_fact() -> None:
    story = told(with_procedure(LAW, third_parties=True))
    story.do(c.MakeStatement, APPLICANT, "03-03 10:00", text="机密陈述")
    story.do(c.SendBack, DECIDER, "03-03 11:00", step="review", reasons="机密理由")

    stored = b"".join(body for _, body in map(e.encode, story.facts)).decode()

    for word in ("机密", "甲", "乙", *(value for value in PARTICULARS.values() if len(value) > 10)):
        assert word not in stored
    assert "机密陈述" in story.sealed.values()


def test_personal_data_that_nobody_sealed_stop_everything() -> None:
    with pytest.raises(ValueError, match="must be sealed"):
        _ = c.Personal("甲").ref


def test_sealing_reaches_every_personal_datum_of_a_command_and_nothing_else() -> None:
    story = filed()
    plain = story.command(c.Withdraw, APPLICANT, "03-03 09:00")
    cited = story.command(
        c.RequestCorrection,
        APPLICANT,
        "03-03 09:00",
        points=(c.Citation(e.PointKind.MATERIAL, "form", e.Defect.MISSING, c.Personal("缺")),),
    )

    assert story.seal(plain) is plain
    sealed = story.seal(cited)
    assert isinstance(sealed, c.RequestCorrection)
    assert sealed.points[0].text is not None
    assert story.sealed[sealed.points[0].text.ref.ref] == "缺"


@pytest.mark.parametrize("value", ["\ud800", {"a": "\udc00"}, {"\ud800": 1}, ["x", ["\udfff"]]])
def test_half_a_character_is_refused_before_it_is_sealed(value: Any) -> None:
    story = filed()

    no = story.no(c.MakeStatement, APPLICANT, "03-03 09:00", text=value)

    assert no.code == "bad_input"
