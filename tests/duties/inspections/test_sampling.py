"""M225: at least one finished case in ten, drawn so that anybody can draw again, is looked at by somebody who had no
part in it."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from banjie.cases.handle import handle
from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.duties.inspections import queries, sampling
from banjie.duties.inspections.models import Draw, Sampled
from banjie.duties.inspections.profile import Asked
from banjie.duties.inspections.rebuild import rebuild
from banjie.duties.inspections.sampling import Found
from banjie.engine import commands as c
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.accounts.models import User
from banjie.records.organisation.queries import actor_of
from banjie.store.log.models import Entry
from banjie.web import clock
from tests.county import County
from tests.faces.cases import filed

pytestmark = pytest.mark.database

REGION = "999921"
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
BEACON = "2026-04-01 双色球第2026036期 03 11 17 20 25 31 + 08"


def finished(county: County, count: int) -> list[str]:
    """So many cases that ended in March; then it is April."""
    numbers = []
    for _ in range(count):
        case = filed(county)
        state = county.view(case.stream).state
        by = county.actor("applicant")
        handle(case.stream, c.Withdraw(command_id=uuid4(), at=clock.now(), by=by, expected_version=state.version))
        numbers.append(state.number)
    county.move_to(clock.now() + timedelta(days=31))
    return numbers


def stream_of(number: str) -> UUID:
    with whole_house("a test looks who had a part"):
        return Case.objects.everything().get(number=number).stream


def opened(county: County) -> Draw:
    return sampling.open_draw(*MARCH, county.actor("inspector"), uuid4(), clock.now())


def drawn(county: County) -> Draw:
    return sampling.give_beacon(opened(county).stream, BEACON, county.actor("second_inspector"), uuid4(), clock.now())


def reviewer(row: Sampled) -> c.Actor:
    actor = actor_of(User.objects.get(pseudonym=row.reviewer))
    assert actor is not None
    return actor


def look(row: Sampled, by: c.Actor, outcome: str = "sound", *defects: str) -> None:
    found = Found(outcome, defects, "看过卷宗。")
    sampling.review(row.draw_id, row.number, found, by, uuid4(), clock.now())


@pytest.mark.requirement("M225")
def test_a_tenth_of_the_finished_cases_is_drawn_and_whoever_looks_had_no_part(county: County) -> None:
    numbers = finished(county, 21)

    draw = drawn(county)

    rows = list(Sampled.objects.kept().filter(draw=draw).order_by("nth"))
    assert (draw.candidates, draw.size, len(rows)) == (21, 3, 3), "ten per cent of 21, rounded up"
    assert {each.number for each in rows} <= set(numbers)
    for each in rows:
        acted = set(Entry.objects.filter(stream=stream_of(each.number)).values_list("actor", flat=True))
        assert each.reviewer
        assert each.reviewer not in acted
        assert "supervisor" in reviewer(each).posts


@pytest.mark.requirement("M225")
def test_anybody_can_draw_again_with_what_is_told(county: County) -> None:
    finished(county, 15)
    told = sampling.replayed(drawn(county).stream)

    # What a newspaper would do, with nothing of ours.
    def sha(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    assert sha(told["nonce"]) == told["commitment"]
    seed = sha(f"{told['nonce']}|{told['beacon']}|{sha(chr(10).join(told['candidates']))}")
    placed = sorted(told["candidates"], key=lambda number: sha(f"{seed}|cases|{number}"))
    assert placed[: len(told["drawn"])] == told["drawn"]


def test_the_half_of_the_platform_is_fixed_before_anybody_knows_the_other_and_told_after(county: County) -> None:
    finished(county, 5)
    draw = opened(county)

    body = Entry.objects.get(stream=draw.stream).body
    assert (draw.nonce, draw.beacon) == ("", "")
    with pytest.raises(LookupError):
        sampling.replayed(draw.stream)
    sampling.give_beacon(draw.stream, BEACON, county.actor("second_inspector"), uuid4(), clock.now())

    nonce = sampling.replayed(draw.stream)["nonce"]
    assert nonce.encode() not in bytes(body), "until then it lies sealed"
    assert sampling.digest(nonce) == draw.commitment


def test_who_fixed_the_list_does_not_give_the_beacon(county: County) -> None:
    finished(county, 3)
    draw = opened(county)

    with pytest.raises(NotPossible) as no:
        sampling.give_beacon(draw.stream, BEACON, county.actor("inspector"), uuid4(), clock.now())
    assert no.value.code == "second_person_needed"
    sampling.give_beacon(draw.stream, BEACON, county.actor("second_inspector"), uuid4(), clock.now())
    with pytest.raises(NotPossible) as no:
        sampling.give_beacon(draw.stream, "another", county.actor("second_inspector"), uuid4(), clock.now())
    assert no.value.code == "already_drawn"


def test_what_was_drawn_once_is_not_drawn_again_and_a_time_that_runs_has_no_list(county: County) -> None:
    numbers = finished(county, 12)
    first = drawn(county)

    again = opened(county)
    assert again.candidates == len(numbers) - first.size
    today = clock.now().date()
    with pytest.raises(NotPossible) as no:
        sampling.open_draw(date(2026, 3, 1), today, county.actor("inspector"), uuid4(), clock.now())
    assert no.value.code == "time_not_over"
    with pytest.raises(NotPossible) as no:
        sampling.open_draw(date(2025, 1, 1), date(2025, 1, 31), county.actor("inspector"), uuid4(), clock.now())
    assert no.value.code == "nothing_to_draw"


def test_only_supervisors_of_the_region_draw(county: County) -> None:
    finished(county, 3)

    for role in ("clerk", "officer", "applicant"):
        with pytest.raises(NotPossible):
            sampling.open_draw(*MARCH, county.actor(role), uuid4(), clock.now())
    draw = opened(county)
    with pytest.raises(NotPossible) as no:
        sampling.give_beacon(draw.stream, BEACON, county.actor("city_inspector"), uuid4(), clock.now())
    assert no.value.code == "no_such_draw"


@pytest.mark.requirement("M225")
def test_only_who_was_drawn_looks_and_the_share_that_was_reached_is_told(county: County) -> None:
    finished(county, 10)
    draw = drawn(county)
    (row,) = Sampled.objects.kept().filter(draw=draw)
    outsider = next(
        actor for actor in (county.actor("inspector"), county.actor("second_inspector")) if actor.id != row.reviewer
    )

    with pytest.raises(NotPossible) as no:
        look(row, outsider)
    assert no.value.code == "not_yours_to_review"
    before = queries.reached(REGION, *MARCH)
    assert (before.finished, before.drawn, before.looked_at, before.is_enough) == (10, 1, 0, False)
    with pytest.raises(BadInput):
        look(row, reviewer(row), "defects")
    look(row, reviewer(row), "defects", "reasons", "notice")

    after = queries.reached(REGION, *MARCH)
    assert (after.looked_at, after.with_defects, after.share_looked_at, after.is_enough) == (1, 1, 100, True)
    row.refresh_from_db()
    assert row.defects == ["notice", "reasons"]
    assert sampling.written(draw.stream, row.ref) == "看过卷宗。"
    with pytest.raises(NotPossible) as no:
        look(row, reviewer(row))
    assert no.value.code == "already_reviewed"


def test_a_repeat_records_nothing_and_the_rows_are_what_the_facts_say(county: County) -> None:
    finished(county, 11)
    by, command_id = county.actor("inspector"), uuid4()
    first = sampling.open_draw(*MARCH, by, command_id, clock.now())
    assert sampling.open_draw(*MARCH, by, command_id, clock.now()) == first
    sampling.give_beacon(first.stream, BEACON, county.actor("second_inspector"), uuid4(), clock.now())
    row = Sampled.objects.kept().filter(draw=first.stream).first()
    assert row is not None
    look(row, reviewer(row))
    before = sorted(map(str, [*Draw.objects.values_list(), *Sampled.objects.kept().values_list()]))

    rebuild()

    assert sorted(map(str, [*Draw.objects.values_list(), *Sampled.objects.kept().values_list()])) == before


def test_no_region_may_ask_for_less_than_a_tenth() -> None:
    asked = Asked("9999", date(2024, 1, 1), 100, 1, 3, "督查比例不低于10%")

    with pytest.raises(ValueError, match="least_share"):
        replace(asked, least_share=99)
